//! Windows that hold too few scrapes.

use dashboard::duration;
use promql::Expr;
use promql::ast::{ExprKind, Range};

use crate::diagnostic::{Check, Query, Violation};
use crate::edit::Edit;

/// Two samples are needed; one scrape may fail, and one falls beside the window.
const SCRAPES: i64 = 4;

/// A violation for each rate over fewer than four scrapes.
pub fn check(query: &Query) -> Vec<Violation> {
    let Some(interval_ms) = query.facts.scrape_interval_ms else {
        return Vec::new();
    };
    let mut violations = Vec::new();
    query.expr.walk(&mut |node| {
        let ExprKind::Call(call) = &node.kind else {
            return;
        };
        if !matches!(call.function.name, "rate" | "increase" | "delta" | "deriv") {
            return;
        }
        let Some(arg) = call.args.first().map(Expr::unwrap_parens) else {
            return;
        };
        if let ExprKind::Range(range) = &arg.kind
            && range.range_ms < SCRAPES * interval_ms
        {
            violations.push(violation(query, arg, range, interval_ms));
        }
    });
    violations
}

fn violation(query: &Query, node: &Expr, range: &Range, interval_ms: i64) -> Violation {
    let wanted = duration_text(SCRAPES * interval_ms);
    let written = query.text_of(node);
    let brackets = written.rfind('[').zip(written.rfind(']'));
    let edit = brackets.map(|(open, close)| {
        let start = node.span.start;
        Edit::replace(start + open + 1, start + close, &*wanted)
    });
    Violation {
        check: Check::ShortWindow,
        reason: format!(
            "a window of {} holds {} of the scrapes that come every {}: one that is late \
             leaves nothing to count from; take four, {wanted}",
            duration_text(range.range_ms),
            range.range_ms / interval_ms,
            duration_text(interval_ms),
        ),
        edits: edit.into_iter().collect(),
    }
}

fn duration_text(ms: i64) -> String {
    duration::format(ms.unsigned_abs())
}
