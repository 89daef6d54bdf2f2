//! `absent` and `absent_over_time`: 1 where nothing is.

use series::{Labels, LabelsBuilder, METRIC_NAME, MatchOp};

use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::vector::{BoxedOperator, Buffers, single};
use super::super::windows::Window;
use crate::ast::{Expr, ExprKind};

pub(in super::super) fn absent<'a>(
    evaluator: &Evaluator<'a>,
    arg: &Expr,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let vector = evaluator.vector(arg, grid)?;
    let mut out = vec![1.0; grid.len];
    let mut buffers = Buffers::default();
    let mut column = buffers.column(grid.len);
    for index in 0..vector.series().len() {
        evaluator.context.interrupt.check()?;
        column.reset(grid.len);
        vector.compute(index, &mut buffers, &mut column.as_mut())?;
        for (out, value) in out.iter_mut().zip(column.as_ref().floats) {
            if !is_absent(*value) {
                *out = ABSENT;
            }
        }
    }
    single(evaluator, labels_of(arg), out, grid)
}

pub(in super::super) fn absent_over_time<'a>(
    evaluator: &Evaluator<'a>,
    arg: &Expr,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let windows = evaluator.windows(arg, grid)?;
    let mut out = vec![1.0; grid.len];
    let mut buffers = Buffers::default();
    for index in 0..windows.series().len() {
        evaluator.context.interrupt.check()?;
        windows.with(index, &mut buffers, |windowed| {
            let mut floats = windowed.windows();
            let histograms = windowed
                .histograms
                .map(|column| column.timestamps_ms.as_slice());
            let mut others = windowed.windows_over(histograms.unwrap_or_default());
            for out in &mut out {
                let has_any = |window: Option<Window>| window.is_some_and(|one| !one.is_empty());
                if has_any(floats.next()) | has_any(others.next()) {
                    *out = ABSENT;
                }
            }
        })?;
    }
    single(evaluator, labels_of(arg.unwrap_parens()), out, grid)
}

/// The labels that a selector says by `=`, each once.
fn labels_of(arg: &Expr) -> Labels {
    let matchers = match &arg.kind {
        ExprKind::Selector(selector) => &selector.matchers,
        ExprKind::Range(range) => &range.selector.matchers,
        _ => return Labels::empty(),
    };
    let mut labels = LabelsBuilder::default();
    let mut said: Vec<&str> = Vec::new();
    for matcher in matchers
        .iter()
        .filter(|matcher| matcher.name() != METRIC_NAME)
    {
        // A second condition on the same label makes it unknown.
        if matcher.op() == MatchOp::Equal && !said.contains(&matcher.name()) {
            labels.set(matcher.name(), matcher.value());
            said.push(matcher.name());
        } else {
            labels.remove(matcher.name());
        }
    }
    labels.build()
}
