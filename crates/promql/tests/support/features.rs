//! Which cases need something outside the stable features of Prometheus 3.5.

use super::format::Eval;

const EXPERIMENTAL: &[&str] = &[
    "end",
    "histogram_quantiles",
    "double_exponential_smoothing",
    "info",
    "max_of",
    "min_of",
    "mad_over_time",
    "ts_of_first_over_time",
    "ts_of_max_over_time",
    "ts_of_min_over_time",
    "ts_of_last_over_time",
    "range",
    "sort_by_label",
    "sort_by_label_desc",
    "start",
    "start_timestamp",
    "step",
    "limitk",
    "limit_ratio",
    "fill",
    "fill_left",
    "fill_right",
];

/// Whether the case is stable.
pub fn is_stable(eval: &Eval) -> bool {
    !needs_experimental(&eval.expr) && !has_duration_expression(&eval.expr)
}

fn needs_experimental(expr: &str) -> bool {
    let mut rest = expr;
    let mut before = ' ';
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic() || c == '_') {
        before = rest[..start].trim_end().chars().last().unwrap_or(before);
        rest = &rest[start..];
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | ':'))
            .unwrap_or(rest.len());
        let (word, after) = (rest[..end].to_ascii_lowercase(), rest[end..].trim_start());
        let called =
            after.starts_with('(') || after.starts_with("by") || after.starts_with("without");
        if called && before != '@' && EXPERIMENTAL.contains(&word.as_str()) {
            return true;
        }
        if matches!(word.as_str(), "anchored" | "smoothed") {
            return true;
        }
        before = 'w';
        rest = &rest[end..];
    }
    false
}

fn has_duration_expression(expr: &str) -> bool {
    match promql::parse(expr) {
        Ok(_) => false,
        Err(error) => error.message.contains("experimental duration"),
    }
}
