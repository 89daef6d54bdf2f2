//! Evaluation.

use crate::{Answer, Context, EvalError, Expr};

/// Evaluates at one instant.
///
/// # Errors
/// Where the expression cannot be evaluated over the data, or costs too much.
pub fn instant(expr: &Expr, at_ms: i64, context: &Context<'_>) -> Result<Answer, EvalError> {
    range(expr, at_ms, at_ms, 1, context)
}

/// Evaluates at every step from start to end, both included.
///
/// # Errors
/// As [`instant`], and where the range has no steps or too many.
pub fn range(
    expr: &Expr,
    start_ms: i64,
    end_ms: i64,
    step_ms: i64,
    context: &Context<'_>,
) -> Result<Answer, EvalError> {
    let _ = (expr, start_ms, end_ms, step_ms);
    context.interrupt.check()?;
    Err(EvalError::Execution("the evaluator is being built".into()))
}
