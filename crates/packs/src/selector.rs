//! A metric, perhaps narrowed by labels: `jobs_total{status="failed"}`.

use std::fmt;

use serde::Deserialize;
use series::{METRIC_NAME, MatchOp};

/// An instant vector selector without offset, kept as its name and the text
/// between its braces.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Selector {
    name: String,
    matchers: String,
}

/// A text that is no selector of one metric.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no metric selector: {reason}")]
pub struct SelectorError {
    text: String,
    reason: String,
}

impl SelectorError {
    fn new(text: &str, reason: &str) -> Self {
        Self {
            text: text.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

impl Selector {
    /// Reads a metric's name, with or without matchers in braces.
    ///
    /// # Errors
    /// Where it is no PromQL selector, or one without a name or with an offset.
    pub fn new(text: &str) -> Result<Self, SelectorError> {
        let matchers = promql::parse_selector(text)
            .map_err(|reason| SelectorError::new(text, &reason.to_string()))?;
        let mut matchers = matchers.iter();
        let name = matchers
            .find(|matcher| matcher.name() == METRIC_NAME && matcher.op() == MatchOp::Equal)
            .ok_or_else(|| {
                SelectorError::new(text, "it names no metric, write one before the brace")
            })?;
        let inside = text
            .split_once('{')
            .and_then(|(_, rest)| rest.rsplit_once('}'))
            .map_or("", |(inside, _)| inside.trim().trim_end_matches(',').trim());
        Ok(Self {
            name: name.value().to_owned(),
            matchers: inside.to_owned(),
        })
    }

    /// The metric's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same series of the metric whose name ends with `suffix`: `_bucket`.
    #[must_use]
    pub fn with_suffix(&self, suffix: &str) -> Self {
        Self {
            name: format!("{}{suffix}", self.name),
            matchers: self.matchers.clone(),
        }
    }

    /// Narrowed by further matchers: `job="a",kind!="b"`.
    #[must_use]
    pub fn with_matchers(&self, more: &str) -> Self {
        let separator = if self.matchers.is_empty() || more.is_empty() {
            ""
        } else {
            ","
        };
        Self {
            name: self.name.clone(),
            matchers: format!("{}{separator}{more}", self.matchers),
        }
    }
}

impl TryFrom<String> for Selector {
    type Error = SelectorError;

    fn try_from(text: String) -> Result<Self, SelectorError> {
        Self::new(&text)
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.matchers.as_str() {
            "" => f.write_str(&self.name),
            matchers => write!(f, "{}{{{matchers}}}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        let got = Selector::new(text).map(|selector| {
            selector
                .with_suffix("_bucket")
                .with_matchers(r#"le="1""#)
                .to_string()
        });
        match (got, expected) {
            (Ok(got), Ok(expected)) => assert_eq!(got, expected),
            (Err(error), Err(part)) => {
                let error = error.to_string();
                assert!(error.contains(part) && error.contains(text), "{error}");
            }
            (got, _) => panic!("`{text}` became {got:?}"),
        }
    }

    #[test]
    fn selectors_take_suffixes_and_matchers() {
        check("a", Ok(r#"a_bucket{le="1"}"#));
        check("a{}", Ok(r#"a_bucket{le="1"}"#));
        check(r#"a:b { c="}{", } "#, Ok(r#"a:b_bucket{c="}{",le="1"}"#));
        check(r#"a{c=~"x|y"}"#, Ok(r#"a_bucket{c=~"x|y",le="1"}"#));
    }

    #[test]
    fn anything_else_is_refused() {
        check("sum(a)", Err("expected a selector"));
        check("a[5m]", Err("expected a selector"));
        check("a offset 5m", Err("expected a selector"));
        check(r#"{job="a"}"#, Err("names no metric"));
        check("a{", Err("is no metric selector"));
        check("", Err("is no metric selector"));
    }
}
