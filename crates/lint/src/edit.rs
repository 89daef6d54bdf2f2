//! Changes of a query's text, by places in it.

use promql::Expr;

/// What stands from `start` to `end` (byte offsets) becomes `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    start: usize,
    end: usize,
    text: String,
}

impl Edit {
    pub fn replace(start: usize, end: usize, text: impl Into<String>) -> Self {
        Self {
            start,
            end,
            text: text.into(),
        }
    }

    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(at, at, text)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self == other || (self.start < other.end && other.start < self.end)
    }

    /// `before` and `after` around a node.
    pub fn around(expr: &Expr, before: &str, after: &str) -> [Self; 2] {
        [
            Self::insert(expr.span.start, before),
            Self::insert(expr.span.end, after),
        ]
    }
}

/// The text with the edits; of those that overlap, the first one given counts.
pub(crate) fn apply(text: &str, edits: Vec<Edit>) -> String {
    let mut kept: Vec<Edit> = Vec::new();
    for edit in edits {
        if !kept.iter().any(|other| other.overlaps(&edit)) {
            kept.push(edit);
        }
    }
    kept.sort_by_key(|edit| edit.start);
    let mut out = text.to_owned();
    for edit in kept.iter().rev() {
        if out.is_char_boundary(edit.start) && out.is_char_boundary(edit.end) {
            out.replace_range(edit.start..edit.end, &edit.text);
        }
    }
    out
}

/// A matcher (`status!="a"`) added to the selector of a selector's or range's
/// node, whose text is `selector`.
pub(crate) fn narrowing(expr: &Expr, selector: &str, matcher: &str) -> Edit {
    let start = expr.span.start;
    match selector.rfind('}') {
        Some(brace) => {
            let before = selector[..brace].trim_end();
            let comma = if before.ends_with(['{', ',']) {
                ""
            } else {
                ","
            };
            Edit::insert(start + before.len(), format!("{comma}{matcher}"))
        }
        None => {
            let end = selector
                .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | ':'))
                .unwrap_or(selector.len());
            Edit::insert(start + end, format!("{{{matcher}}}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_made_from_the_end_and_the_first_of_two_wins() {
        let edits = vec![
            Edit::replace(0, 1, "x"),
            Edit::replace(0, 2, "never"),
            Edit::insert(3, ")"),
            Edit::insert(3, ")"),
        ];
        assert_eq!(apply("abc", edits), "xbc)");
    }

    #[test]
    fn matchers_go_into_the_braces() {
        let check = |text: &str, expected: &str| {
            let expr = promql::parse(text).unwrap();
            assert_eq!(
                apply(text, vec![narrowing(&expr, text, "b=\"1\"")]),
                expected
            );
        };
        check("a", "a{b=\"1\"}");
        check("a:b[5m]", "a:b{b=\"1\"}[5m]");
        check("a{}", "a{b=\"1\"}");
        check("a{c=\"}\" }[5m]", "a{c=\"}\",b=\"1\" }[5m]");
        check("a{c=\"d\",}", "a{c=\"d\",b=\"1\"}");
    }
}
