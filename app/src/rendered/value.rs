//! A value and its field to what is written of it: words or a number with its
//! unit, and what the value means.

use chart::unit::Unit;
use dashboard::{Clock, Field, MappedValue, Mapping, SpecialValue};
use wire::board::Health;

/// What is written where there is no value.
const DASH: &str = "–";

/// What is written of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The number, or the words that stand for it: `98.7`.
    pub number: String,
    /// Its unit, which may be written smaller: `%`; empty for words.
    pub unit: String,
    /// What the value means; `None` where nothing is judged.
    pub health: Option<Health>,
}

impl Shown {
    /// Number and unit as one text.
    pub fn text(&self) -> String {
        match self.unit.as_str() {
            "" => self.number.clone(),
            unit => [&self.number, "\u{a0}", unit].concat(),
        }
    }

    /// The class that says the meaning: `good`, …; `plain` where nothing is judged.
    pub fn class(&self) -> &'static str {
        self.health.map_or("plain", crate::text::health::class)
    }
}

/// What is written of a number, or of its absence.
pub fn of(value: Option<f64>, field: &Field, clock: &Clock) -> Shown {
    let mapping = mapping_of(value, field);
    let said = mapping.filter(|mapping| !mapping.text.is_empty());
    let (number, unit) = match (said, value) {
        (Some(mapping), _) => (mapping.text.clone(), String::new()),
        (None, Some(value)) if value.is_nan() => ("NaN".to_owned(), String::new()),
        (None, Some(value)) => match clock.written(value, &field.unit) {
            Some(moment) => (moment, String::new()),
            None => split(&Unit::from_id(&field.unit).format(value, field.decimals)),
        },
        (None, None) if field.no_value.is_empty() => (DASH.to_owned(), String::new()),
        (None, None) => (field.no_value.clone(), String::new()),
    };
    Shown {
        number,
        unit,
        health: judged(value, field),
    }
}

/// What a value means: what its mapping says, else what the thresholds do.
pub fn judged(value: Option<f64>, field: &Field) -> Option<Health> {
    let meant = mapping_of(value, field).map(|mapping| mapping.status);
    meant
        .filter(|health| *health != Health::Unknown)
        .or_else(|| health(value, field))
}

fn mapping_of(value: Option<f64>, field: &Field) -> Option<&Mapping> {
    let mut mappings = field.mappings.iter();
    mappings.find(|mapping| is_mapped(value, mapping))
}

/// What is written of a text.
pub fn of_text(text: &str, field: &Field) -> Shown {
    let mut mappings = field.mappings.iter();
    let mapping = mappings.find(|mapping| is_of_text(mapping, text));
    let said = mapping.filter(|mapping| !mapping.text.is_empty());
    let meant = mapping.map(|mapping| mapping.status);
    Shown {
        number: said.map_or(text, |mapping| &mapping.text).to_owned(),
        unit: String::new(),
        health: meant.filter(|health| *health != Health::Unknown),
    }
}

/// Whether a mapping is for a text.
fn is_of_text(mapping: &Mapping, text: &str) -> bool {
    match &mapping.of {
        MappedValue::Value(value) => value == text,
        MappedValue::Regex(pattern) => pattern.is_match(text),
        MappedValue::Special(SpecialValue::Empty) => text.is_empty(),
        MappedValue::Special(SpecialValue::True) => text == "true",
        MappedValue::Special(SpecialValue::False) => text == "false",
        MappedValue::Special(_) | MappedValue::Range(..) => false,
    }
}

/// What the thresholds make of a value: the highest that it has reached counts.
/// `None` where nothing is judged.
pub fn health(value: Option<f64>, field: &Field) -> Option<Health> {
    if field.thresholds.is_empty() {
        return None;
    }
    let Some(value) = value.filter(|value| !value.is_nan()) else {
        return Some(Health::Unknown);
    };
    let mut descending = field.thresholds.iter().rev();
    let reached = descending.find(|threshold| value >= threshold.value);
    let health = reached.map_or(field.base, |threshold| threshold.status);
    (health != Health::Unknown).then_some(health)
}

