//! Which expressions have the same value at every step: those whose selectors
//! all name their time with `@`.

use crate::ast::{Expr, ExprKind};
use crate::function::Func;

/// Whether one evaluation serves every step.
pub(super) fn is_step_invariant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Number { .. } | ExprKind::Text(_) => true,
        ExprKind::Selector(selector) => selector.shift.at.is_some(),
        ExprKind::Range(range) => range.selector.shift.at.is_some(),
        ExprKind::Subquery(subquery) => subquery.shift.at.is_some(),
        ExprKind::Call(call) => {
            let arguments_vary = !call.args.iter().all(is_step_invariant);
            !arguments_vary && !depends_on_step(call.function.func, call.args.is_empty())
        }
        ExprKind::Aggregate(_)
        | ExprKind::Binary(_)
        | ExprKind::Unary { .. }
        | ExprKind::Paren(_) => expr.children().into_iter().all(is_step_invariant),
    }
}

/// Functions that look at the step's own time.
fn depends_on_step(func: Func, without_arguments: bool) -> bool {
    match func {
        Func::PredictLinear | Func::Time | Func::Timestamp => true,
        Func::DayOfMonth
        | Func::DayOfWeek
        | Func::DayOfYear
        | Func::DaysInMonth
        | Func::Hour
        | Func::Minute
        | Func::Month
        | Func::Year => without_arguments,
        _ => false,
    }
}
