//! A panel of the board model and its data to markup: every kind but curves
//! over time, of which it is the legend, and what shows no data.
//!
//! Contract: pure; what comes from the source is always escaped, so the markup
//! is safe in any page. Empty where there is no point to write of. The server
//! calls [`render()`] at every step, once for all viewers; the page puts the
//! markup in as it comes, and marks it as `late` where the data is.

mod alert_list;
mod annotations;
mod bar_chart;
mod bar_gauge;
mod board_list;
mod buckets;
mod chart_legend;
mod csv;
mod gauge;
mod graph;
mod heatmap;
mod histogram;
mod legend;
mod link;
mod pie;
mod rows;
mod sparkline;
mod stat;
mod stat_values;
mod state_timeline;
mod status_badge;
mod table;
mod value;
mod verdict;

pub use annotations::{annotations, span};
pub use board_list::board_list;
pub use csv::csv;
pub use rows::row_patch;

use chart::color_role::ColorRole;
use chart::curve;
use dashboard::{Calculation, Clock, Field, Kind, Panel};
use frame::Table;
use series::Labels;
use wire::data::{PanelData, TimeGrid};
use wire::id::RefId;
use wire::url::LiveParams;

use crate::text::html::push_element;

/// So many figures, bars or lanes are written: as many as a panel has series.
/// Where rows of a table are more, [`push_cut`] says so.
const MAX_WRITTEN: usize = 100;

/// What a panel is rendered from.
#[derive(Clone, Debug, Default)]
pub struct PanelSeries<'a> {
    /// The times of every series' values.
    pub grid: TimeGrid,
    /// In the order of the queries and of their answers.
    pub series: Vec<SeriesView<'a>>,
    /// What its transformations make of the answers, where it shows tables.
    pub tables: &'a [Table],
    /// On which moments are written.
    pub clock: Clock,
}

/// A series whose last value is so much older than the panel's newest has ended:
/// more than what a source may be behind another one.
const GONE_AFTER_MS: i64 = 15_000;

impl PanelSeries<'_> {
    /// Finds the series that have ended while others go on.
    #[must_use]
    pub fn with_gone(mut self) -> Self {
        let last = |series: &SeriesView| series.values.iter().rposition(Option::is_some);
        let Some(newest) = self.series.iter().filter_map(last).max() else {
            return self;
        };
        let tolerated = (GONE_AFTER_MS / self.grid.step_ms.max(1)).max(2);
        for series in &mut self.series {
            let behind = last(series).and_then(|last| i64::try_from(newest - last).ok());
            series.is_gone = behind.is_some_and(|columns| columns > tolerated);
        }
        self
    }

    /// Whether the tables have more than the series say: labels, or what
    /// transformations have made.
    fn has_rows(&self) -> bool {
        self.tables.iter().any(|table| table.columns.len() > 2)
    }
}

impl SeriesView<'_> {
    fn has_point(&self) -> bool {
        self.values.iter().any(Option::is_some)
    }

    /// Its value now: the newest there is, none where the series has ended.
    fn newest(&self) -> Option<f64> {
        self.calculated(Calculation::Last)
    }

    /// What is calculated of its values; nothing of now where it has ended.
    fn calculated(&self, calculation: Calculation) -> Option<f64> {
        let is_of_now = matches!(calculation, Calculation::Last | Calculation::AllValues);
        if self.is_gone && is_of_now {
            return None;
        }
        calculation.of(self.values)
    }
}

/// One series, lent.
#[derive(Clone, Debug)]
pub struct SeriesView<'a> {
    /// See [`wire::data::SeriesData::key`].
    pub key: u32,
    /// What a legend says.
    pub name: &'a str,
    /// The letter of the query that yields it.
    pub query: RefId,
    /// Its colour in a chart.
    pub color_role: ColorRole,
    /// What tells it from the query's other series.
    pub labels: Labels,
    /// One value a grid time.
    pub values: &'a [Option<f64>],
    /// Whether it has ended while others of the panel go on; see
    /// [`PanelSeries::with_gone`].
    pub is_gone: bool,
}

/// The colours of a chart's series, in their order; none for other panels.
pub fn color_roles(panel: &Panel, data: &PanelData) -> Vec<ColorRole> {
    match &panel.kind {
        Kind::TimeSeries(options) => curve::color_roles(data, &panel.time_series(options)),
        _ => Vec::new(),
    }
}

/// The markup of a panel; `params` are what the page's URL asks for.
pub fn render(panel: &Panel, data: &PanelSeries, params: &LiveParams) -> String {
    if !data.series.iter().any(SeriesView::has_point) {
        return String::new();
    }
    match &panel.kind {
        Kind::TimeSeries(options) => chart_legend::html(panel, options, data),
        Kind::Stat(options) => stat::html(panel, options, data),
        Kind::Gauge(options) => gauge::html(panel, options, data),
        Kind::BarGauge(options) => bar_gauge::html(panel, options, data),
        Kind::BarChart(options) => bar_chart::html(panel, options, data),
        Kind::Pie(options) => pie::html(panel, options, data),
        Kind::Histogram(options) => histogram::html(panel, options, data),
        Kind::Heatmap(options) => heatmap::html(panel, options, data),
        Kind::StateTimeline(options) => state_timeline::html(panel, data, !options.split),
        Kind::StatusHistory(_) => state_timeline::html(panel, data, false),
        Kind::Table(options) => table::html(panel, options, data, params),
        Kind::AlertList(_) => alert_list::html(data),
        Kind::Verdict(options) => verdict::html(options, data, params),
        // These show no data, so there is none to write.
        Kind::Text(_) | Kind::Row(_) | Kind::BoardList(_) | Kind::Unsupported(_) => String::new(),
    }
}

/// What stands in place of the figures of a panel whose queries were answered
/// and have no series, where its field says what that means.
pub fn no_value_html(panel: &Panel) -> Option<String> {
    let is_figure = matches!(
        panel.kind,
        Kind::Stat(_) | Kind::Gauge(_) | Kind::BarGauge(_)
    );
    let text = &panel.field.no_value;
    (is_figure && !text.is_empty()).then(|| stat::text(text))
}

/// Says that only the first of `found` are written, where they are more.
fn push_cut(html: &mut String, found: usize) {
    if found > MAX_WRITTEN {
        let (most, found) = (MAX_WRITTEN.to_string(), found.to_string());
        let words = ["The first ", &most, " of ", &found, " are shown."];
        push_element(html, "p", "cut", &words.concat());
    }
}

/// What a series is called: the name that its field gives it, else its legend's.
fn name_of<'a>(field: &'a Field, series: &SeriesView<'a>) -> &'a str {
    match field.name.as_str() {
        "" => series.name,
        name => name,
    }
}

#[cfg(test)]
mod testing;
