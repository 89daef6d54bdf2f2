//! The options of each kind of panel.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wire::id::RefId;

use transform::{Calculation, Pattern};
use wire::board::{DrawStyle, Palette};

use crate::defaults::is_default;

/// Options of `timeseries`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TimeSeriesOptions {
    /// How samples become marks.
    pub draw: DrawStyle,
    /// Whether series stand on each other.
    pub stacked: bool,
    /// Whether each value is shown as its share of the sum of all.
    #[serde(skip_serializing_if = "is_default")]
    pub shares: bool,
    /// Whether the value axis is logarithmic (base 10).
    pub log_scale: bool,
    /// How series get their colours.
    pub palette: Palette,
    /// The legend below the plot, or beside it.
    pub legend: Legend,
    /// How thresholds are shown.
    pub thresholds: ThresholdStyle,
    /// Gaps up to this long are bridged by the line: a duration, or `always`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub connect_gaps: String,
    /// On a logarithmic axis: values nearer to zero than this are spaced evenly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linear_below: Option<f64>,
}

/// A legend.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Legend {
    /// Whether there is none.
    pub hidden: bool,
    /// Whether it is a table below the plot.
    pub table: bool,
    /// What is written of each series, in such a table: `last`, `mean`, `max`, ….
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calculations: Vec<Calculation>,
}

impl Legend {
    /// Whether it is shown as a table.
    pub fn is_table(&self) -> bool {
        !self.hidden && (self.table || !self.calculations.is_empty())
    }
}

/// How thresholds are shown in a plot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdStyle {
    /// As quiet lines.
    #[default]
    Lines,
    /// As lines, and the span above tinted.
    Bands,
    /// Not at all.
    Off,
}

/// Options of `stat`, `gauge` and `bar_gauge`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StatOptions {
    /// Which of a series' values is the figure.
    #[serde(skip_serializing_if = "is_default")]
    pub calculation: Calculation,
    /// Whether each row of a table is a figure, in place of one a column.
    #[serde(skip_serializing_if = "is_default")]
    pub each_row: bool,
    /// The columns that are figures, by their names; a stat may show texts so.
    /// All of numbers where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Pattern>,
    /// Whether the trend is drawn behind the figure.
    pub sparkline: bool,
    /// What the status colours.
    #[serde(skip_serializing_if = "is_default")]
    pub color: StatColor,
    /// What is written.
    #[serde(skip_serializing_if = "is_default")]
    pub text: StatText,
    /// The query whose last value is written behind the figure's: `12 / 16`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_query: Option<RefId>,
    /// Lines under the figure.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<StatNote>,
}

/// What a figure's status colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatColor {
    /// The figure.
    #[default]
    Value,
    /// The panel.
    Background,
    /// Nothing.
    None,
}

/// What is written of a series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatText {
    /// The name, where there are several series, and the value.
    #[default]
    Auto,
    /// The value alone.
    Value,
    /// The name alone.
    Name,
    /// Both.
    ValueAndName,
    /// Nothing: the colour is the message.
    None,
}

/// A line under a stat's figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatNote {
    /// The query whose last value is written.
    pub query: RefId,
    /// Words after the value: `error budget left`.
    pub words: String,
    /// The value's unit.
    #[serde(default)]
    pub unit: String,
}

/// Options of `bar_chart`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BarChartOptions {
    /// The column that names the bars; the first of texts or times where it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// Whether bars lie.
    pub horizontal: bool,
    /// Whether values of one category stand on each other.
    pub stacked: bool,
}

/// Options of `pie`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PieOptions {
    /// Which of a series' values is its share.
    #[serde(skip_serializing_if = "is_default")]
    pub calculation: Calculation,
    /// Whether each row of a table is a share, in place of one a column.
    #[serde(skip_serializing_if = "is_default")]
    pub each_row: bool,
    /// The columns that are shares, by their names; all of numbers where it is
    /// left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Pattern>,
    /// Whether the middle is left out.
    pub donut: bool,
}

/// Options of `histogram`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HistogramOptions {
    /// The width of a bucket; chosen by the values where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket_size: Option<f64>,
    /// Whether all series are counted together.
    pub combine: bool,
}

/// Options of `heatmap`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HeatmapOptions {
    /// Whether the buckets are made of the series' values; else the series are buckets.
    pub calculate: bool,
    /// Whether the value axis is logarithmic.
    pub log_scale: bool,
}

/// Options of `state_timeline` and `status_history`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LaneOptions {
    /// Whether equal neighbours stay apart; those of a history always do.
    #[serde(skip_serializing_if = "is_default")]
    pub split: bool,
}

/// Options of `table`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TableOptions {
    /// The column that rows are sorted by.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sort_by: String,
    /// Whether the greatest comes first.
    pub descending: bool,
    /// Rows on a page; 100 where it is 0.
    pub page_rows: u32,
    /// What the status of a value colours.
    #[serde(skip_serializing_if = "is_default")]
    pub color: StatColor,
    /// What stands below the columns of numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<Footer>,
}

/// One number for each column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Footer {
    /// Which number.
    pub calculation: Calculation,
    /// For which columns; for all of numbers where it is empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

/// Options of `text`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TextOptions {
    /// What is shown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub markdown: String,
    /// What is shown, as HTML; without scripts and styles.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub html: String,
}

/// Options of `row`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RowOptions {
    /// Whether what follows is folded away at first.
    pub collapsed: bool,
}

/// Options of `alert_list`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AlertListOptions {}

/// Options of `board_list`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BoardListOptions {
    /// Only boards with one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Options of `unsupported`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UnsupportedOptions {
    /// The kind, as its file calls it.
    pub kind: String,
    /// Why it is not drawn.
    pub reason: String,
}
