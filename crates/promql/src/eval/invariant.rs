//! Which expressions have the same value at every step: those whose selectors
//! all name their time with `@`.

use crate::ast::{Expr, ExprKind};
use crate::function::Func;

/// Whether one evaluation serves every step.
pub(super) fn is_step_invariant(expr: &Expr) -> bool {
    // A list and no recursion: chains of operators are high trees.
    let mut pending = vec![expr];
    while let Some(node) = pending.pop() {
        match &node.kind {
            ExprKind::Selector(selector) if selector.shift.at.is_none() => return false,
            ExprKind::Range(range) if range.selector.shift.at.is_none() => return false,
            ExprKind::Subquery(subquery) if subquery.shift.at.is_none() => return false,
            ExprKind::Call(call) if depends_on_step(call.function.func, call.args.is_empty()) => {
                return false;
            }
            // Its own time is what everything inside it goes by.
            ExprKind::Subquery(_) => {}
            _ => pending.extend(node.children()),
        }
    }
    true
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
