//! `quantile`: of the values of a group at every step.

use rayon::prelude::*;

use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::quantile::{is_invalid, quantile as quantile_of};
use super::super::vector::{Columns, Lazy};
use super::super::{Evaluator, Outcome};
use super::Groups;
use crate::ast::Span;

pub(super) fn quantile<'a>(
    evaluator: &Evaluator<'a>,
    vector: Lazy<'a>,
    groups: Groups,
    quantiles: &[f64],
    span: Span,
    grid: &Grid,
) -> Outcome<Lazy<'a>> {
    warn(evaluator, quantiles, span);
    let columns = vector.into_columns(evaluator, grid)?;
    let mut values = vec![ABSENT; groups.len() * grid.len];
    for (out, members) in values.chunks_exact_mut(grid.len).zip(groups.members()) {
        out.par_iter_mut()
            .enumerate()
            .for_each_init(Vec::new, |present, (step, out)| {
                present.clear();
                let at_step = members.iter().map(|member| columns.column(*member)[step]);
                present.extend(at_step.filter(|value| !is_absent(*value)));
                if !present.is_empty() {
                    *out = quantile_of(quantiles[step], present);
                }
            });
    }
    Ok(Box::new(Columns::new(
        evaluator,
        groups.series,
        values,
        grid,
    )?))
}

/// Of all steps' quantiles the worst on either side is named.
fn warn(evaluator: &Evaluator<'_>, quantiles: &[f64], span: Span) {
    let most = quantiles.iter().copied().fold(f64::NAN, f64::max);
    let least = quantiles.iter().copied().fold(f64::NAN, f64::min);
    if quantiles.iter().any(|q| q.is_nan()) {
        evaluator.remarks.invalid_quantile(f64::NAN, span);
    }
    for bound in [most, least] {
        if !bound.is_nan() && is_invalid(bound) {
            evaluator.remarks.invalid_quantile(bound, span);
        }
    }
}
