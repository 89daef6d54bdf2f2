//! `histogram_quantile` over buckets that are lost, or beyond the last one.

use promql::Expr;
use promql::ast::{Aggregate, Binary, BinaryOp, ExprKind};

use crate::diagnostic::{Check, Query, Violation};
use crate::edit::Edit;

const BUCKET_LABEL: &str = "le";

/// A violation for each quantile of a sum that does not keep `le`.
pub fn without_le(query: &Query) -> Vec<Violation> {
    let mut violations = Vec::new();
    query.expr.walk(&mut |node| {
        if let Some(buckets) = quantile_of(node)
            && let ExprKind::Aggregate(aggregate) = &buckets.kind
            && !keeps_le(aggregate)
        {
            violations.push(Violation {
                check: Check::QuantileWithoutLe,
                reason: format!(
                    "`{}` puts all buckets together, and a quantile needs them apart: \
                     keep the label `le`, which holds their bounds",
                    aggregate.op.as_str()
                ),
                edits: vec![with_le(query, buckets, aggregate)],
            });
        }
    });
    violations
}

/// The buckets that a `histogram_quantile` is of.
fn quantile_of(node: &Expr) -> Option<&Expr> {
    match &node.unwrap_parens().kind {
        ExprKind::Call(call) if call.function.name == "histogram_quantile" => {
            Some(call.args.get(1)?.unwrap_parens())
        }
        _ => None,
    }
}

fn keeps_le(aggregate: &Aggregate) -> bool {
    let grouping = &aggregate.grouping;
    grouping.labels.iter().any(|label| label == BUCKET_LABEL) != grouping.without
}

fn with_le(query: &Query, node: &Expr, aggregate: &Aggregate) -> Edit {
    let written = query.text_of(node);
    let start = node.span.start;
    let grouping = &aggregate.grouping;
    let op_end = aggregate.op.as_str().len();
    let keyword = if grouping.without { "without" } else { "by" };
    let after_op = written[op_end..].trim_start();
    // The labels stand before the parenthesis or behind it.
    let from = if after_op.starts_with(keyword) {
        Some(op_end)
    } else {
        written
            .rfind(keyword)
            .filter(|_| !grouping.labels.is_empty())
    };
    let list = from.and_then(|from| {
        let open = from + written[from..].find('(')?;
        Some((open + 1, open + written[open..].find(')')?))
    });
    let mut labels = grouping.labels.clone();
    if grouping.without {
        labels.retain(|label| label != BUCKET_LABEL);
    } else {
        labels.push(BUCKET_LABEL.to_owned());
    }
    match list {
        Some((open, close)) => Edit::replace(start + open, start + close, labels.join(", ")),
        None => Edit::insert(start + op_end, " by (le) "),
    }
}

/// A violation for each quantile that is held against more than its buckets tell.
pub fn beyond_last(query: &Query) -> Vec<Violation> {
    let mut violations: Vec<Violation> = levels(query).into_iter().collect();
    query.expr.walk(&mut |node| {
        if let ExprKind::Binary(binary) = &node.kind {
            violations.extend(comparison(query, binary));
        }
    });
    violations
}

/// The last bucket of the metric that a quantile is of.
fn last_bucket(query: &Query, quantile: &Expr) -> Option<(String, f64)> {
    quantile_of(quantile)?;
    let usages = quantile.usages();
    let name = usages.first()?.selector.name.clone()?;
    let last = query.facts.last_bucket(&name)?;
    Some((name, last))
}

fn number(side: &Expr) -> Option<f64> {
    match side.unwrap_parens().kind {
        ExprKind::Number { value, .. } => Some(value),
        _ => None,
    }
}

fn comparison(query: &Query, binary: &Binary) -> Option<Violation> {
    use BinaryOp::{Greater, GreaterEqual, Less, LessEqual};
    let (quantile, other, level) = match binary.op {
        Greater | GreaterEqual => (&binary.lhs, &binary.rhs, number(&binary.rhs)?),
        Less | LessEqual => (&binary.rhs, &binary.lhs, number(&binary.lhs)?),
        _ => return None,
    };
    let (_, last) = last_bucket(query, quantile)?;
    let is_strict = matches!(binary.op, Greater | Less);
    if level < last || (level == last && !is_strict) {
        return None;
    }
    let sign = if is_strict { ">" } else { ">=" };
    let instead = if matches!(binary.op, Greater | GreaterEqual) {
        ">="
    } else {
        "<="
    };
    let op = binary.op_span;
    Some(Violation {
        check: Check::BeyondLastBucket,
        reason: format!(
            "the last bucket ends at {last}, and no quantile is ever given above it: `{sign} \
             {level}` never holds; at {last} and above stands for all that took longer"
        ),
        edits: vec![
            Edit::replace(op.start, op.start + binary.op.as_str().len(), instead),
            Edit::replace(other.span.start, other.span.end, last.to_string()),
        ],
    })
}

/// Levels of a panel that its quantile cannot reach.
fn levels(query: &Query) -> Option<Violation> {
    let (name, last) = last_bucket(query, query.expr)?;
    let level = query.reading.levels.iter().find(|level| **level > last)?;
    Some(Violation {
        check: Check::BeyondLastBucket,
        reason: format!(
            "the last bucket of `{name}` ends at {last}, and no quantile is ever given above \
             it: the threshold {level} is never reached; {last} stands for all that took longer"
        ),
        edits: Vec::new(),
    })
}
