//! `rate` and `increase` of what goes up and down.

use promql::ast::{Call, ExprKind};
use series::MetricKind;

use crate::diagnostic::{Check, Query, Violation};
use crate::edit::Edit;

/// How gauges are called, where nothing says what a metric is.
const GAUGE_SUFFIXES: [&str; 14] = [
    "_ratio",
    "_percent",
    "_celsius",
    "_current",
    "_in_flight",
    "_active",
    "_busy",
    "_status",
    "_capacity",
    "_free_bytes",
    "_available_bytes",
    "_used_bytes",
    "_length",
    "_goroutines",
];

/// A violation for each function for counters around a gauge.
pub fn check(query: &Query) -> Vec<Violation> {
    let mut violations = Vec::new();
    query.expr.walk(&mut |node| {
        if let ExprKind::Call(call) = &node.kind {
            let start = node.span.start;
            violations.extend(violation(query, call, start));
        }
    });
    violations
}

fn violation(query: &Query, call: &Call, start: usize) -> Option<Violation> {
    let function = call.function.name;
    let instead = match function {
        "rate" | "irate" => "deriv",
        "increase" => "delta",
        _ => return None,
    };
    let ExprKind::Range(range) = &call.args.first()?.unwrap_parens().kind else {
        return None;
    };
    let name = range.selector.name.as_deref()?;
    let why = match query.facts.metric(name).map(|metric| metric.kind) {
        Some(MetricKind::Gauge) => "is a gauge",
        None | Some(MetricKind::Unknown) => {
            let is_gauge = GAUGE_SUFFIXES.iter().any(|suffix| name.ends_with(suffix));
            is_gauge.then_some("is a gauge by its name")?
        }
        Some(_) => return None,
    };
    Some(Violation {
        check: Check::RateOfGauge,
        reason: format!(
            "`{name}` {why}: `{function}` takes each fall for a counter that began again and \
             adds what was there before; `{instead}` follows what goes up and down"
        ),
        edits: vec![Edit::replace(start, start + function.len(), instead)],
    })
}
