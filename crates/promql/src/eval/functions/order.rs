//! `sort` and `sort_desc`: the order of an instant query's series.

use std::cmp::Ordering;

use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::{Grid, is_absent};
use super::super::materialized::MaterializedVector;
use super::super::vector::BoxedOperator;
use crate::ast::Expr;

/// Orders series by their floats, NaN last either way. A range query's series
/// keep their order: theirs is by label.
pub(in super::super) fn sort<'a>(
    evaluator: &Evaluator<'a>,
    arg: &Expr,
    grid: &Grid,
    descending: bool,
) -> EvalResult<BoxedOperator<'a>> {
    let vector = evaluator.vector(arg, grid)?;
    if grid.len != 1 {
        return Ok(evaluator.floats_only(vector, || ()));
    }
    let mut columns = vector.materialize(evaluator, grid)?;
    columns.drop_histograms();
    let mut ordered: Vec<(f64, usize)> = columns
        .iter()
        .enumerate()
        .map(|(index, (_, column))| (column.floats[0], index))
        .filter(|(value, _)| !is_absent(*value))
        .collect();
    ordered.sort_by(|(a, _), (b, _)| by_value(*a, *b, descending));
    let series = ordered
        .iter()
        .map(|(_, index)| columns.series[*index].clone())
        .collect();
    let values = ordered.iter().map(|(value, _)| *value).collect();
    Ok(Box::new(MaterializedVector::new(
        evaluator, series, values, grid,
    )?))
}

fn by_value(a: f64, b: f64, descending: bool) -> Ordering {
    let (a, b) = if descending && !a.is_nan() && !b.is_nan() {
        (b, a)
    } else {
        (a, b)
    };
    a.is_nan()
        .cmp(&b.is_nan())
        .then(a.partial_cmp(&b).unwrap_or(Ordering::Equal))
}
