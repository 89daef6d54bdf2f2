//! `quantile`: of the values of a group at every step.

use rayon::prelude::*;

use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::materialized::MaterializedVector;
use super::super::quantile::{is_invalid, quantile as quantile_of};
use super::super::vector::BoxedOperator;
use super::Groups;
use crate::ast::{Aggregate, Span};

pub(super) fn quantile<'a>(
    evaluator: &Evaluator<'a>,
    vector: BoxedOperator<'a>,
    node: &Aggregate,
    quantiles: &[f64],
    span: Span,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    warn(evaluator, quantiles, span);
    let (grouping, source) = (&node.grouping, node.expr.span);
    let groups = Groups::new(vector.series(), grouping);
    let mut columns = vector.materialize(evaluator, grid)?;
    if columns.drop_histograms() {
        evaluator.annotations.ignored_histogram("quantile", source);
    }
    let mut values = vec![ABSENT; groups.len() * grid.len];
    for (out, members) in values.chunks_exact_mut(grid.len).zip(groups.members()) {
        let chunks = out.par_chunks_mut(STEPS_AT_ONCE).enumerate();
        chunks.for_each(|(chunk, out)| {
            let first = chunk * STEPS_AT_ONCE;
            let gathered = gathered(&columns, &members, first, out.len());
            for ((out, mut present), &q) in out.iter_mut().zip(gathered).zip(&quantiles[first..]) {
                if !present.is_empty() {
                    *out = quantile_of(q, &mut present);
                }
            }
        });
    }
    Ok(Box::new(MaterializedVector::new(
        evaluator,
        groups.series,
        values,
        grid,
    )?))
}

/// Reading a column step by step would miss the caches each time: so many
/// neighbouring values share a line of them.
const STEPS_AT_ONCE: usize = 8;

/// The values that each of some steps has.
fn gathered(
    columns: &MaterializedVector<'_>,
    members: &[usize],
    first: usize,
    steps: usize,
) -> Vec<Vec<f64>> {
    let mut gathered = vec![Vec::with_capacity(members.len()); steps];
    for &member in members {
        let values = &columns.column(member).floats[first..first + steps];
        for (present, &value) in gathered.iter_mut().zip(values) {
            if !is_absent(value) {
                present.push(value);
            }
        }
    }
    gathered
}

/// Of all steps' quantiles the worst on either side is named.
fn warn(evaluator: &Evaluator<'_>, quantiles: &[f64], span: Span) {
    let most = quantiles.iter().copied().fold(f64::NAN, f64::max);
    let least = quantiles.iter().copied().fold(f64::NAN, f64::min);
    if quantiles.iter().any(|q| q.is_nan()) {
        evaluator.annotations.invalid_quantile(f64::NAN, span);
    }
    for bound in [most, least] {
        if !bound.is_nan() && is_invalid(bound) {
            evaluator.annotations.invalid_quantile(bound, span);
        }
    }
}
