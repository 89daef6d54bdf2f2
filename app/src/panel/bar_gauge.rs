//! A horizontal bar for each series' last value.

use ::chart::unit::Unit;
use leptos::prelude::*;
use wire::board::{PanelKind, StatOptions};
use wire::data::PanelData;

use super::body::body;
use super::figure::newest;
use crate::store::use_store;
use crate::words::health;
use crate::words::html::push_element;

/// A panel of the kind [`PanelKind::BarGauge`].
#[island]
pub fn BarGaugePanel(id: u32) -> impl IntoView {
    let store = use_store();
    let options = match store.view(id).map(|view| &view.kind) {
        Some(PanelKind::BarGauge(options)) => options.clone(),
        _ => StatOptions::default(),
    };
    let write = move |data: &PanelData, _| html(&bars(data, &options));
    body(&store, id, "list fading", Box::new(write))
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bar {
    name: String,
    value: String,
    /// The bar's length in thousandths of the row.
    length: u32,
    class: &'static str,
}

fn html(bars: &[Bar]) -> String {
    let mut html = String::from("<ul tabindex=\"0\">");
    for bar in bars {
        html.push_str("<li class=\"bar bar-");
        html.push_str(bar.class);
        html.push_str("\" style=\"--length:");
        html.push_str(&bar.length.to_string());
        html.push_str("\">");
        push_element(&mut html, "span", "", &bar.name);
        push_element(&mut html, "span", "bar-value", &bar.value);
        html.push_str("</li>");
    }
    html.push_str("</ul>");
    html
}

fn bars(data: &PanelData, options: &StatOptions) -> Vec<Bar> {
    let unit = Unit::from_id(&options.unit);
    let values = || {
        data.series
            .iter()
            .filter_map(|series| newest(&series.values.0))
    };
    let low = options.min.unwrap_or(0.0);
    let high = options.max.unwrap_or_else(|| values().fold(low, f64::max));
    let rows = data.series.iter().map(|series| {
        let value = newest(&series.values.0);
        let share = value.map_or(0.0, |value| (value - low) / (high - low));
        let health = health::of_value(value, options);
        Bar {
            name: series.name.clone(),
            value: value.map_or_else(
                || "–".to_owned(),
                |value| unit.format(value, options.decimals),
            ),
            length: (share.clamp(0.0, 1.0) * 1_000.0) as u32,
            class: health.map_or("plain", health::class),
        }
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::data::{SeriesData, TimeGrid, Values};

    #[test]
    fn the_longest_bar_fills_its_row() {
        let series = |key: u32, value: Option<f64>| SeriesData {
            key,
            name: key.to_string(),
            query: 'A',
            values: Values(vec![value]),
        };
        let data = PanelData {
            grid: TimeGrid {
                start_ms: 0,
                step_ms: 1,
                len: 1,
            },
            series: vec![series(0, Some(5.0)), series(1, Some(20.0)), series(2, None)],
            ..PanelData::default()
        };
        let bars = bars(&data, &StatOptions::default());
        let lengths: Vec<u32> = bars.iter().map(|bar| bar.length).collect();
        assert_eq!(lengths, [250, 1_000, 0]);
    }
}
