//! What board files and pages say in the same words.
//!
//! Contract: with the feature `board_file` the types read as files do: keys
//! have defaults, unknown ones are errors, and there is a JSON Schema of each.
//! The bundle is built without it. Both write the same.

use serde::{Deserialize, Serialize};

/// A rectangle on 24 columns; a row is 36 CSS pixels with its gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "board_file", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "board_file", serde(default, deny_unknown_fields))]
pub struct Grid {
    /// First column, 0 to 23.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Columns, 1 to 24.
    pub w: u16,
    /// Rows, at least 1.
    pub h: u16,
}

impl Grid {
    /// The columns of a board.
    pub const COLUMNS: u16 = 24;
}

impl Default for Grid {
    /// Half the width, as high as a chart is read well.
    fn default() -> Self {
        Self {
            x: 0,
            y: 0,
            w: 12,
            h: 8,
        }
    }
}

/// How the samples of a series become marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "board_file", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DrawStyle {
    /// A line through the points.
    #[default]
    Line,
    /// A line with a faint fill below.
    Area,
    /// A line that keeps a value until the next.
    Step,
    /// One bar a point.
    Bars,
    /// Dots alone.
    Points,
}

/// How series get their colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "board_file", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Palette {
    /// Distinct colours, chosen by the series' name.
    #[default]
    Categorical,
    /// One hue in steps, light to strong in order of the series: percentiles.
    Steps,
    /// The hues of what is wrong: failures by reason.
    Failures,
}

/// A level from which a meaning holds upwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "board_file", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "board_file", serde(deny_unknown_fields))]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "board_file", derive(schemars::JsonSchema))]
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
