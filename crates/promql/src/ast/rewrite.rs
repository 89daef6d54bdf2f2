//! A query to the same query of other series or of another time.

use series::Matcher;

use super::{Expr, ExprKind, Selector};

impl Expr {
    /// The query of those of its series that `matchers` match as well.
    #[must_use]
    pub fn narrowed(mut self, matchers: &[Matcher]) -> Self {
        self.change_selectors(&mut |selector| selector.matchers.extend_from_slice(matchers));
        self
    }

    /// The query as it was `offset_ms` before each of its times. What names a
    /// time of its own (`@`) stays there, as the functions of the clock do.
    #[must_use]
    pub fn shifted(mut self, offset_ms: i64) -> Self {
        self.change_selectors(&mut |selector| {
            if selector.shift.at.is_none() {
                let shift = &mut selector.shift;
                shift.offset_ms = shift.offset_ms.saturating_add(offset_ms);
            }
        });
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

    #[test]
    fn every_selector_is_shifted_but_those_with_a_time_of_their_own() {
        let check = |text: &str, expected: &str| {
            let shifted = crate::parse(text).unwrap().shifted(86_400_000);
            assert_eq!(shifted.to_string(), expected);
        };
        check("up", "up offset 1d");
        check(
            "rate(a[5m] offset 1h) + time()",
            "rate(a[5m] offset 1d1h) + time()",
        );
        check("a @ 10 + b offset -1d", "a @ 10.000 + b");
        check(
            "max_over_time(rate(a[5m])[1h:1m])",
            "max_over_time(rate(a[5m] offset 1d)[1h:1m])",
        );
    }
}
