//! Label matchers, with Prometheus' rule that an absent label equals `""`.
//!
//! Regular expressions are anchored at both ends and `.` matches a newline
//! (Prometheus 3). Patterns that are plain words or alternations of them are
//! kept as a sorted set, so that an index can look them up.

use std::fmt;

use regex::Regex;

use crate::pattern::{InvalidRegex, anchored_regex};

/// How a matcher compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Regex,
    /// `!~`
    NotRegex,
}

impl MatchOp {
    /// The operator as PromQL writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
        }
    }
}

#[derive(Clone, Debug)]
enum Pattern {
    Word,
    /// Sorted, so that membership is a binary search.
    Words(Vec<String>),
    Regex(Box<Regex>),
}

/// One condition on one label.
#[derive(Clone, Debug)]
pub struct Matcher {
    name: String,
    op: MatchOp,
    value: String,
    pattern: Pattern,
}

impl Matcher {
    /// Builds a matcher.
    ///
    /// # Errors
    /// [`InvalidRegex`] where `op` is a regex operator and `value` is none.
    pub fn new(
        name: impl Into<String>,
        op: MatchOp,
        value: impl Into<String>,
    ) -> Result<Self, InvalidRegex> {
        let value = value.into();
        let pattern = match op {
            MatchOp::Equal | MatchOp::NotEqual => Pattern::Word,
            MatchOp::Regex | MatchOp::NotRegex => compile(&value)?,
        };
        Ok(Self {
            name: name.into(),
            op,
            value,
            pattern,
        })
    }

    /// `name="value"`, which cannot fail.
    pub fn equal(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            op: MatchOp::Equal,
            value: value.into(),
            pattern: Pattern::Word,
        }
    }

    /// The label that is looked at.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The operator.
    pub fn op(&self) -> MatchOp {
        self.op
    }

    /// The value or pattern as written.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether a label of this value passes; pass `""` for an absent label.
    pub fn matches(&self, value: &str) -> bool {
        let found = match &self.pattern {
            Pattern::Word => self.value == value,
            Pattern::Words(words) => words
                .binary_search_by(|word| word.as_str().cmp(value))
                .is_ok(),
            Pattern::Regex(regex) => regex.is_match(value),
        };
        found == matches!(self.op, MatchOp::Equal | MatchOp::Regex)
    }

    /// Whether series without the label pass: an index must then look beyond
    /// the label's postings.
    pub fn matches_absent(&self) -> bool {
        self.matches("")
    }

    /// The finite set of values that pass, where the matcher is a positive one
    /// and the set is known (`=`, or `=~` of an alternation of words).
    pub fn values(&self) -> Option<Vec<&str>> {
        match (self.op, &self.pattern) {
            (MatchOp::Equal, _) => Some(vec![&self.value]),
            (MatchOp::Regex, Pattern::Words(words)) => {
                Some(words.iter().map(String::as_str).collect())
            }
            _ => None,
        }
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.op, &self.value) == (&other.name, other.op, &other.value)
    }
}

impl Eq for Matcher {}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{:?}", self.name, self.op.as_str(), self.value)
    }
}

fn compile(value: &str) -> Result<Pattern, InvalidRegex> {
    if !value.contains(|c: char| r"\.+*?()[]{}^$".contains(c)) {
        let mut words: Vec<String> = value.split('|').map(str::to_owned).collect();
        words.sort_unstable();
        words.dedup();
        return Ok(Pattern::Words(words));
    }
    anchored_regex(value).map(|regex| Pattern::Regex(Box::new(regex)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(op: MatchOp, pattern: &str, passes: &[&str], fails: &[&str]) {
        let matcher = Matcher::new("l", op, pattern).unwrap();
        for value in passes {
            assert!(matcher.matches(value), "{matcher} should pass {value:?}");
        }
        for value in fails {
            assert!(!matcher.matches(value), "{matcher} should fail {value:?}");
        }
    }

    #[test]
    fn compares_by_each_operator() {
        check(MatchOp::Equal, "a", &["a"], &["", "b"]);
        check(MatchOp::NotEqual, "a", &["", "b"], &["a"]);
        check(MatchOp::Regex, "a|b", &["a", "b"], &["", "ab"]);
        check(MatchOp::Regex, "a.*", &["a", "ab", "a\nb"], &["", "ba"]);
        check(MatchOp::Regex, "", &[""], &["a"]);
        check(MatchOp::Regex, "a|", &["a", ""], &["b"]);
        check(MatchOp::NotRegex, "a.+", &["a", ""], &["ab"]);
    }

    #[test]
    fn anchors_alternations_as_a_whole() {
        check(MatchOp::Regex, "a.|b", &["ax", "b"], &["xb", "a"]);
    }

    #[test]
    fn names_the_pattern_that_is_none() {
        let error = Matcher::new("l", MatchOp::Regex, "a(").unwrap_err();
        assert_eq!(error.pattern, "a(");
    }

    #[test]
    fn knows_the_values_of_alternations() {
        let matcher = Matcher::new("l", MatchOp::Regex, "b|a").unwrap();
        assert_eq!(matcher.values(), Some(vec!["a", "b"]));
        assert_eq!(
            Matcher::new("l", MatchOp::Regex, "a+").unwrap().values(),
            None
        );
    }
}
