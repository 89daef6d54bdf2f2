//! Prometheus' durations (`1h30m`, `500ms`) <-> milliseconds.
//!
//! Units descend and occur once: `y w d h m s ms`; a year has 365 days. `0`
//! needs no unit.

const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// A text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no duration: write a number and a unit, as in `30s`, `5m` or `1h30m`")]
pub struct DurationError(pub String);

/// Milliseconds of a duration.
///
/// # Errors
/// Where the text is none, or too large for a `u64`.
pub fn parse(text: &str) -> Result<u64, DurationError> {
    total_ms(text).ok_or_else(|| DurationError(text.to_owned()))
}

fn total_ms(text: &str) -> Option<u64> {
    if text == "0" {
        return Some(0);
    }
    let mut rest = text;
    let mut total_ms = 0u64;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let amount: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        // Searching on from the last unit refuses one that repeats or ascends.
        let (_, unit_ms) = units.find(|(name, _)| *name == &rest[..letters])?;
        total_ms = total_ms.checked_add(amount.checked_mul(*unit_ms)?)?;
        rest = &rest[letters..];
    }
    (!text.is_empty()).then_some(total_ms)
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

    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(parse(text).ok(), expected, "`{text}`");
    }

    #[test]
    fn durations_read_as_prometheus_reads_them() {
        check("0", Some(0));
        check("5s", Some(5_000));
        check("1h30m", Some(5_400_000));
        check("1d12h", Some(129_600_000));
        check("1w", Some(604_800_000));
        check("1y", Some(31_536_000_000));
        check("1s500ms", Some(1_500));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "5", "m", "5m1h", "1m1m", "1.5h", "-5m", "5 m", "5é"] {
            check(text, None);
        }
        check("99999999999999999999y", None);
        check("18446744073709551615d", None);
    }

    #[test]
    fn the_text_of_a_duration_is_the_shortest() {
        for text in ["0s", "5s", "1m30s", "1h", "30d", "250ms"] {
            assert_eq!(parse(text).map(format), Ok(text.to_owned()));
        }
    }
}
