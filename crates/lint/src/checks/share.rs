//! Failures a second that are read as a share of failures.

use packs::outcome;
use promql::Expr;
use promql::ast::{Binary, BinaryOp, ExprKind, Selector};
use series::{MatchOp, Matcher};

use crate::chain::Chain;
use crate::diagnostic::{Check, Query, Violation};
use crate::edit::Edit;

/// A violation for each rate that is held against a share, or shown as one.
pub fn check(query: &Query) -> Vec<Violation> {
    let mut violations = Vec::new();
    query.expr.walk(&mut |node| {
        if let ExprKind::Binary(binary) = &node.kind {
            violations.extend(comparison(query, binary));
        }
    });
    if query.reading.is_percent
        && let Some(violation) = shown(query)
    {
        violations.push(violation);
    }
    violations
}

fn comparison(query: &Query, binary: &Binary) -> Option<Violation> {
    if !matches!(binary.op, BinaryOp::Greater | BinaryOp::GreaterEqual) {
        return None;
    }
    let ExprKind::Number { value, .. } = binary.rhs.unwrap_parens().kind else {
        return None;
    };
    let is_share = value > 0.0 && value < 1.0;
    let percent = value * 100.0;
    is_share.then(|| {
        let meant = format!(
            "`{} {value}` is {value} a second and not {percent} %",
            binary.op.as_str()
        );
        of_failures(query, &binary.lhs, &meant)
    })?
}

fn shown(query: &Query) -> Option<Violation> {
    of_failures(
        query,
        query.expr,
        "its values are a number a second and no percentage",
    )
}

/// The violation, where the expression is a rate of failures and no ratio.
fn of_failures(query: &Query, side: &Expr, meant: &str) -> Option<Violation> {
    let chain = Chain::of(side)?;
    let failure = chain.selector.matchers.iter().find(|one| is_failure(one))?;
    if !chain.is_rate() {
        return None;
    }
    let label = failure.name();
    let part = query.text_of(side);
    let whole = whole(part, side, &chain, failure);
    let text = if chain.is_aggregated() {
        format!("{part} / {whole}")
    } else {
        format!("sum without ({label}) ({part}) / sum without ({label}) ({whole})")
    };
    Some(Violation {
        check: Check::RateAsShare,
        reason: format!(
            "the rate of failures alone says how many fail in a second: {meant}; divide it by \
             the rate of all"
        ),
        edits: vec![Edit::replace(side.span.start, side.span.end, text)],
    })
}

/// Whether the matcher lets failures alone through: `status=~"5.."`.
fn is_failure(matcher: &Matcher) -> bool {
    let is_outcome = outcome::LABELS.contains(&matcher.name());
    let selects = matches!(matcher.op(), MatchOp::Equal | MatchOp::Regex);
    let fails = |value: &str| outcome::is_failure(value) || value.starts_with('5');
    is_outcome && selects && matcher.value().split('|').all(fails)
}

/// The text of a side with the selector as it is without the matcher.
fn whole(part: &str, side: &Expr, chain: &Chain, failure: &Matcher) -> String {
    let mut node = chain.node.clone();
    let selector: &mut Selector = match &mut node.kind {
        ExprKind::Range(range) => &mut range.selector,
        ExprKind::Selector(selector) => selector,
        _ => return part.to_owned(),
    };
    selector.matchers.retain(|one| one != failure);
    let start = chain.node.span.start - side.span.start;
    let end = chain.node.span.end - side.span.start;
    format!("{}{node}{}", &part[..start], &part[end..])
}
