//! A board as the browser needs it: resolved, with no queries in it.
//!
//! The board *file* and its options live in the `dashboard` crate; the server
//! maps them to these types, so that the bundle carries no file format. What a
//! file and a page say in the same words is defined once, in `shared.rs`.

use serde::{Deserialize, Serialize};

use crate::id::{BoardId, PanelId};

pub use crate::shared::{DrawStyle, Grid, Health, Palette, Threshold};

/// Everything about a board but its data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoardLayout {
    /// The name in the URL.
    pub id: BoardId,
    /// Shown in the heading and the tab.
    pub title: String,
    /// Changes when the board's file changes: the page then fetches the new layout.
    pub version: u64,
    /// In reading order.
    pub panels: Vec<PanelLayout>,
    /// How the page refreshes unless its URL says otherwise, in milliseconds.
    pub refresh_ms: u64,
}

/// One panel: a place on the grid, a title and a kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelLayout {
    /// Unique on its board, stable over reloads.
    pub id: PanelId,
    /// Short, shown over the panel; may be empty.
    pub title: String,
    /// One sentence that explains the panel, shown on request.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// How its time differs from the page's, in a few words; stands in the page.
    #[serde(skip)]
    pub time: String,
    /// Where it stands.
    pub grid: Grid,
    /// How it is drawn.
    pub kind: PanelKind,
}

impl PanelLayout {
    /// Whether it gives a verdict, which stands over all other panels.
    pub fn is_verdict(&self) -> bool {
        matches!(&self.kind, PanelKind::Rendered(kind) if kind == "verdict")
    }
}

/// How a panel is drawn, with its options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PanelKind {
    /// Curves over time, which the browser draws.
    TimeSeries(TimeSeriesOptions),
    /// What the server renders at every step, as [`crate::data::RenderedPanel`].
    Rendered(String),
    /// What the server has rendered once and for all.
    Fixed(FixedMarkup),
    /// A heading that spans the board.
    Row,
}

/// Markup that never changes: it stands in the page, and the browser needs
/// nothing of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FixedMarkup {
    /// The kind of panel, as board files name it.
    pub kind: String,
    /// Safe in any page.
    #[serde(skip)]
    pub html: String,
}

/// Options of [`PanelKind::TimeSeries`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeSeriesOptions {
    /// A unit's id as Grafana names it: `s`, `percentunit`, `reqps`, `short`, ….
    pub unit: String,
    /// Digits after the point; `None` chooses by the value.
    pub decimals: Option<u8>,
    /// How samples become marks.
    pub draw: DrawStyle,
    /// Whether series stand on each other.
    pub stacked: bool,
    /// Fixed ends of the value axis.
    pub min: Option<f64>,
    /// See `min`.
    pub max: Option<f64>,
    /// Whether the value axis is logarithmic (base 10).
    pub log_scale: bool,
    /// On a logarithmic axis: values nearer to zero than this are spaced evenly
    /// (symlog), so that zero and negative values have a place.
    pub linear_below: Option<f64>,
    /// The value axis at the right, for series that an override puts there.
    pub right_axis: Option<RightAxis>,
    /// Gaps up to this long are bridged by the line; 0 bridges none, `i64::MAX` all.
    pub connect_gaps_ms: i64,
    /// Levels drawn as quiet lines with a label.
    pub thresholds: Vec<Threshold>,
    /// Whether the span above each level is tinted as well.
    pub threshold_bands: bool,
    /// What differs for the series that have its place among their `overrides`; of
    /// several, the last one that says something counts.
    pub overrides: Vec<SeriesOverride>,
    /// How series get their colours.
    pub palette: Palette,
    /// What names the series.
    pub legend: Legend,
}

/// What names a chart's series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Legend {
    /// Nothing.
    #[default]
    None,
    /// A button each, in the title's row; the browser writes them.
    Chips,
    /// A table with what is calculated of each; the server writes it.
    Table,
}

/// A second value axis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RightAxis {
    /// See [`TimeSeriesOptions::unit`].
    pub unit: String,
    /// See [`TimeSeriesOptions::decimals`].
    pub decimals: Option<u8>,
    /// Fixed ends of the axis.
    pub min: Option<f64>,
    /// See `min`.
    pub max: Option<f64>,
    /// Whether the axis is logarithmic (base 10).
    pub log_scale: bool,
    /// See [`TimeSeriesOptions::linear_below`].
    pub linear_below: Option<f64>,
}

/// What differs for the series that name it among their `overrides`; what is `None`
/// or `false` stays as the panel has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesOverride {
    /// How they are drawn.
    pub draw: Option<DrawStyle>,
    /// Their colour.
    pub color: Option<SeriesColor>,
    /// Whether they stand on others of the same axis.
    pub stacked: Option<bool>,
    /// Whether they belong to the axis at the right.
    pub right_axis: bool,
    /// Whether the line is dashed.
    pub dashed: bool,
    /// Whether they are drawn with the opposite sign, below zero.
    pub negative: bool,
    /// Whether they are left out of the plot, though not of the legend.
    pub hidden: bool,
}

/// A colour that an override gives a series, as a place in the design's palettes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SeriesColor {
    /// One of the distinct colours, 1 to 8.
    Series(u8),
    /// The colour of a status.
    Status(Health),
}
