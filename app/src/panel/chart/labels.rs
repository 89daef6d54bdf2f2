//! A plot's labels to markup: the same text on the server and in the browser,
//! so that what takes over moves nothing. Positions are custom properties in
//! percent; the style sheet does the rest.

use ::chart::Labels;
use ::chart::labels::Label;

use crate::text::health;
use crate::text::html::push_escaped;

/// The layers of labels around a plot, by the class of their element.
pub const LAYERS: [&str; 6] = [
    "axis-left",
    "axis-right",
    "axis-time",
    "levels",
    "ends",
    "unit",
];

/// The markup of each layer, in the order of [`LAYERS`]. A unit that all texts
/// of the left axis share is written once, under the axis.
pub fn layers(labels: &Labels) -> [String; 6] {
    let unit = common_unit(&labels.left);
    let ends = labels.ends.iter();
    let ends = ends.map(|end| {
        span(
            end.color_role.class(),
            end.position,
            without(&end.text, unit),
        )
    });
    let levels = labels.levels.iter();
    let levels = levels.map(|level| span(health::class(level.status), level.position, &level.text));
    let mut under = String::new();
    push_escaped(&mut under, unit);
    [
        axis(&labels.left, unit),
        axis(&labels.right, ""),
        times(&labels.time, unit),
        levels.collect(),
        ends.collect(),
        under,
    ]
}

fn widest(labels: &[Label], unit: &str) -> usize {
    let widths = labels
        .iter()
        .map(|label| without(&label.text, unit).chars().count());
    widths.max().unwrap_or(0)
}

/// The width of the left and the right axis in characters, for their columns.
pub fn widths(labels: &Labels) -> (usize, usize) {
    let unit = common_unit(&labels.left);
    (widest(&labels.left, unit).max(4), widest(&labels.right, ""))
}

fn axis(labels: &[Label], unit: &str) -> String {
    let spans = labels.iter().map(|label| {
        let class = if label.major { "major" } else { "minor" };
        span(class, label.position, without(&label.text, unit))
    });
    spans.collect()
}

/// The part of the width at the left edge that is the unit's.
const CORNER: f64 = 0.035;

/// The labels of the time axis but one that would run into the unit.
fn times(labels: &[Label], unit: &str) -> String {
    let labels = labels.iter();
    let kept = labels.filter(|label| unit.is_empty() || label.position > CORNER);
    axis(&kept.cloned().collect::<Vec<_>>(), "")
}

/// What stands after the number in each of the texts, empty where they differ.
fn common_unit(labels: &[Label]) -> &str {
    let mut units = labels
        .iter()
        .map(|label| label.text.split_once(is_space).map_or("", |(_, unit)| unit));
    let first = units.next().unwrap_or_default();
    if units.all(|unit| unit == first) {
        first
    } else {
        ""
    }
}

/// The text less the unit that is said elsewhere.
fn without<'a>(text: &'a str, unit: &str) -> &'a str {
    match text.split_once(is_space) {
        Some((number, written)) if written == unit => number,
        _ => text,
    }
}

fn is_space(c: char) -> bool {
    c == ' ' || c == '\u{a0}' || c == '\u{202f}'
}

fn span(class: &str, position: f64, text: &str) -> String {
    let mut html = String::from("<span class=\"");
    html.push_str(class);
    html.push_str("\" style=\"--at:");
    push_percent(&mut html, position);
    html.push_str("\">");
    push_escaped(&mut html, text);
    html.push_str("</span>");
    html
}

/// A position as percent with two digits after the point.
pub fn push_percent(html: &mut String, position: f64) {
    let hundredths = (position * 10_000.0).round() as i64;
    if hundredths < 0 {
        html.push('-');
    }
    html.push_str(&(hundredths.abs() / 100).to_string());
    html.push('.');
    let rest = hundredths.abs() % 100;
    if rest < 10 {
        html.push('0');
    }
    html.push_str(&rest.to_string());
    html.push('%');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(position: f64, text: &str, expected: &str) {
        assert_eq!(span("major", position, text), expected);
    }

    #[test]
    fn a_label_is_placed_by_percent() {
        check(
            0.5,
            "1 s",
            "<span class=\"major\" style=\"--at:50.00%\">1 s</span>",
        );
        check(
            0.1234,
            "a",
            "<span class=\"major\" style=\"--at:12.34%\">a</span>",
        );
        check(
            -0.0009,
            "a",
            "<span class=\"major\" style=\"--at:-0.09%\">a</span>",
        );
    }

    #[test]
    fn a_unit_is_written_once() {
        let unit = |texts: &[&str]| {
            let labels: Vec<Label> = texts
                .iter()
                .map(|text| Label {
                    position: 0.0,
                    text: (*text).to_owned(),
                    major: true,
                })
                .collect();
            common_unit(&labels).to_owned()
        };
        assert_eq!(unit(&["0 req/s", "2 req/s"]), "req/s");
        assert_eq!(unit(&["500 ms", "1 s"]), "");
        assert_eq!(unit(&["0", "5"]), "");
        assert_eq!(without("2.5 req/s", "req/s"), "2.5");
        assert_eq!(without("990 ms", "s"), "990 ms");
    }

    #[test]
    fn a_label_is_text_and_never_markup() {
        check(
            0.0,
            "<b a=\"x\">&",
            "<span class=\"major\" style=\"--at:0.00%\">&lt;b a=&quot;x&quot;&gt;&amp;</span>",
        );
    }
}
