//! Annotations: what marks moments and spans of time on every chart of a board.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use wire::board::Health;

use crate::defaults::is_default;

/// Marks of one meaning, which the reader switches on and off together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Annotation {
    /// What its switch says; the URL's `annotations=` names what is switched.
    pub name: String,
    /// What its marks mean, which is their colour.
    #[serde(default, skip_serializing_if = "is_default")]
    pub status: Health,
    /// Whether it is not shown until the reader switches it on.
    #[serde(default, skip_serializing_if = "is_default")]
    pub off: bool,
    /// Whether the page has no switch for it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hidden: bool,
    /// Where its marks come from.
    pub from: MarksFrom,
}

/// Where an annotation's marks come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MarksFrom {
    /// What the source answers.
    Query(AnnotationQuery),
    /// This list.
    Fixed(Vec<FixedMark>),
}

impl Default for MarksFrom {
    fn default() -> Self {
        Self::Fixed(Vec::new())
    }
}

/// What the source is asked for an annotation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AnnotationQuery {
    /// PromQL, with variables.
    pub expr: String,
    /// The source that is asked: a name, or a variable; the default one where it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The shortest distance of two points: a duration, may hold variables.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub min_step: String,
    /// What a mark's text begins with: `{{label}}` becomes the label's value.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What it goes on with, likewise. Without title, text and tags a mark
    /// says all labels of its series.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The labels whose values it ends with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether the values themselves are the times, in milliseconds since 1970.
    #[serde(skip_serializing_if = "is_default")]
    pub value_is_time: bool,
}

/// A moment or a span that the board's file names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedMark {
    /// When it was, or began: `2026-01-27 10:30` in the board's zone, RFC 3339,
    /// or milliseconds since 1970.
    pub time: String,
    /// When it ended, where it was no moment.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub end: String,
    /// A few words.
    pub text: String,
}
