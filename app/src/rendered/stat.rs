//! Big figures, one a series, each with its health, its notes and its trend.

use chart::unit::Unit;
use dashboard::{Panel, StatColor, StatOptions, StatText};
use wire::id::RefId;

use super::sparkline::{SIDE, sparkline};
use super::stat_values::{StatValue, stat_values};
use super::status_badge::push_health;
use super::value::{self, Shown};
use super::{MAX_WRITTEN, PanelSeries, SeriesView, push_cut};
use crate::text::html::{push_element, push_escaped};

pub fn html(panel: &Panel, options: &StatOptions, data: &PanelSeries) -> String {
    let figures = stat_values(panel, options, data);
    let is_one = figures.len() <= 1;
    let mut html = String::from("<div class=\"stats\">");
    for figure in figures.iter().take(MAX_WRITTEN) {
        push_tile(&mut html, panel, options, data, figure, is_one);
    }
    push_cut(&mut html, figures.len());
    html.push_str("</div>");
    html
}

/// Words alone.
pub fn text(text: &str) -> String {
    let mut html = String::from("<div class=\"stats\"><div class=\"stat stat-plain\">");
    push_element(&mut html, "p", "figure words", text);
    html.push_str("</div></div>");
    html
}

fn push_tile(
    html: &mut String,
    panel: &Panel,
    options: &StatOptions,
    data: &PanelSeries,
    figure: &StatValue,
    is_one: bool,
) {
    let mut shown = figure.shown(options.calculation, &data.clock);
    if options.color == StatColor::None {
        shown.health = None;
    }
    let is_filled = options.color == StatColor::Background && shown.health.is_some();
    html.push_str("<div class=\"stat stat-");
    html.push_str(shown.class());
    html.push_str(if is_filled { " filled\">" } else { "\">" });
    if options.sparkline && figure.has_trend() {
        push_trend(html, &figure.values, (figure.field.min, figure.field.max));
    }
    let has_name = match options.text {
        StatText::Auto => !is_one,
        StatText::ValueAndName => true,
        StatText::Value | StatText::Name | StatText::None => false,
    };
    if has_name {
        push_element(html, "p", "stat-name", &figure.name);
    }
    match options.text {
        StatText::Name => push_element(html, "p", "figure words", &figure.name),
        StatText::None => {}
        _ => push_figure(html, &shown, capacity(panel, options, data).as_deref()),
    }
    push_notes(html, &shown, options, data);
    html.push_str("</div>");
}

fn push_figure(html: &mut String, shown: &Shown, capacity: Option<&str>) {
    let is_word = |c: char| c.is_alphabetic() || c == ':';
    let is_words = shown.number.contains(is_word) && shown.unit.is_empty();
    html.push_str(if is_words {
        "<p class=\"figure words\">"
    } else {
        "<p class=\"figure\">"
    });
    push_escaped(html, &shown.number);
    if let Some(capacity) = capacity {
        html.push_str(" / ");
        push_escaped(html, capacity);
    }
    push_element(html, "small", "", &["\u{2009}", &shown.unit].concat());
    html.push_str("</p>");
}

/// The number behind the figure: `16` of `12 / 16`.
fn capacity(panel: &Panel, options: &StatOptions, data: &PanelSeries) -> Option<String> {
    let newest = newest_of(data, options.capacity_query?)?;
    Some(value::of(Some(newest), &panel.field, &data.clock).number)
}

fn newest_of(data: &PanelSeries, query: RefId) -> Option<f64> {
    let mut of_query = data.series.iter().filter(|series| series.query == query);
    of_query.find_map(SeriesView::newest)
}

/// The health's shape and word, then the notes.
fn push_notes(html: &mut String, shown: &Shown, options: &StatOptions, data: &PanelSeries) {
    html.push_str("<p class=\"notes\">");
    if let Some(health) = shown.health {
        push_health(html, health);
    }
    for note in &options.notes {
        let value = newest_of(data, note.query).filter(|value| !value.is_nan());
        if let Some(value) = value {
            let written = Unit::from_id(&note.unit).format(value, None);
            push_element(html, "span", "", &[&written, " ", &note.words].concat());
        }
    }
    html.push_str("</p>");
}

