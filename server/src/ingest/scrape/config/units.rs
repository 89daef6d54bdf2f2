//! Durations and sizes as Prometheus' configuration writes them: `1h30m`,
//! `250ms`, `10MB`.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// A duration such as `15s` or `1h30m`; `0` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PromDuration(pub Duration);

impl PromDuration {
    /// Reads `text`; `None` where it is no duration.
    pub fn parse(text: &str) -> Option<Self> {
        let ms = series::duration::parse_ms(text).ok()?;
        Some(Self(Duration::from_millis(ms)))
    }

    /// Whole milliseconds.
    pub fn as_millis(self) -> i64 {
        i64::try_from(self.0.as_millis()).unwrap_or(i64::MAX)
    }
}

impl fmt::Display for PromDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&series::duration::format_ms(self.as_millis()))
    }
}

/// A number of bytes such as `10MB`, by powers of 1024; `0` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteSize(pub u64);

const SIZE_UNITS: [&str; 7] = ["B", "K", "M", "G", "T", "P", "E"];

impl ByteSize {
    /// Reads `text`; `None` where it is no size.
    pub fn parse(text: &str) -> Option<Self> {
        let (amount, unit) = leading_number(text)?;
        let prefix = match unit {
            "" => return (amount == 0).then_some(Self(0)),
            "B" => "B",
            _ => unit.strip_suffix("iB").or_else(|| unit.strip_suffix('B'))?,
        };
        let power = SIZE_UNITS.iter().position(|unit| *unit == prefix)?;
        amount.checked_mul(1 << (10 * power)).map(Self)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut amount = self.0;
        let mut power = 0;
        while amount != 0 && amount.is_multiple_of(1024) && power + 1 < SIZE_UNITS.len() {
            amount /= 1024;
            power += 1;
        }
        let suffix = if power == 0 { "" } else { "iB" };
        write!(f, "{amount}{}{suffix}", SIZE_UNITS[power])
    }
}

fn leading_number(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

/// Reads a text, or a bare number as `0` is one in YAML and TOML.
struct TextOrNumber<T> {
    expected: &'static str,
    parse: fn(&str) -> Option<T>,
}

impl<T> Visitor<'_> for TextOrNumber<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).ok_or_else(|| E::custom(format!("{text:?} is not {}", self.expected)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }
}

impl<'de> Deserialize<'de> for PromDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrNumber {
            expected: "a duration such as \"15s\" or \"1h30m\"",
            parse: Self::parse,
        })
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrNumber {
            expected: "a size such as \"10MB\", or 0 for no limit",
            parse: Self::parse,
        })
    }
}

impl Serialize for PromDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for ByteSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_durations_as_it_reads_them() {
        for text in ["15s", "1h30m", "250ms", "1w", "2d", "1m40s", "0s"] {
            assert_eq!(PromDuration::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn reads_sizes() {
        for (text, expected) in [
            ("0", Some(0)),
            ("10B", Some(10)),
            ("10KB", Some(10 << 10)),
            ("10MiB", Some(10 << 20)),
            ("1GB", Some(1 << 30)),
            ("10", None),
            ("10M", None),
            ("MB", None),
            ("99999999EB", None),
        ] {
            assert_eq!(
                ByteSize::parse(text).map(|size| size.0),
                expected,
                "{text:?}"
            );
        }
        assert_eq!(ByteSize(32 << 20).to_string(), "32MiB");
        assert_eq!(ByteSize(1500).to_string(), "1500B");
    }
}
