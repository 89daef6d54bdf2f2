//! A panel: where and how it is shown, and what is asked for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use transform::Transformation;
use wire::board::Grid;
use wire::id::PanelId;

use crate::defaults::is_default;
use crate::field::Field;
use crate::kind::Kind;
use crate::link::Link;
use crate::overrides::Override;
use crate::panel_query::PanelQuery;

/// One panel: a place, a kind, and queries.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Panel {
    /// Names the panel in URLs, unique on its board; given out in reading
    /// order where it is 0.
    #[serde(skip_serializing_if = "is_default")]
    pub id: PanelId,
    /// Short, shown over the panel.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What the panel shows, in a sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where it stands; beside or below the panels before it, where it does not say it.
    pub grid: Grid,
    /// How it is drawn.
    pub kind: Kind,
    /// How its values are written and judged.
    #[serde(skip_serializing_if = "is_default")]
    pub field: Field,
    /// What differs for single series or columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// The source that is asked: a name, or a variable; the default one where
    /// it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// What the source is asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<PanelQuery>,
    /// What becomes of the answers before they are shown, step by step.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transformations: Vec<Transformation>,
    /// The panel's own time.
    #[serde(skip_serializing_if = "is_default")]
    pub time: PanelTime,
    /// Pages that belong to the panel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// The variable for each of whose values the panel (or row) is shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

impl PanelQuery {
    /// The source that it asks on its panel.
    pub fn source_of<'a>(&'a self, panel: &'a Panel) -> &'a str {
        match self.source.as_str() {
            "" => &panel.source,
            own => own,
        }
    }
}

/// How a panel's time differs from the page's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PanelTime {
    /// How far back the panel goes, whatever the page shows: `1h`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// How far the panel's time lies in the past: `1d`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub shift: String,
    /// Whether its head does not say so.
    #[serde(rename = "unsaid", skip_serializing_if = "is_default")]
    pub hidden_in_head: bool,
}

impl PanelTime {
    /// What the panel's head says of it: `last 1h, 1d earlier`.
    pub fn words(&self) -> String {
        let last = (!self.from.is_empty()).then(|| format!("last {}", self.from));
        let earlier = (!self.shift.is_empty()).then(|| format!("{} earlier", self.shift));
        let words = last
            .into_iter()
            .chain(earlier)
            .filter(|_| !self.hidden_in_head);
        words.collect::<Vec<_>>().join(", ")
    }
}

/// Once for each value of a variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// The variable's name.
    pub variable: String,
    /// Whether the copies stand below each other, in place of side by side.
    #[serde(default)]
    pub vertical: bool,
    /// At most so many stand side by side.
    #[serde(default = "four")]
    pub max_per_row: u16,
}

fn four() -> u16 {
    4
}
