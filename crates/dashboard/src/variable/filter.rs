//! Filters: label matchers that the reader adds to every query.
//!
//! In the URL as Grafana writes them: `var-NAME=label|=|value`, once each; an
//! empty `var-NAME=` is no filter at all.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ChoicesFrom, Variable};

/// One label matcher of a reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The label.
    pub label: String,
    /// `=`, `!=`, `=~` or `!~`.
    pub op: String,
    /// The value.
    pub value: String,
}

/// What stands for `|` within a filter's parts.
const ESCAPED_BAR: &str = "__gfp__";

impl Filter {
    /// The operators, in the order in which they are offered.
    pub const OPS: [&str; 4] = ["=", "!=", "=~", "!~"];

    /// Reads `label|op|value`; `None` where that is no filter.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('|').map(|part| part.replace(ESCAPED_BAR, "|"));
        let (label, op, value) = (parts.next()?, parts.next()?, parts.next()?);
        let is_filter = !label.is_empty() && Self::OPS.contains(&op.as_str());
        is_filter.then_some(Self { label, op, value })
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [label, value] = [&self.label, &self.value].map(|part| part.replace('|', ESCAPED_BAR));
        write!(f, "{label}|{}|{value}", self.op)
    }
}

impl Variable {
    /// The filters that hold: those of the URL, else those of the board.
    pub fn filters(&self, requested: &[String]) -> Vec<Filter> {
        match (&self.from, requested) {
            (ChoicesFrom::Filters(default), []) => default.clone(),
            (ChoicesFrom::Filters(_), requested) => requested
                .iter()
                .filter_map(|text| Filter::parse(text))
                .collect(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_survive_the_url() {
        for (text, parts) in [
            ("job|=|api", ["job", "=", "api"]),
            ("a|=~|x__gfp__y", ["a", "=~", "x|y"]),
            ("a|!=|", ["a", "!=", ""]),
        ] {
            let filter = Filter::parse(text).unwrap();
            assert_eq!([&*filter.label, &filter.op, &filter.value], parts);
            assert_eq!(filter.to_string(), text);
        }
        for text in ["", "job", "job|=", "job|<|3", "|=|x"] {
            assert_eq!(Filter::parse(text), None, "{text}");
        }
    }
}
