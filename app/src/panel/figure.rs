//! A stat panel's data to what it says: the figure, its unit, its health, its notes.

use ::chart::unit::Unit;
use wire::board::{Calculation, Health, StatOptions, ValueWords};
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
    let value = first.and_then(|series| calculated(&series.values.0, options.calculation));
    let words = value.and_then(|value| words(value, options));
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
    let said = words.filter(|words| !words.text.is_empty());
    if let Some(said) = said {
        number.clone_from(&said.text);
    }
    Figure {
        number,
        unit: if said.is_some() {
            String::new()
        } else {
            unit_text
        },
        health: words
            .and_then(|words| words.status)
            .or_else(|| health::of_value(value, options)),
        notes: notes(data, options),
    }
}

/// The words that stand for a value.
fn words(value: f64, options: &StatOptions) -> Option<&ValueWords> {
    let holds = |words: &&ValueWords| {
        words.from.is_none_or(|from| value >= from) && words.to.is_none_or(|to| value <= to)
    };
    options.words.iter().find(holds)
}

/// One number for a series; `None` where it has no value.
fn calculated(values: &[Option<f64>], calculation: Calculation) -> Option<f64> {
    let mut there = values.iter().copied().flatten();
    match calculation {
        Calculation::Last => there.next_back(),
        Calculation::First => there.next(),
        Calculation::Min => there.reduce(f64::min),
        Calculation::Max => there.reduce(f64::max),
        Calculation::Sum => there.reduce(|sum, value| sum + value),
        Calculation::Mean => {
            let count = there.clone().count();
            there
                .reduce(|sum, value| sum + value)
                .map(|sum| sum / count as f64)
        }
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
    fn words_stand_for_values() {
        let words = |from, to, text: &str, status| ValueWords {
            from,
            to,
            text: text.into(),
            status,
        };
        let paused = StatOptions {
            unit: "s".into(),
            words: vec![
                words(Some(1.0), Some(1.0), "paused", Some(Health::Bad)),
                words(Some(2.0), None, "", Some(Health::Warning)),
            ],
            ..StatOptions::default()
        };
        check(&[('A', 1.0)], &paused, "paused||Bad|");
        check(&[('A', 3.0)], &paused, "3|s|Warning|");
        check(&[('A', 0.5)], &paused, "500|ms||");
    }

    #[test]
    fn a_figure_may_be_calculated() {
        let values = [Some(1.0), None, Some(4.0), Some(1.0)];
        let cases = [
            (Calculation::Last, 1.0),
            (Calculation::Max, 4.0),
            (Calculation::Mean, 2.0),
            (Calculation::Sum, 6.0),
        ];
        for (calculation, expected) in cases {
            assert_eq!(calculated(&values, calculation), Some(expected));
        }
        assert_eq!(calculated(&[None], Calculation::Mean), None);
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
