//! Data for tests.

use chart::color_role::ColorRole;
use dashboard::Clock;
use series::Labels;
use wire::data::TimeGrid;
use wire::id::RefId;

use super::{PanelSeries, SeriesView};

/// A series: its query's name, its name, one value a second from the epoch on.
pub type Given = (char, &'static str, &'static [Option<f64>]);

/// The series, each with its name as the label `name`.
pub fn data(series: &[Given]) -> PanelSeries<'static> {
    let view = |(key, (query, name, values)): (usize, &Given)| SeriesView {
        key: key as u32,
        name,
        query: RefId(*query),
        color_role: ColorRole::Text,
        labels: Labels::from_pairs([("name", *name)]),
        values,
        is_gone: false,
    };
    PanelSeries {
        grid: TimeGrid {
            start_ms: 0,
            step_ms: 1_000,
            len: series.first().map_or(0, |(.., values)| values.len()),
        },
        series: series.iter().enumerate().map(view).collect(),
        tables: &[],
        clock: Clock::default(),
    }
}
