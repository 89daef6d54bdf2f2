//! Metrics that no source exports.

use promql::Expr;

use crate::diagnostic::{Check, Query, Violation};
use crate::edit::Edit;

/// A violation for each name that the source does not export.
pub fn check(query: &Query) -> Vec<Violation> {
    let mut violations: Vec<Violation> = Vec::new();
    let mut seen = Vec::new();
    for usage in query.expr.usages() {
        let Some(name) = usage.selector.name.as_deref() else {
            continue;
        };
        // Who asks whether it is absent knows that it may be.
        let is_asked_for = usage.within.iter().any(|step| step.starts_with("absent"));
        if is_asked_for || !query.facts.is_missing(name) {
            continue;
        }
        let nearest = query.facts.nearest(name);
        let edit = nearest
            .as_deref()
            .and_then(|nearest| renamed(query, usage.expr, name, nearest));
        match seen.iter().position(|known| *known == name) {
            Some(index) => violations[index].edits.extend(edit),
            None => {
                seen.push(name);
                violations.push(Violation {
                    check: Check::MissingMetric,
                    reason: reason(name, nearest.as_deref()),
                    edits: edit.into_iter().collect(),
                });
            }
        }
    }
    violations
}

fn reason(name: &str, nearest: Option<&str>) -> String {
    let nearest = match nearest {
        Some(nearest) => format!("; the nearest name that is exported is `{nearest}`"),
        None => ", and no name that it exports is like it".to_owned(),
    };
    format!("the source does not export `{name}`{nearest}")
}

fn renamed(query: &Query, node: &Expr, name: &str, nearest: &str) -> Option<Edit> {
    let start = node.span.start + query.text_of(node).find(name)?;
    Some(Edit::replace(start, start + name.len(), nearest))
}
