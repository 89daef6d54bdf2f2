//! What the reader of a board chooses: where the choices come from
//! ([`ChoicesFrom`], [`VariableQuery`]), which is chosen ([`Variable::value`]),
//! and what then stands in queries ([`Scope`]).

mod built_in;
mod choices;
mod filter;
mod fitting;
mod format;
mod query;
mod scope;
mod stages;

pub use built_in::{BuiltIns, PageValues};
pub use choices::{ALL, Choice, natural_order};
pub use filter::Filter;
pub(crate) use format::strftime_of;
pub use query::VariableQuery;
pub use scope::{Scope, Target, Value, references};
pub use stages::resolution_stages;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A variable: `$name` in queries, titles and links.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// The name in `$name` and `var-name=`.
    pub name: String,
    /// What is written beside the choice; the name where it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Where the choices come from.
    pub from: ChoicesFrom,
    /// The source that is asked for choices, or whose queries filters go into: a
    /// name, or a variable; the default one where it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Keeps, of each choice, what the regular expression captures; choices
    /// that do not match fall away. Groups named `text` and `value` part both.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub regex: String,
    /// The order of the choices.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sort: Sort,
    /// Whether several can be chosen.
    #[serde(default, skip_serializing_if = "is_default")]
    pub multi: bool,
    /// Whether all can be chosen at once.
    #[serde(default, skip_serializing_if = "is_default")]
    pub include_all: bool,
    /// What stands in queries for all, in place of every choice: `.*`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub all_value: String,
    /// What is chosen at first: the first choice where it is empty; `$__all` is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub default: Vec<String>,
    /// Of an interval that is chosen to fit: how many of it the range has; the
    /// page's own step fits where it is 0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub auto_count: u32,
    /// Of an interval that is chosen to fit: the least, such as `10s`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub auto_min: String,
    /// Whether it is not offered on the page.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hidden: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Where the choices come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChoicesFrom {
    /// The source: `label_values(metric, label)`, `label_names()`,
    /// `metrics(regex)`, `query_result(expr)`, or a selector of series.
    Query(String),
    /// This list; `text : value` where both differ.
    List(Vec<String>),
    /// One value that nobody chooses.
    Constant(String),
    /// These durations; `auto` is chosen to fit the range.
    Interval(Vec<String>),
    /// What the reader writes; this at first.
    Text(String),
    /// The sources of this type: `prometheus`.
    Source(String),
    /// Label matchers that the reader adds to every query.
    Filters(Vec<Filter>),
}

impl Default for ChoicesFrom {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

/// The order of choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// As they come.
    #[default]
    None,
    /// By letters.
    Ascending,
    /// By letters, backwards.
    Descending,
    /// By the first number in them.
    Numeric,
    /// By the first number in them, backwards.
    NumericDescending,
    /// By letters, large and small alike.
    CaseInsensitive,
    /// By letters, large and small alike, backwards.
    CaseInsensitiveDescending,
    /// As people count: `node-2` before `node-10`.
    Natural,
    /// As people count, backwards.
    NaturalDescending,
}
