//! Shares of a whole: a slice a series, and a legend that says the shares in figures.

use std::f64::consts::TAU;
use std::fmt::Write;

use dashboard::{Panel, PieOptions};

use super::PanelSeries;
use super::legend::{Entry, color_roles, push_legend};
use super::value;
use crate::text::html::push_escaped;

/// More slices than this are not told apart: the smallest are one.
const MAX_SLICES: usize = 12;
/// The radius of the circle; whole units are precise enough for any screen.
const RADIUS: f64 = 1_000.0;
/// The part of the radius that a donut leaves out.
const HOLE: f64 = 0.62;

struct Slice {
    name: String,
    value: f64,
    text: String,
    color_role: &'static str,
}

pub fn html(panel: &Panel, options: &PieOptions, data: &PanelSeries) -> String {
    let slices = slices(panel, options, data);
    if slices.is_empty() {
        return "<p class=\"nothing\">Every value is zero: there are no shares.</p>".to_owned();
    }
    let whole: f64 = slices.iter().map(|slice| slice.value).sum();
    let mut html = String::from("<div class=\"pie\">");
    let side = 2.0 * RADIUS;
    let _infallible = write!(
        html,
        "<svg viewBox=\"{0} {0} {side} {side}\" role=\"img\" aria-label=\"Shares\">",
        -RADIUS
    );
    let mut turned = 0.0;
    for slice in &slices {
        let share = slice.value / whole;
        push_slice(&mut html, slice, turned, share, options.donut);
        turned += share;
    }
    html.push_str("</svg>");
    let entries = slices.iter().map(|slice| Entry {
        value: slice.text.clone(),
        remark: percent(slice.value / whole),
        ..Entry::new(&slice.name, slice.color_role)
    });
    push_legend(&mut html, entries);
    html.push_str("</div>");
    html
}

/// The series with a share, the greatest first.
fn slices(panel: &Panel, options: &PieOptions, data: &PanelSeries) -> Vec<Slice> {
    let names = data.series.iter().map(|series| series.name);
    let color_roles = color_roles(names, data.series.len());
    let all = data.series.iter().zip(color_roles);
    let mut slices: Vec<Slice> = all
        .filter_map(|(series, color_role)| {
            let value = series.calculated(options.calculation)?;
            let field = panel.field_of(series.name, series.query);
            (value > 0.0 && value.is_finite()).then(|| Slice {
                name: super::name_of(&field, series).to_owned(),
                value,
                text: value::of(Some(value), &field, &data.clock).text(),
                color_role,
            })
        })
        .collect();
    slices.sort_by(|a, b| b.value.total_cmp(&a.value));
    if slices.len() > MAX_SLICES {
        let rest = slices.split_off(MAX_SLICES - 1);
        let value = rest.iter().map(|slice| slice.value).sum();
        slices.push(Slice {
            name: format!("{} others", rest.len()),
            value,
            text: value::of(Some(value), &panel.field, &data.clock).text(),
            color_role: "unknown",
        });
    }
    slices
}

/// From `turned` turns on, clockwise from the top.
fn push_slice(html: &mut String, slice: &Slice, turned: f64, share: f64, is_donut: bool) {
    let _infallible = write!(html, "<path class=\"{}\" d=\"", slice.color_role);
    // A whole turn begins where it ends, and would be none: two halves are drawn.
    let parts: &[(f64, f64)] = if share > 0.999 {
        &[(0.0, 0.5), (0.5, 0.5)]
    } else {
        &[(turned, share)]
    };
    for (from, len) in parts {
        push_sector(html, *from, from + len, is_donut);
    }
    html.push_str("\"><title>");
    push_escaped(html, &slice.name);
    html.push_str(": ");
    push_escaped(html, &slice.text);
    html.push_str(", ");
    html.push_str(&percent(share));
    html.push_str("</title></path>");
}

/// The place of a turn on a circle.
fn at(turn: f64, radius: f64) -> (f64, f64) {
    let (sin, cos) = (turn * TAU).sin_cos();
    ((sin * radius).round(), (-cos * radius).round())
}

fn push_sector(html: &mut String, from: f64, to: f64, is_donut: bool) {
    let large = u8::from(to - from > 0.5);
    let ((x1, y1), (x2, y2)) = (at(from, RADIUS), at(to, RADIUS));
    let _infallible = write!(html, "M{x1} {y1}A{RADIUS} {RADIUS} 0 {large} 1 {x2} {y2}");
    if is_donut {
        let radius = RADIUS * HOLE;
        let ((x1, y1), (x2, y2)) = (at(to, radius), at(from, radius));
        let _infallible = write!(html, "L{x1} {y1}A{radius} {radius} 0 {large} 0 {x2} {y2}Z");
    } else {
        html.push_str("L0 0Z");
    }
}

fn percent(share: f64) -> String {
    chart::unit::Unit::from_id("percentunit").format(share, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rendered::testing::{Given, data};

    fn check(series: &[Given], donut: bool, parts: &[&str]) {
        let options = PieOptions {
            donut,
            ..PieOptions::default()
        };
        let html = html(&Panel::default(), &options, &data(series)).replace('\u{a0}', " ");
        for part in parts {
            assert!(html.contains(part), "{html} lacks {part}");
        }
    }

    #[test]
    fn shares_are_slices_and_figures() {
        let series = [('A', "a", &[Some(1.0)][..]), ('A', "b", &[Some(3.0)])];
        let parts = [
            "d=\"M0 -1000A1000 1000 0 1 1 -1000 0L0 0Z\"><title>b: 3, 75 %</title>",
            "<span>a</span><b>1</b><small>25 %</small>",
        ];
        check(&series, false, &parts);
        check(&series, true, &["L-620 0A620 620 0 1 0 0 -620Z"]);
        check(&[('A', "a", &[Some(0.0)])], false, &["Every value is zero"]);
        let alone = [('A', "a", &[Some(1.0)][..])];
        check(
            &alone,
            false,
            &["M0 -1000A1000 1000 0 0 1 0 1000L0 0ZM0 1000A"],
        );
    }
}