fn push_trend(html: &mut String, values: &[Option<f64>], ends: (Option<f64>, Option<f64>)) {
    let drawn = sparkline(values, ends);
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
    use crate::rendered::testing::{Given, data};
    use dashboard::Calculation;
    use dashboard::{Field, Health, StatNote, Threshold};

    fn check(options: StatOptions, series: &[Given], parts: &[&str]) {
        let panel = Panel {
            field: Field {
                unit: "percentunit".into(),
                base: Health::Bad,
                thresholds: vec![Threshold {
                    value: 0.95,
                    status: Health::Good,
                    label: String::new(),
                }],
                ..Field::default()
            },
            ..Panel::default()
        };
        let html = html(&panel, &options, &data(series)).replace('\u{a0}', " ");
        for part in parts {
            assert!(html.contains(part), "{html} lacks {part}");
        }
    }

    const HALF: Given = ('A', "a", &[Some(0.5)]);
    const QUARTER: Given = ('B', "b", &[Some(0.25)]);

    #[test]
    fn a_figure_has_number_unit_health_and_notes() {
        let options = StatOptions {
            notes: vec![StatNote {
                query: RefId('B'),
                words: "error budget left".into(),
                unit: "percentunit".into(),
            }],
            ..StatOptions::default()
        };
        let parts = [
            "stat stat-bad\">",
            "50<small>\u{2009}%</small>",
            "<span>Bad</span>",
            "<span class=\"health unjudged\">",
            "<span>25 % error budget left</span>",
        ];
        check(options, &[HALF, QUARTER], &parts);
    }

    #[test]
    fn columns_that_are_meant_are_figures_texts_too() {
        let column = |name: &str, cells: &[&str]| {
            frame::Column::new(name, cells.iter().map(|cell| (*cell).into()).collect())
        };
        let table = frame::Table {
            query: Some(RefId('A')),
            columns: vec![
                column("version", &["1.2", "1.3"]),
                column("branch", &["main", "main"]),
            ],
        };
        let check = |each_row: bool, expected: &[&str]| {
            let options = StatOptions {
                columns: dashboard::Pattern::new("^version$").ok(),
                each_row,
                ..StatOptions::default()
            };
            let data = PanelSeries {
                tables: std::slice::from_ref(&table),
                ..data(&[HALF])
            };
            let html = html(&Panel::default(), &options, &data);
            let figures: Vec<&str> = html.split("<p class=\"figure").skip(1).collect();
            assert_eq!(figures.len(), expected.len(), "{html}");
            for (figure, expected) in figures.iter().zip(expected) {
                assert!(figure.contains(expected), "{html}");
            }
        };
        check(false, &["1.3"]);
        check(true, &["1.2", "1.3"]);
    }

    #[test]
    fn several_figures_have_names() {
        let two = [HALF, ('A', "<b>", &[Some(1.0)])];
        let parts = ["stat-name\">a<", "stat-name\">&lt;b&gt;<", "stat-good"];
        check(StatOptions::default(), &two, &parts);
    }

    #[test]
    fn the_options_say_what_is_written_and_coloured() {
        let filled = StatOptions {
            color: StatColor::Background,
            text: StatText::Name,
            ..StatOptions::default()
        };
        check(filled, &[HALF], &["stat-bad filled", "words\">a</p>"]);
        let plain = StatOptions {
            color: StatColor::None,
            capacity_query: Some(RefId('B')),
            ..StatOptions::default()
        };
        check(plain, &[HALF, QUARTER], &["stat-plain", ">50 / 25<small>"]);
    }

    #[test]
    fn a_series_that_has_ended_while_others_go_on_has_no_value_now() {
        let mut ended = vec![Some(7.0)];
        ended.resize(60, None);
        let ended: &'static [Option<f64>] = ended.leak();
        let check = |calculation, expected: &str| {
            let data = data(&[('A', "anna", &[Some(3.0); 60]), ('A', "boris", ended)]).with_gone();
            let options = StatOptions {
                calculation,
                ..StatOptions::default()
            };
            let html = html(&Panel::default(), &options, &data);
            let boris = html.split("boris").nth(1).unwrap_or_default();
            assert!(boris.contains(expected), "{boris}");
        };
        check(Calculation::Last, ">–<");
        check(Calculation::Max, ">7<");
    }
}