fn is_mapped(value: Option<f64>, mapping: &Mapping) -> bool {
    match (&mapping.of, value) {
        (MappedValue::Value(text), Some(value)) => {
            let mapped = text.trim().parse::<f64>();
            mapped.is_ok_and(|mapped| mapped == value || (mapped.is_nan() && value.is_nan()))
        }
        (MappedValue::Range(from, to), Some(value)) => {
            !value.is_nan()
                && from.is_none_or(|from| value >= from)
                && to.is_none_or(|to| value <= to)
        }
        (MappedValue::Regex(pattern), Some(value)) => pattern.is_match(&value.to_string()),
        (MappedValue::Special(special), value) => match special {
            SpecialValue::Null | SpecialValue::Empty => value.is_none(),
            SpecialValue::NullOrNan => value.is_none_or(f64::is_nan),
            SpecialValue::Nan => value.is_some_and(f64::is_nan),
            SpecialValue::True => value == Some(1.0),
            SpecialValue::False => value == Some(0.0),
        },
        (_, None) => false,
    }
}

/// The number and the unit of a written value: `1.24 s` is `1.24` and `s`.
fn split(written: &str) -> (String, String) {
    match written.split_once([' ', '\u{a0}', '\u{202f}']) {
        Some((number, unit)) if !unit.starts_with(|c: char| c.is_ascii_digit()) => {
            (number.to_owned(), unit.to_owned())
        }
        _ => (written.to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dashboard::Threshold;

    fn check(field: &Field, value: Option<f64>, expected: &str) {
        let shown = of(value, field, &Clock::default());
        let said = [&shown.number, "|", &shown.unit, "|", shown.class()];
        assert_eq!(said.concat(), expected, "{value:?}");
    }

    #[test]
    fn the_highest_threshold_reached_counts() {
        let threshold = |value, status| Threshold {
            value,
            status,
            label: String::new(),
        };
        let mut field = Field {
            unit: "percentunit".into(),
            base: Health::Bad,
            thresholds: vec![
                threshold(0.95, Health::Warning),
                threshold(0.99, Health::Good),
            ],
            ..Field::default()
        };
        check(&field, Some(0.5), "50|%|bad");
        check(&field, Some(0.95), "95|%|warning");
        check(&field, Some(1.0), "100|%|good");
        check(&field, None, "–||unknown");
        field.base = Health::Unknown;
        check(&field, Some(0.5), "50|%|plain");
        check(&Field::default(), None, "–||plain");
    }

    #[test]
    fn words_stand_for_values() {
        let mapping = |of, text: &str, status| Mapping {
            of,
            text: text.into(),
            status,
        };
        let plain = Health::Unknown;
        let field = Field {
            unit: "s".into(),
            no_value: "none".into(),
            mappings: vec![
                mapping(MappedValue::Value("1".into()), "paused", Health::Bad),
                mapping(
                    MappedValue::Range(Some(2.0), Some(4.0)),
                    "",
                    Health::Warning,
                ),
                mapping(
                    MappedValue::Regex(dashboard::Pattern::new("^5").unwrap()),
                    "five",
                    plain,
                ),
                mapping(MappedValue::Special(SpecialValue::Null), "gone", plain),
                mapping(MappedValue::Special(SpecialValue::NullOrNan), "idle", plain),
            ],
            ..Field::default()
        };
        check(&field, Some(1.0), "paused||bad");
        check(&field, Some(3.0), "3|s|warning");
        check(&field, Some(0.5), "500|ms|plain");
        check(&field, Some(55.0), "five||plain");
        check(&field, None, "gone||plain");
        check(&field, Some(f64::NAN), "idle||plain");
        check(&Field::default(), Some(f64::NAN), "NaN||plain");
    }
}
