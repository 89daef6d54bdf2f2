//! A query to the same query of fewer series.

use series::Matcher;

use super::{Expr, ExprKind, Selector};

impl Expr {
    /// The query of those of its series that `matchers` match as well.
    #[must_use]
    pub fn narrowed(mut self, matchers: &[Matcher]) -> Self {
        self.change_selectors(&mut |selector| selector.matchers.extend_from_slice(matchers));
        self
    }

    fn change_selectors(&mut self, change: &mut impl FnMut(&mut Selector)) {
        let mut pending = vec![self];
        while let Some(node) = pending.pop() {
            match &mut node.kind {
                ExprKind::Selector(selector) => change(selector),
                ExprKind::Range(range) => change(&mut range.selector),
                _ => pending.extend(node.children_mut()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use series::MatchOp;

    #[test]
    fn every_selector_is_narrowed() {
        let check = |text: &str, expected: &str| {
            let matchers = [
                Matcher::equal("job", "a\"b"),
                Matcher::new("site", MatchOp::NotRegex, "x|y").unwrap(),
            ];
            let narrowed = crate::parse(text).unwrap().narrowed(&matchers);
            assert_eq!(narrowed.to_string(), expected);
            crate::parse(expected).unwrap();
        };
        let both = r#"{job="a\"b",site!~"x|y"}"#;
        check("up", &format!("up{both}"));
        check(
            "sum(rate(a[5m])) / on (x) topk(scalar(b), -(c + 1))",
            &format!("sum(rate(a{both}[5m])) / on (x) topk(scalar(b{both}), -(c{both} + 1))"),
        );
        check(
            r#"max_over_time(rate({z="1"}[5m])[1h:1m])"#,
            r#"max_over_time(rate({job="a\"b",site!~"x|y",z="1"}[5m])[1h:1m])"#,
        );
    }
}
