//! One big figure with its health, its notes and its trend.

use leptos::prelude::*;
use wire::board::{Health, PanelKind, StatOptions};
use wire::data::PanelData;

use super::body::body;
use super::figure::{Figure, figure};
use super::notice::push_mark;
use super::spark::{SIDE, spark};
use crate::store::use_store;
use crate::words::health;
use crate::words::html::{push_element, push_escaped};

/// A panel of the kind [`PanelKind::Stat`].
#[island]
pub fn StatPanel(id: u32) -> impl IntoView {
    let store = use_store();
    let options = match store.view(id).map(|view| &view.kind) {
        Some(PanelKind::Stat(options)) => options.clone(),
        _ => StatOptions::default(),
    };
    let write = move |data: &PanelData, is_late: bool| html(data, &options, is_late);
    body(&store, id, "stat fading", Box::new(write))
}

/// Late data is no ground for a judgement.
fn html(data: &PanelData, options: &StatOptions, is_late: bool) -> String {
    let mut said = figure(data, options);
    if is_late && said.health.is_some() {
        said.health = Some(Health::Unknown);
    }
    let mut html = String::from("<div class=\"stat-");
    html.push_str(said.health.map_or("plain", health::class));
    html.push_str("\">");
    if options.sparkline {
        push_trend(&mut html, data, options);
    }
    html.push_str("<p class=\"figure\">");
    push_escaped(&mut html, &said.number);
    push_element(&mut html, "small", "", &["\u{2009}", &said.unit].concat());
    html.push_str("</p>");
    push_notes(&mut html, &said);
    html.push_str("</div>");
    html
}

/// The health's shape and word, then the notes.
fn push_notes(html: &mut String, said: &Figure) {
    html.push_str("<p class=\"notes\">");
    if let Some(health) = said.health {
        html.push_str("<span class=\"health\">");
        push_mark(html, health);
        push_element(html, "span", "", health::word(health));
        html.push_str("</span>");
    }
    for note in &said.notes {
        push_element(html, "span", "", note);
    }
    html.push_str("</p>");
}

fn push_trend(html: &mut String, data: &PanelData, options: &StatOptions) {
    let Some(series) = data.series.first() else {
        return;
    };
    let drawn = spark(&series.values.0, options);
    let side = SIDE.to_string();
    let parts = [
        "<svg class=\"spark\" viewBox=\"0 0 ",
        &side,
        " ",
        &side,
        "\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><path class=\"spark-fill\" d=\"",
        &drawn.fill,
        "\"/><path d=\"",
        &drawn.line,
        "\"/></svg>",
    ];
    html.push_str(&parts.concat());
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::board::Threshold;
    use wire::data::{SeriesData, TimeGrid, Values};

    fn check(is_late: bool, expected: &str) {
        let data = PanelData {
            grid: TimeGrid {
                start_ms: 0,
                step_ms: 1_000,
                len: 1,
            },
            series: vec![SeriesData {
                key: 0,
                name: "a".into(),
                query: 'A',
                values: Values(vec![Some(7.0)]),
            }],
            ..PanelData::default()
        };
        let options = StatOptions {
            thresholds: vec![Threshold {
                value: 5.0,
                status: Health::Bad,
                label: String::new(),
            }],
            ..StatOptions::default()
        };
        let html = html(&data, &options, is_late);
        assert!(html.starts_with(expected), "{html}");
    }

    #[test]
    fn late_data_is_not_judged() {
        check(
            false,
            "<div class=\"stat-bad\"><p class=\"figure\">7<small>",
        );
        check(
            true,
            "<div class=\"stat-unknown\"><p class=\"figure\">7<small>",
        );
    }
}
