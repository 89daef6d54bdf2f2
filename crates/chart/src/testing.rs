//! Plots of a few samples for the tests of this crate.

use wire::board::TimeSeriesOptions;
use wire::data::{PanelData, SeriesData, TimeGrid, Values};
use wire::id::RefId;
use wire::live::Window;

use crate::plot::{Input, Plot, Size};

/// Samples a second from `start_ms` on; the series are called `a`, `b`, ….
pub fn data(start_ms: i64, series: &[&[Option<f64>]]) -> PanelData {
    let named = series.iter().zip('a'..).enumerate();
    PanelData {
        grid: TimeGrid {
            start_ms,
            step_ms: 1_000,
            len: series.first().map_or(0, |samples| samples.len()),
        },
        series: named
            .map(|(key, (samples, name))| SeriesData {
                key: key as u32,
                name: name.to_string(),
                query: RefId('A'),
                overrides: Vec::new(),
                values: Values(samples.to_vec()),
            })
            .collect(),
        ..PanelData::default()
    }
}

/// What `look` takes from a plot of the window, 400 by 200 pixels, in seconds.
pub fn plotted<R>(data: &PanelData, from_ms: i64, to_ms: i64, look: impl FnOnce(&Plot) -> R) -> R {
    let options = TimeSeriesOptions {
        unit: "s".into(),
        ..TimeSeriesOptions::default()
    };
    let window = Window {
        from_ms,
        to_ms,
        step_ms: 1_000,
        live: true,
        ..Window::default()
    };
    let size = Size {
        width_px: 400.0,
        height_px: 200.0,
    };
    look(&Plot::new(Input::new(data, &options, window, size)))
}
