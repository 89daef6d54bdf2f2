//! Pages elsewhere, which a board, a panel or a value leads to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::defaults::is_default;

/// A page elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Link {
    /// What is written.
    pub title: String,
    /// Where it leads; may hold variables, and in a panel's values
    /// `${__value.raw}` and `${__field.labels.NAME}`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// In place of a URL: a link to each board that has all of these tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether the page there shows the same time.
    #[serde(skip_serializing_if = "is_default")]
    pub keep_time: bool,
    /// Whether the page there has the same variables.
    #[serde(skip_serializing_if = "is_default")]
    pub keep_variables: bool,
    /// Whether it opens beside the page.
    #[serde(skip_serializing_if = "is_default")]
    pub new_tab: bool,
}
