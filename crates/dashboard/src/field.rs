//! How the values of a panel are shown and judged: what Grafana calls its
//! standard options.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use transform::Pattern;
use wire::board::{Health, Threshold};

use crate::defaults::is_default;
use crate::link::Link;

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
    #[serde(skip_serializing_if = "is_default")]
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
        take_text(&mut self.unit, &other.unit);
        take_text(&mut self.no_value, &other.no_value);
        take_text(&mut self.name, &other.name);
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

fn take_text(into: &mut String, from: &String) {
    if !from.is_empty() {
        into.clone_from(from);
    }
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
    #[serde(default, skip_serializing_if = "is_default")]
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
