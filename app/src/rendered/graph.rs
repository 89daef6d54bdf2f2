//! A plot area with labels at its left and below it: boxes in percent of its
//! sides, so that it stretches with the page while its texts stay crisp.

use chart::civil::utc;
use chart::{Size, ValueAxis, time_ticks};
use wire::data::TimeGrid;

use crate::text::html::push_escaped;
use crate::text::moment;

/// A label, and where it stands: 0 to 1 from the left, or from the top.
pub struct Label {
    pub at: f64,
    pub text: String,
    /// The moment that it names.
    pub time_ms: Option<i64>,
}

impl Label {
    pub fn new(at: f64, text: impl Into<String>) -> Self {
        Self {
            at,
            text: text.into(),
            time_ms: None,
        }
    }
}

/// A box in the plot area: its place and size from 0 to 1, what it is called
/// when it is pointed at, and its class.
pub struct Rect<'a> {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    pub class: &'a str,
    pub title: &'a str,
    pub text: &'a str,
}

/// The whole graph; `area` is the markup in its plot area.
pub fn push_graph(html: &mut String, class: &str, left: &[Label], below: &[Label], area: &str) {
    let chars = left.iter().map(|label| label.text.chars().count()).max();
    let opening = [
        "<div class=\"graph ",
        class,
        "\" style=\"--chars:",
        &chars.unwrap_or(0).min(24).to_string(),
        "\">",
    ];
    html.push_str(&opening.concat());
    html.push_str("<div class=\"graph-left\">");
    left.iter().for_each(|label| push_label(html, label));
    html.push_str("</div><div class=\"graph-area\">");
    html.push_str(area);
    html.push_str("</div><div class=\"graph-below\">");
    below.iter().for_each(|label| push_label(html, label));
    html.push_str("</div></div>");
}

fn push_label(html: &mut String, label: &Label) {
    html.push_str("<span style=\"--at:");
    html.push_str(&percent(label.at));
    html.push_str("%\">");
    match label.time_ms {
        Some(time_ms) => push_time(html, time_ms, &label.text),
        None => push_escaped(html, &label.text),
    }
    html.push_str("</span>");
}

/// A moment under a text that names it in UTC.
pub fn push_time(html: &mut String, time_ms: i64, text: &str) {
    let date = moment::of(time_ms, &utc).replacen(' ', "T", 1);
    html.push_str("<time datetime=\"");
    html.push_str(&date);
    html.push_str("Z\" data-ms=\"");
    html.push_str(&time_ms.to_string());
    html.push_str("\">");
    push_escaped(html, text);
    html.push_str("</time>");
}

/// A box of the plot area.
pub fn push_rect(html: &mut String, of: &Rect) {
    html.push_str("<i class=\"");
    html.push_str(of.class);
    html.push_str("\" style=\"");
    let sides = [
        ("--x:", of.x),
        (";--y:", of.y),
        (";--w:", of.width),
        (";--h:", of.height),
    ];
    for (name, side) in sides {
        html.push_str(name);
        html.push_str(&percent(side));
    }
    if !of.title.is_empty() {
        html.push_str("\" title=\"");
        push_escaped(html, of.title);
    }
    html.push_str("\">");
    push_escaped(html, of.text);
    html.push_str("</i>");
}

/// A share of 1 in percent, to a hundredth.
pub fn percent(share: f64) -> String {
    ((share * 1e4).round() / 1e2).to_string()
}

/// The ticks of a time axis.
pub fn time_labels(from_ms: i64, to_ms: i64, size: Size) -> Vec<Label> {
    let span_ms = (to_ms - from_ms).max(1) as f64;
    let ticks = time_ticks::ticks(from_ms, to_ms, size.width_px, &utc);
    let labels = ticks.into_iter().map(|tick| Label {
        at: (tick.time_ms - from_ms) as f64 / span_ms,
        text: tick.text,
        time_ms: Some(tick.time_ms),
    });
    labels.collect()
}

/// The span that the cells of a grid cover: each column is the time that ends at it.
pub fn span(grid: TimeGrid) -> (i64, i64) {
    (grid.start_ms - grid.step_ms, grid.end_ms())
}

/// Columns of a grid taken together, so that at most `most` are left: how many
/// of the grid's make one. They begin at multiples of their own length, so that
/// a window that moves keeps them.
pub fn columns_together(grid: TimeGrid, most: usize) -> usize {
    grid.len.div_ceil(most.max(1)).max(1)
}

/// The cell that a column belongs to, where `together` columns make one.
pub fn cell_of(grid: TimeGrid, column: usize, together: usize) -> i64 {
    let absolute = grid.time_ms(column).div_euclid(grid.step_ms.max(1));
    (absolute - 1).div_euclid(together as i64)
}

/// Where a value stands, 0 to 1 from the axis' lower end: boxes stand on it,
/// with none of the room that lines need.
pub fn place(axis: &ValueAxis, value: f64) -> f64 {
    let (low, high) = axis.ends();
    let (bottom, top) = (axis.position(low), axis.position(high));
    ((axis.position(value) - bottom) / (top - bottom)).clamp(0.0, 1.0)
}

/// The ticks of a value axis at the left.
pub fn value_labels(axis: &ValueAxis) -> Vec<Label> {
    let ticks = axis.ticks().iter();
    let labels = ticks.map(|tick| Label::new(1.0 - place(axis, *tick), axis.tick_text(*tick)));
    labels.collect()
}
