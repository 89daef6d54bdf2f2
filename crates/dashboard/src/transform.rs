//! What is done with the answers of a panel's queries before they are shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One step over tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transformation {
    /// All tables to one, rows with equal common columns merged.
    Merge,
}
