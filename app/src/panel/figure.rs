//! A stat panel's data to what it says: the figure, its unit, its health, its notes.

use ::chart::unit::Unit;
use wire::board::{Health, StatOptions};
use wire::data::PanelData;

use crate::words::health;

/// What a stat panel says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// The number: `98.7`, `12 / 16`; a dash where there is none.
    pub number: String,
    /// Its unit, written smaller: `%`.
    pub unit: String,
    /// What the thresholds make of it; `None` where there are none.
    pub health: Option<Health>,
    /// The lines below.
    pub notes: Vec<String>,
}

/// The figure of a panel's newest values.
pub fn figure(data: &PanelData, options: &StatOptions) -> Figure {
    let unit = Unit::from_id(&options.unit);
    let first = data.series.iter().find(|series| {
        Some(series.query) != options.capacity_query && !is_note(options, series.query)
    });
    let value = first.and_then(|series| newest(&series.values.0));
    let written = value.map_or_else(
        || "–".to_owned(),
        |value| unit.format(value, options.decimals),
    );
    let (mut number, unit_text) = split(&written);
    let capacity = options
        .capacity_query
        .and_then(|query| newest_of(data, query));
    if let (Some(capacity), Some(_)) = (capacity, value) {
        number = [
            &number,
            " / ",
            &split(&unit.format(capacity, options.decimals)).0,
        ]
        .concat();
    }
    Figure {
        number,
        unit: unit_text,
        health: health::of_value(value, options),
        notes: notes(data, options),
    }
}

fn notes(data: &PanelData, options: &StatOptions) -> Vec<String> {
    let notes = options.notes.iter().filter_map(|note| {
        let value = newest_of(data, note.query)?;
        let written = Unit::from_id(&note.unit).format(value, None);
        Some([&written, " ", &note.words].concat())
    });
    notes.collect()
}

fn is_note(options: &StatOptions, query: char) -> bool {
    options.notes.iter().any(|note| note.query == query)
}

/// The newest value of a series.
pub fn newest(values: &[Option<f64>]) -> Option<f64> {
    values.iter().rev().copied().flatten().next()
}

fn newest_of(data: &PanelData, query: char) -> Option<f64> {
    let mut of_query = data.series.iter().filter(|series| series.query == query);
    of_query.find_map(|series| newest(&series.values.0))
}

/// The number and the unit of a written value: `1.24 s` is `1.24` and `s`.
fn split(written: &str) -> (String, String) {
    let is_space = |c: char| c == ' ' || c == '\u{a0}' || c == '\u{202f}';
    match written.split_once(is_space) {
        Some((number, unit)) if !unit.starts_with(|c: char| c.is_ascii_digit()) => {
            (number.to_owned(), unit.to_owned())
        }
        _ => (written.to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::board::{StatNote, Threshold};
    use wire::data::{SeriesData, TimeGrid, Values};

    fn panel(series: &[(char, f64)]) -> PanelData {
        PanelData {
            grid: TimeGrid {
                start_ms: 0,
                step_ms: 1_000,
                len: 2,
            },
            series: series
                .iter()
                .enumerate()
                .map(|(key, (query, value))| SeriesData {
                    key: key as u32,
                    name: query.to_string(),
                    query: *query,
                    values: Values(vec![Some(*value), None]),
                })
                .collect(),
            ..PanelData::default()
        }
    }

    fn check(series: &[(char, f64)], options: &StatOptions, expected: &str) {
        let figure = figure(&panel(series), options);
        let health = figure.health.map_or("", health::word);
        let said = [
            &figure.number,
            "|",
            &figure.unit,
            "|",
            health,
            "|",
            &figure.notes.join(";"),
        ];
        assert_eq!(said.concat().replace('\u{a0}', " "), expected);
    }

    #[test]
    fn a_figure_has_number_unit_health_and_notes() {
        let success = StatOptions {
            unit: "percentunit".into(),
            thresholds: vec![Threshold {
                value: 0.95,
                status: Health::Good,
                label: String::new(),
            }],
            base: Health::Bad,
            notes: vec![StatNote {
                query: 'B',
                words: "error budget left".into(),
                unit: "percentunit".into(),
            }],
            ..StatOptions::default()
        };
        check(
            &[('A', 0.5), ('B', 0.25)],
            &success,
            "50|%|Bad|25 % error budget left",
        );
        check(&[], &success, "–||Unknown|");
    }

    #[test]
    fn a_capacity_stands_beside_its_figure() {
        let workers = StatOptions {
            capacity_query: Some('B'),
            ..StatOptions::default()
        };
        check(&[('A', 12.0), ('B', 16.0)], &workers, "12 / 16|||");
    }
}
