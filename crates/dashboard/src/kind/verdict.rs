//! Options of `verdict`: which series of its queries mean what trouble.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::board::Health;

use crate::defaults::is_default;

/// The label of a series that names its [`VerdictCondition`].
pub const CONDITION: &str = "condition";

/// Options of `verdict`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VerdictOptions {
    /// What may be the case, the most telling first. A series is one of them
    /// by its label `condition`, and is said as long as it has values.
    pub conditions: Vec<VerdictCondition>,
}

/// What is said of a series of a verdict's queries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VerdictCondition {
    /// The value of the series' label `condition`.
    pub name: String,
    /// How grave it is. What is `good` is said only where nothing is wrong.
    pub status: Health,
    /// The sentence: `$value` stands for the series' newest value, `{{label}}`
    /// for a label's.
    pub text: String,
    /// The unit of the value.
    #[serde(skip_serializing_if = "is_default")]
    pub unit: String,
    /// Whether of several series the greatest value is the worst, which speaks for
    /// all; else it is the least.
    #[serde(skip_serializing_if = "is_default")]
    pub descending: bool,
    /// The duration after which the series begins: what is said has been so
    /// for that long already.
    #[serde(skip_serializing_if = "is_default")]
    pub after: String,
    /// Where more is said.
    #[serde(skip_serializing_if = "is_default")]
    pub url: String,
}
