//! A typed tree and a store to an answer: columnar, a grid of steps at a time.
//!
//! An instant query is a range query of one step. Every node becomes a scalar
//! column, a text, or a vector whose series are computed one by one when
//! somebody folds or collects them ([`vector`]), so that an aggregation over
//! ten thousand series never holds ten thousand columns.

mod aggregate;
mod annotations;
mod binary;
mod budget;
mod call;
mod chain;
mod column;
mod dispatch;
mod evaluated;
mod evaluator;
mod functions;
mod grid;
mod invariant;
mod kahan;
mod materialized;
mod merge;
mod over_time;
mod quantile;
mod result;
mod selector;
mod vector;
mod windows;

use crate::ast::Expr;
use crate::{Answer, Context, EvalError};
use annotations::Annotations;
use budget::Budget;
use evaluator::{EvalResult, Evaluator};
use grid::Grid;
use series::TimeRange;

/// Evaluates at one instant.
///
/// # Errors
/// Where the expression cannot be evaluated over the data, or costs too much.
pub fn instant(expr: &Expr, at_ms: i64, context: &Context<'_>) -> Result<Answer, EvalError> {
    let query = TimeRange {
        start_ms: at_ms,
        end_ms: at_ms,
    };
    evaluate(expr, Grid::instant(at_ms), query, context, Kind::Instant)
}

/// Evaluates at every step from start to end, both included.
///
/// # Errors
/// As [`instant`], and where the range has no step or too many, or the
/// expression is a range vector or a text.
pub fn range(
    expr: &Expr,
    start_ms: i64,
    end_ms: i64,
    step_ms: i64,
    context: &Context<'_>,
) -> Result<Answer, EvalError> {
    if step_ms <= 0 {
        return bad_data(
            "zero or negative query resolution step widths are not accepted. Try a positive integer",
        );
    }
    let Some(grid) = Grid::spanning(start_ms, end_ms, step_ms) else {
        return bad_data("end timestamp must not be before start time");
    };
    if grid.len - 1 > context.limits.max_points {
        let limit = context.limits.max_points;
        return Err(EvalError::BadData(format!(
            "exceeded maximum resolution of {} points per timeseries. Try decreasing the query resolution (?step=XX)",
            thousands(limit)
        )));
    }
    let query = TimeRange { start_ms, end_ms };
    evaluate(expr, grid, query, context, Kind::Range)
}

fn bad_data<T>(message: &str) -> EvalResult<T> {
    Err(EvalError::BadData(message.to_owned()))
}

/// `11000` as `11,000`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

/// What is asked for.
#[derive(Clone, Copy)]
enum Kind {
    Instant,
    Range,
}

fn evaluate(
    expr: &Expr,
    grid: Grid,
    query: TimeRange,
    context: &Context<'_>,
    kind: Kind,
) -> EvalResult<Answer> {
    let budget = Budget::new(context.limits.max_samples);
    let annotations = Annotations::default();
    let evaluator = Evaluator {
        context,
        budget: &budget,
        annotations: &annotations,
        query,
    };
    let value = match kind {
        Kind::Instant => evaluator.instant_value(expr, &grid)?,
        Kind::Range => evaluator.range_value(expr, &grid)?,
    };
    let (warnings, infos) = annotations.into_texts();
    Ok(Answer {
        value,
        warnings,
        infos,
        stats: budget.stats(),
    })
}
