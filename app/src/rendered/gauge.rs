//! A value on a scale from min to max, as an arc a series.

use std::f64::consts::TAU;
use std::fmt::Write;

use chart::unit::Unit;
use dashboard::{Field, Panel, StatOptions};
use wire::board::Health;

use super::status_badge::push_health;
use super::value;
use super::{MAX_WRITTEN, PanelSeries, SeriesView, push_cut};
use crate::text::health;
use crate::text::html::{push_element, push_escaped};

/// Where the arc begins and how long it is, in turns from the bottom.
const BEGIN: f64 = 0.17;
const LENGTH: f64 = 0.66;
/// The radius of the value's arc, and of the thresholds' around it.
const RADIUS: f64 = 84.0;
const RIM: f64 = 97.0;

pub fn html(panel: &Panel, options: &StatOptions, data: &PanelSeries) -> String {
    let mut html = String::from("<div class=\"stats\">");
    for series in data.series.iter().take(MAX_WRITTEN) {
        let field = panel.field_of(series.name, series.query);
        push_gauge(&mut html, &field, options, series, data);
    }
    push_cut(&mut html, data.series.len());
    html.push_str("</div>");
    html
}

fn push_gauge(
    html: &mut String,
    field: &Field,
    options: &StatOptions,
    series: &SeriesView,
    data: &PanelSeries,
) {
    let value = series.calculated(options.calculation);
    let shown = value::of(value, field, &data.clock);
    let (min, max) = ends(field, value);
    let share = |value: f64| ((value - min) / (max - min)).clamp(0.0, 1.0);
    html.push_str("<div class=\"stat gauge stat-");
    html.push_str(shown.class());
    html.push_str("\"><svg viewBox=\"-100 -100 200 172\" aria-hidden=\"true\">");
    push_arc(html, "track", RADIUS, 0.0, 1.0);
    for (from, to, status) in bands(field, min, max) {
        let class = ["rim ", health::class(status)].concat();
        push_arc(html, &class, RIM, share(from), share(to));
    }
    if let Some(value) = value.filter(|value| !value.is_nan()) {
        push_arc(html, "level", RADIUS, 0.0, share(value));
    }
    html.push_str("</svg><p class=\"figure\">");
    push_escaped(html, &shown.number);
    push_element(html, "small", "", &["\u{2009}", &shown.unit].concat());
    html.push_str("</p>");
    push_ends(html, field, min, max);
    html.push_str("<p class=\"notes\">");
    if data.series.len() > 1 {
        push_element(html, "span", "stat-name", super::name_of(field, series));
    }
    if let Some(health) = shown.health {
        push_health(html, health);
    }
    html.push_str("</p></div>");
}

fn push_ends(html: &mut String, field: &Field, min: f64, max: f64) {
    let unit = Unit::from_id(&field.unit);
    html.push_str("<p class=\"reach\">");
    for end in [min, max] {
        push_element(html, "span", "", &unit.format(end, None));
    }
    html.push_str("</p>");
}

/// The ends of the scale: those of the field; a percentage ends at 100 %, any
/// other quantity at the highest threshold or value.
fn ends(field: &Field, value: Option<f64>) -> (f64, f64) {
    let min = field.min.unwrap_or(0.0);
    let thresholds = field.thresholds.iter().map(|threshold| threshold.value);
    let highest = thresholds.chain(value).fold(min, f64::max);
    let max = field.max.unwrap_or(match field.unit.as_str() {
        "percentunit" => highest.max(1.0),
        "percent" | "" => highest.max(100.0),
        _ => highest,
    });
    (min, if max > min { max } else { min + 1.0 })
}

/// The spans between thresholds, with what a value in each means.
fn bands(field: &Field, min: f64, max: f64) -> Vec<(f64, f64, Health)> {
    let mut from = min;
    let mut status = field.base;
    let mut bands = Vec::new();
    for threshold in &field.thresholds {
        let to = threshold.value.clamp(min, max);
        bands.push((from, to, status));
        (from, status) = (to, threshold.status);
    }
    if !field.thresholds.is_empty() {
        bands.push((from, max, status));
    }
    bands.retain(|(from, to, _)| to > from);
    bands
}

/// The place of a share of the arc.
fn on_arc(share: f64, radius: f64) -> (f64, f64) {
    let turn = BEGIN + share * LENGTH;
    let (sin, cos) = (turn * TAU).sin_cos();
    (tenth(-sin * radius), tenth(cos * radius))
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0 + 0.0 // no minus zero
}

fn push_arc(html: &mut String, class: &str, radius: f64, from: f64, to: f64) {
    let ((x1, y1), (x2, y2)) = (on_arc(from, radius), on_arc(to, radius));
    let large = u8::from((to - from) * LENGTH > 0.5);
    let _infallible = write!(
        html,
        "<path class=\"{class}\" d=\"M{x1} {y1}A{radius} {radius} 0 {large} 1 {x2} {y2}\"/>"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rendered::testing::data;
    use dashboard::Threshold;

    #[test]
    fn the_arc_shows_the_share_and_the_rim_the_thresholds() {
        let panel = Panel {
            field: Field {
                unit: "percentunit".into(),
                base: Health::Good,
                thresholds: vec![Threshold {
                    value: 0.75,
                    status: Health::Bad,
                    label: String::new(),
                }],
                ..Field::default()
            },
            ..Panel::default()
        };
        let series = data(&[('A', "a", &[Some(0.5)])]);
        let html = html(&panel, &StatOptions::default(), &series);
        for part in [
            "stat gauge stat-good",
            // Half of the scale is straight up.
            "class=\"level\" d=\"M-73.6 40.5A84 84 0 0 1 0 -84\"",
            "class=\"rim good\"",
            "class=\"rim bad\"",
            "50<small>",
        ] {
            assert!(html.contains(part), "{html} lacks {part}");
        }
    }

    #[test]
    fn a_scale_without_ends_finds_them() {
        let unit = |unit: &str| Field {
            unit: unit.into(),
            ..Field::default()
        };
        assert_eq!(ends(&unit("percentunit"), Some(0.2)), (0.0, 1.0));
        assert_eq!(ends(&unit("percent"), Some(120.0)), (0.0, 120.0));
        assert_eq!(ends(&unit("s"), Some(3.0)), (0.0, 3.0));
        assert_eq!(ends(&unit("s"), None), (0.0, 1.0));
    }
}
