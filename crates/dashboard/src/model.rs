//! The board: what is asked of the source, and where and how it is shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::duration;
use crate::field::Field;
use crate::kind::Kind;

/// A page of panels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// Shown in the heading and the tab.
    pub title: String,
    /// What the board is about, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What is shown where the URL does not say it.
    #[serde(default)]
    pub time: TimeDefaults,
    /// In reading order.
    #[serde(default)]
    pub panels: Vec<Panel>,
}

/// The time shown where the URL does not say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TimeDefaults {
    /// The start, in Grafana's grammar: `now-15m`, `now/d`, `2026-01-27 10:30`.
    pub from: String,
    /// The end, likewise.
    pub to: String,
    /// How often the page refreshes: a duration such as `5s`.
    #[serde(rename = "refresh", with = "duration::text")]
    #[schemars(with = "String")]
    pub refresh_ms: u64,
}

impl Default for TimeDefaults {
    fn default() -> Self {
        Self {
            from: "now-15m".to_owned(),
            to: "now".to_owned(),
            refresh_ms: 5_000,
        }
    }
}

/// One panel: a place, a kind, and queries.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Panel {
    /// Names the panel in URLs, unique on its board; given out in reading
    /// order where it is 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub id: u32,
    /// Short, shown over the panel.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What the panel shows, in a sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where it stands.
    pub grid: Grid,
    /// How it is drawn.
    pub kind: Kind,
    /// How its values are written and judged.
    #[serde(skip_serializing_if = "is_default")]
    pub field: Field,
    /// What the source is asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<Query>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A rectangle on 24 columns; a row is 36 CSS pixels with its gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
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

/// What the source is asked for a panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Query {
    /// Names the query within its panel.
    pub letter: char,
    /// PromQL, with variables.
    pub expr: String,
    /// See [`crate::legend()`].
    #[serde(skip_serializing_if = "String::is_empty")]
    pub legend: String,
    /// Whether its series are kept for others to refer to, and not drawn.
    #[serde(skip_serializing_if = "is_default")]
    pub hidden: bool,
    /// Whether it is asked at the range's end alone.
    #[serde(skip_serializing_if = "is_default")]
    pub instant: bool,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            letter: 'A',
            expr: String::new(),
            legend: String::new(),
            hidden: false,
            instant: false,
        }
    }
}

impl Board {
    /// Every query, with the id of its panel.
    pub fn queries(&self) -> impl Iterator<Item = (u32, &Query)> {
        self.panels
            .iter()
            .flat_map(|panel| panel.queries.iter().map(|query| (panel.id, query)))
    }

    /// The panel of an id.
    pub fn panel(&self, id: u32) -> Option<&Panel> {
        self.panels.iter().find(|panel| panel.id == id)
    }

    /// Gives every panel without an id the lowest that is free, in reading order.
    #[must_use]
    pub fn numbered(mut self) -> Self {
        let mut taken: Vec<u32> = self.panels.iter().map(|panel| panel.id).collect();
        let mut next = 1;
        for panel in self.panels.iter_mut().filter(|panel| panel.id == 0) {
            while taken.contains(&next) {
                next += 1;
            }
            panel.id = next;
            taken.push(next);
        }
        self
    }
}
