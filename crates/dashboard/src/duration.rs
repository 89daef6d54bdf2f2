//! The durations of board files and pages (`1h30m`, `500ms`) <-> milliseconds,
//! read as [`series::duration`] has them.

use series::duration::{UNITS, parse_ms};

/// A text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no duration: write a number and a unit, as in `30s`, `5m` or `1h30m`")]
pub struct DurationError(pub String);

/// Milliseconds of a duration.
///
/// # Errors
/// Where the text is none, or too large for a `u64`.
pub fn parse(text: &str) -> Result<u64, DurationError> {
    parse_ms(text).map_err(|_| DurationError(text.to_owned()))
}

/// The shortest text of a duration; weeks and years are left to those who write them.
pub fn format(ms: u64) -> String {
    if ms == 0 {
        return "0s".to_owned();
    }
    let mut rest = ms;
    let mut text = String::new();
    for (name, unit_ms) in &UNITS[2..] {
        if rest >= *unit_ms {
            text.push_str(&format!("{}{name}", rest / unit_ms));
            rest %= unit_ms;
        }
    }
    text
}

/// Serde's view of a duration: its text.
pub(crate) mod text {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(ms: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::format(*ms))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_duration_says_what_would_be_one() {
        let error = parse("soon").unwrap_err().to_string();
        assert!(
            error.starts_with("`soon` is no duration: write a number and a unit"),
            "{error}"
        );
    }

    #[test]
    fn the_text_of_a_duration_is_the_shortest() {
        for text in ["0s", "5s", "1m30s", "1h", "30d", "250ms"] {
            assert_eq!(parse(text).map(format), Ok(text.to_owned()));
        }
    }
}
