//! What differs for single series or columns of a panel.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use transform::Pattern;
use wire::board::{DrawStyle, Health};
use wire::id::RefId;

use crate::defaults::is_default;
use crate::field::Field;
use crate::kind::StatColor;

/// What differs for single series or columns; of several that match, the last
/// that says something counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Override {
    /// Which series or columns.
    pub of: SeriesMatch,
    /// How their values are written and judged; what it leaves out stays.
    #[serde(skip_serializing_if = "is_default")]
    pub field: Field,
    /// How they are drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draw: Option<DrawStyle>,
    /// Their colour: one of the eight distinct ones, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<u8>,
    /// Their colour, as that of a status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_color: Option<Health>,
    /// Whether they stand on others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stacked: Option<bool>,
    /// Whether they belong to the axis at the right.
    #[serde(skip_serializing_if = "is_default")]
    pub right_axis: bool,
    /// Whether their line is dashed.
    #[serde(skip_serializing_if = "is_default")]
    pub dashed: bool,
    /// Whether they are drawn below zero.
    #[serde(skip_serializing_if = "is_default")]
    pub negative: bool,
    /// What a status colours in a table's cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells: Option<StatColor>,
    /// Whether they are left out of the plot, or the table.
    #[serde(skip_serializing_if = "is_default")]
    pub hidden: bool,
}

/// Which series or columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesMatch {
    /// That of this name.
    Name(String),
    /// All but those of these names.
    Except(Vec<String>),
    /// Those whose names match.
    Regex(Pattern),
    /// Those of the query of this name.
    Query(RefId),
}

impl SeriesMatch {
    /// Whether a series of this name and query is meant.
    pub fn is(&self, name: &str, query: RefId) -> bool {
        match self {
            Self::Name(wanted) => wanted == name,
            Self::Except(others) => others.iter().all(|other| other != name),
            Self::Regex(pattern) => pattern.is_match(name),
            Self::Query(ref_id) => *ref_id == query,
        }
    }
}

impl Default for SeriesMatch {
    fn default() -> Self {
        Self::Query(RefId::FIRST)
    }
}
