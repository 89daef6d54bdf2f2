//! How the values of a panel are written and judged: what Grafana calls its
//! standard options.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How values are written and judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Field {
    /// A unit's id as Grafana names it: `s`, `percentunit`, `reqps`, `bytes`, `short`, ….
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Digits after the point; chosen by the value where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    /// The lower end of the value axis, where it is fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The upper end of the value axis, where it is fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// What a value below the first threshold means.
    #[serde(skip_serializing_if = "is_unknown")]
    pub base: Health,
    /// Levels from which a value means something, ascending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<Threshold>,
}

fn is_unknown(health: &Health) -> bool {
    *health == Health::Unknown
}

/// A level from which a meaning holds upwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// In the panel's unit.
    pub value: f64,
    /// What a value at or above the level means.
    pub status: Health,
    /// Written at the level's line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// How well something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// As it should be.
    Good,
    /// Should be looked at.
    Warning,
    /// Is wrong.
    Bad,
    /// Cannot be told; the value is only shown.
    #[default]
    Unknown,
}
