//! How the values of a panel are written and judged: what Grafana calls its
//! standard options.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kind::{DrawStyle, StatColor};
use crate::model::Link;
use transform::Pattern;

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
    /// Values that are written as words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mappings: Vec<Mapping>,
    /// Written where there is no value.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub no_value: String,
    /// The series' name, in place of the legend's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Where a click on a value leads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

impl Field {
    /// Takes over what `other` says; what it leaves out stays.
    pub(crate) fn take(&mut self, other: &Self) {
        let text = |into: &mut String, from: &String| {
            if !from.is_empty() {
                into.clone_from(from);
            }
        };
        text(&mut self.unit, &other.unit);
        text(&mut self.no_value, &other.no_value);
        text(&mut self.name, &other.name);
        self.decimals = other.decimals.or(self.decimals);
        self.min = other.min.or(self.min);
        self.max = other.max.or(self.max);
        if !other.thresholds.is_empty() || other.base != Health::Unknown {
            self.base = other.base;
            self.thresholds.clone_from(&other.thresholds);
        }
        if !other.mappings.is_empty() {
            self.mappings.clone_from(&other.mappings);
        }
        if !other.links.is_empty() {
            self.links.clone_from(&other.links);
        }
    }
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

/// Values that are written as words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Which values.
    pub of: MappedValue,
    /// The words; the value itself where they are empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What the value means.
    #[serde(default, skip_serializing_if = "is_unknown")]
    pub status: Health,
}

/// Which values a mapping is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MappedValue {
    /// This value, or text.
    Value(String),
    /// All from the first to the second, both included; an open end is left out.
    Range(Option<f64>, Option<f64>),
    /// Texts that match.
    Regex(Pattern),
    /// Those that are no ordinary values.
    Special(SpecialValue),
}

/// What is no ordinary value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpecialValue {
    /// No value.
    Null,
    /// Not a number.
    Nan,
    /// Neither.
    NullOrNan,
    /// The text without letters.
    Empty,
    /// Yes.
    True,
    /// No.
    False,
}

/// What differs for single series or columns; of several that match, the last
/// that says something counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Override {
    /// Which series or columns.
    pub of: SeriesMatch,
    /// How their values are written and judged; what it leaves out stays.
    #[serde(skip_serializing_if = "is_default_field")]
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
    #[serde(skip_serializing_if = "is_false")]
    pub right_axis: bool,
    /// Whether their line is dashed.
    #[serde(skip_serializing_if = "is_false")]
    pub dashed: bool,
    /// Whether they are drawn below zero.
    #[serde(skip_serializing_if = "is_false")]
    pub negative: bool,
    /// What a status colours in a table's cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells: Option<StatColor>,
    /// Whether they are left out of the plot, or the table.
    #[serde(skip_serializing_if = "is_false")]
    pub hidden: bool,
}

fn is_default_field(field: &Field) -> bool {
    *field == Field::default()
}

fn is_false(flag: &bool) -> bool {
    !flag
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
    /// Those of the query with this letter.
    Query(char),
}

impl SeriesMatch {
    /// Whether a series of this name and query is meant.
    pub fn is(&self, name: &str, query: char) -> bool {
        match self {
            Self::Name(wanted) => wanted == name,
            Self::Except(others) => others.iter().all(|other| other != name),
            Self::Regex(pattern) => pattern.is_match(name),
            Self::Query(letter) => *letter == query,
        }
    }
}

impl Default for SeriesMatch {
    fn default() -> Self {
        Self::Query('A')
    }
}
