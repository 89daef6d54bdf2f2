//! A panel's data: series on one grid of times, and what is to be said of them.
//!
//! All series of a panel share the grid; a point that is not there is `None`
//! and is never drawn as zero.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Evenly spaced times: `start_ms + i · step_ms` for `i` below `len`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeGrid {
    /// The first time, a multiple of `step_ms`.
    pub start_ms: i64,
    /// The distance of two times, above zero.
    pub step_ms: i64,
    /// How many times there are.
    pub len: usize,
}

impl TimeGrid {
    /// The time of index `i`.
    pub fn time_ms(&self, i: usize) -> i64 {
        self.start_ms + self.step_ms * i64::try_from(i).unwrap_or(i64::MAX)
    }

    /// The last time, `start_ms` where the grid is empty.
    pub fn end_ms(&self) -> i64 {
        self.time_ms(self.len.saturating_sub(1))
    }
}

/// The data of one panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PanelData {
    /// The times of every series' values.
    pub grid: TimeGrid,
    /// How far back the panel goes, whatever the page shows; 0 is as far as the page.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub span_ms: i64,
    /// In the order in which they are drawn and listed.
    pub series: Vec<SeriesData>,
    /// Why there is no data, or what is wrong with it.
    pub status: Status,
}

/// What the server has rendered of a panel that the browser does not draw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedPanel {
    /// Safe in any page; `None` where what stands in the page stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The time of the newest point that it shows; `None` where there is none.
    pub newest_ms: Option<i64>,
    /// Why there is no data, or what is wrong with it.
    #[serde(default)]
    pub status: Status,
}

impl RenderedPanel {
    /// Takes over what is new.
    pub fn apply(&mut self, fresh: Self) {
        self.newest_ms = fresh.newest_ms;
        self.status = fresh.status;
        if fresh.html.is_some() {
            self.html = fresh.html;
        }
    }
}

/// In a series' name: what follows does not decide its colour. A word joiner,
/// which is not seen.
pub const COMPARISON_MARK: char = '\u{2060}';

fn is_zero(span_ms: &i64) -> bool {
    *span_ms == 0
}

/// One series of a panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesData {
    /// Names the series within its panel for as long as the view lives.
    pub key: u32,
    /// What the legend says.
    pub name: String,
    /// The name of the query that yields it.
    pub query: char,
    /// The places of the overrides that are for it, among those of its panel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<u16>,
    /// One value a grid time.
    pub values: Values,
}

/// The values of a series; serialised as JSON numbers of at most nine
/// significant digits, `null` for an absent one, strings for infinities.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(pub Vec<Option<f64>>);

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.0
                .iter()
                .map(|value| value.map_or(Number::Absent, Number::from)),
        )
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let numbers = Vec::<Number>::deserialize(deserializer)?;
        Ok(Self(numbers.into_iter().map(Number::value).collect()))
    }
}

/// A value as JSON can hold it.
enum Number {
    Absent,
    Finite(f64),
    PlusInfinity,
    MinusInfinity,
}

impl Number {
    fn value(self) -> Option<f64> {
        match self {
            Self::Absent => None,
            Self::Finite(value) => Some(value),
            Self::PlusInfinity => Some(f64::INFINITY),
            Self::MinusInfinity => Some(f64::NEG_INFINITY),
        }
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        match value {
            f64::INFINITY => Self::PlusInfinity,
            f64::NEG_INFINITY => Self::MinusInfinity,
            value if value.is_nan() => Self::Absent,
            value => Self::Finite(value),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_unit(),
            Self::PlusInfinity => serializer.serialize_str("+Inf"),
            Self::MinusInfinity => serializer.serialize_str("-Inf"),
            Self::Finite(value) if value.fract() == 0.0 && value.abs() < 1e15 => {
                serializer.serialize_i64(*value as i64)
            }
            Self::Finite(value) => serializer.serialize_f64(round_significant(*value)),
        }
    }
}

/// Nine digits: more than any screen shows, half the bytes of a full float.
fn round_significant(value: f64) -> f64 {
    format!("{value:.8e}").parse().unwrap_or(value)
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl serde::de::Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(r#"a number, null, "+Inf" or "-Inf""#)
    }

    fn visit_unit<E>(self) -> Result<Number, E> {
        Ok(Number::Absent)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Number, E> {
        Ok(Number::Finite(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Number, E> {
        Ok(Number::Finite(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Number, E> {
        Ok(Number::Finite(value))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Number, E> {
        match value {
            "+Inf" => Ok(Number::PlusInfinity),
            "-Inf" => Ok(Number::MinusInfinity),
            other => Err(E::invalid_value(serde::de::Unexpected::Str(other), &self)),
        }
    }
}

/// Something that happened at a time or over a span of it, marked over all series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// What it is one of: `Deploys`.
    pub name: String,
    /// When it began.
    pub from_ms: i64,
    /// When it ended; equal to `from_ms` for a moment.
    pub to_ms: i64,
    /// A few words.
    pub text: String,
    /// What it meant.
    pub status: crate::board::Health,
}

/// What is to be said of a panel's data besides its values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// There is data.
    #[default]
    Ok,
    /// No answer has come yet.
    Loading,
    /// The question is under way for longer than usual; older data, if any, is
    /// still shown.
    Waiting {
        /// A few words: what it waits for, and how many queries are before its own.
        message: String,
    },
    /// The source answered, and there is nothing to show.
    Empty(EmptyReason),
    /// The source did not answer; older data, if any, is still shown.
    Failed {
        /// One sentence: what failed, in the source's own words where it has some.
        message: String,
    },
    /// The source answered in part; `message` is its warning.
    Partial {
        /// The source's warning.
        message: String,
    },
}

/// Why an answered panel has nothing to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmptyReason {
    /// The metric exists, its series have no sample in this range yet.
    NotYet,
    /// No source exports the metric.
    NeverExported {
        /// The metric's name.
        metric: String,
    },
    /// The panel's queries match nothing, and nothing more is known.
    NoSeries,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_json() {
        let cases = [
            (None, "null"),
            (Some(0.0), "0"),
            (Some(12.0), "12"),
            (Some(0.1), "0.1"),
            (Some(1.0 / 3.0), "0.333333333"),
            (Some(-1234567.891), "-1234567.89"),
            (Some(f64::INFINITY), r#""+Inf""#),
            (Some(f64::NEG_INFINITY), r#""-Inf""#),
        ];
        for (value, json) in cases {
            let encoded = serde_json::to_string(&Values(vec![value])).unwrap();
            assert_eq!(encoded, format!("[{json}]"));
            let decoded: Values = serde_json::from_str(&encoded).unwrap();
            let same = match (decoded.0[0], value) {
                (Some(a), Some(b)) => a == b || (a - b).abs() <= b.abs() * 1e-8,
                (a, b) => a == b,
            };
            assert!(same, "{value:?} became {:?}", decoded.0[0]);
        }
    }

    #[test]
    fn not_a_number_is_absent() {
        assert_eq!(
            serde_json::to_string(&Values(vec![Some(f64::NAN)])).unwrap(),
            "[null]"
        );
    }

    #[test]
    fn the_grid_counts_its_times() {
        let grid = TimeGrid {
            start_ms: 1_000,
            step_ms: 500,
            len: 3,
        };
        assert_eq!((grid.time_ms(2), grid.end_ms()), (2_000, 2_000));
    }
}
