//! PromQL to the names of the metrics it reads.

use std::collections::BTreeSet;

/// The metrics that an expression names, without those that matchers of
/// `__name__` choose.
///
/// # Errors
/// Where the text is no PromQL.
pub fn metrics_of(expr: &str) -> Result<BTreeSet<String>, promql::ParseError> {
    let expr = promql::parse(expr)?;
    let usages = expr.usages().into_iter();
    Ok(usages
        .filter_map(|usage| usage.selector.name.clone())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expr: &str, expected: &[&str]) {
        let names = metrics_of(expr).unwrap();
        assert!(names.iter().eq(expected), "{expr} names {names:?}");
    }

    #[test]
    fn every_part_of_an_expression_is_read() {
        check("1 + time()", &[]);
        check("a / on (x) group_left b", &["a", "b"]);
        check("topk(scalar(n), -sum by (x) (rate(a[5m:1m])))", &["a", "n"]);
        check(r#"(a{b="c"} offset 5m) or {d="e"}"#, &["a"]);
        assert!(metrics_of("sum(").is_err());
    }
}
