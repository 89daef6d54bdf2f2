//! Ratios whose two sides are the same series.

use std::collections::BTreeSet;

use packs::outcome;
use promql::ast::{Binary, BinaryOp, ExprKind, Matching};
use series::{METRIC_NAME, Matcher};

use crate::chain::Chain;
use crate::diagnostic::{Check, Query, Violation};
use crate::edit::{Edit, narrowing};

/// A violation for each division that can give nothing but 1.
pub fn check(query: &Query) -> Vec<Violation> {
    let mut violations = Vec::new();
    query.expr.walk(&mut |node| {
        if let ExprKind::Binary(binary) = &node.kind
            && binary.op == BinaryOp::Div
        {
            violations.extend(violation(query, binary));
        }
    });
    violations
}

fn violation(query: &Query, binary: &Binary) -> Option<Violation> {
    let part = Chain::of(&binary.lhs)?;
    let whole = Chain::of(&binary.rhs)?;
    if part.shape != whole.shape {
        return None;
    }
    let labels = differing(&part, &whole);
    if labels.is_empty() {
        return Some(equal(query, &part, &whole));
    }
    let mut compared = labels.iter();
    compared
        .all(|label| {
            part.keeps(label) && whole.keeps(label) && compares(binary.matching.as_ref(), label)
        })
        .then(|| label_by_label(query, binary, &whole, &labels))
}

/// The labels whose matchers only one side has.
fn differing(part: &Chain, whole: &Chain) -> BTreeSet<String> {
    let mut labels = BTreeSet::new();
    for (of, other) in [(part, whole), (whole, part)] {
        let only = of.selector.matchers.iter();
        let only = only.filter(|matcher| !other.selector.matchers.contains(matcher));
        labels.extend(only.map(|matcher| matcher.name().to_owned()));
    }
    labels.remove(METRIC_NAME);
    labels
}

fn compares(matching: Option<&Matching>, label: &str) -> bool {
    matching.is_none_or(|matching| matching.on == matching.labels.iter().any(|one| one == label))
}

/// `a{status="x"} / a`: each series meets itself.
fn label_by_label(
    query: &Query,
    binary: &Binary,
    whole: &Chain,
    labels: &BTreeSet<String>,
) -> Violation {
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let names = labels.join(", ");
    let before = format!("sum without ({names}) (");
    let mut edits = Vec::new();
    for side in [&binary.lhs, &binary.rhs] {
        edits.extend(Edit::around(side, &before, ")"));
    }
    let (unfinished, exclusion) = unfinished(query, whole, &labels);
    edits.extend(exclusion);
    let more = match unfinished.as_str() {
        "" => String::new(),
        values => format!(
            ", and leave {values} out of the whole: such a job is counted once more when it ends"
        ),
    };
    Violation {
        check: Check::AlwaysOne,
        reason: format!(
            "the two sides are matched label by label, {names} included, so that each series is \
             divided by itself and the result is 1 (or NaN) whatever happens; sum both sides \
             without {names}{more}"
        ),
        edits,
    }
}

/// The values of `labels` that are no end of a job, and what leaves them out.
fn unfinished(query: &Query, whole: &Chain, labels: &[&str]) -> (String, Option<Edit>) {
    let known = query.facts.metric(whole.metric);
    let outcomes = known.into_iter().flat_map(|metric| &metric.outcomes);
    let found = outcomes
        .filter(|(label, _)| labels.contains(&label.as_str()))
        .find_map(|(label, values)| {
            let values = values.iter().filter(|value| outcome::is_unfinished(value));
            let values: Vec<&str> = values.map(String::as_str).collect();
            (!values.is_empty()).then_some((label, values))
        });
    let Some((label, values)) = found else {
        return (String::new(), None);
    };
    let matcher = without(label, &values);
    let selector = query.text_of(whole.node);
    let edit = narrowing(whole.node, selector, &matcher);
    (format!("`{}`", values.join("`, `")), Some(edit))
}

/// The matcher that leaves the values out.
fn without(label: &str, values: &[&str]) -> String {
    match values {
        [value] => format!("{label}!={value:?}"),
        values => format!("{label}!~{:?}", values.join("|")),
    }
}

/// `sum(a) / sum(a)`: the part is the whole.
fn equal(query: &Query, part: &Chain, whole: &Chain) -> Violation {
    Violation {
        check: Check::AlwaysOne,
        reason: "both sides select the same series, so that the result is 1 (or NaN) whatever \
                 happens; narrow the left side to the part that is meant"
            .to_owned(),
        edits: narrowed(query, part, whole),
    }
}

/// The left side without failures, where the values of an outcome are known.
fn narrowed(query: &Query, part: &Chain, whole: &Chain) -> Vec<Edit> {
    let is_free = |label: &str| {
        let matchers = &part.selector.matchers;
        !matchers
            .iter()
            .any(|matcher: &Matcher| matcher.name() == label)
    };
    let known = query.facts.metric(whole.metric);
    let mut outcomes = known.into_iter().flat_map(|metric| &metric.outcomes);
    let found = outcomes.find_map(|(label, values)| {
        let failed: Vec<&str> = values
            .iter()
            .map(String::as_str)
            .filter(|value| outcome::is_failure(value) || outcome::is_unfinished(value))
            .collect();
        (is_free(label) && !failed.is_empty()).then_some((label, failed))
    });
    let Some((label, failed)) = found else {
        return Vec::new();
    };
    let mut edits = vec![narrowing(
        part.node,
        query.text_of(part.node),
        &without(label, &failed),
    )];
    edits.extend(unfinished(query, whole, &[label]).1);
    edits
}
