//! The board: its panels, and what holds for all of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::id::PanelId;

use crate::annotation::Annotation;
use crate::duration;
use crate::link::Link;
use crate::panel::Panel;
use crate::panel_query::PanelQuery;
use crate::variable::Variable;
use crate::version::Version;

/// A page of panels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// The version of the file's format.
    #[serde(default = "Version::when_absent")]
    pub version: Version,
    /// Shown in the heading and the tab.
    pub title: String,
    /// What the board is about, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Words that boards are found by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Pages that belong to the board.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// What the reader chooses, in the order in which it is offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    /// What marks moments and spans of time on every chart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
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
    /// The zone of days and of what is written: `browser`, `utc`, or an IANA
    /// name such as `Europe/Zurich`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub zone: String,
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
            zone: String::new(),
            refresh_ms: 5_000,
        }
    }
}

impl Board {
    /// Every query, with the id of its panel.
    pub fn queries(&self) -> impl Iterator<Item = (PanelId, &PanelQuery)> {
        self.panels
            .iter()
            .flat_map(|panel| panel.queries.iter().map(|query| (panel.id, query)))
    }

    /// The panel of an id.
    pub fn panel(&self, id: PanelId) -> Option<&Panel> {
        self.panels.iter().find(|panel| panel.id == id)
    }
}
