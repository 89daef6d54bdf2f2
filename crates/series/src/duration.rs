//! Prometheus' durations (`1h30m`, `500ms`) <-> milliseconds.
//!
//! Units descend and occur once: `y w d h m s ms`; a year has 365 days. `0`
//! needs no unit. What a duration may be at most, and what is said where a text
//! is none, is for those who read it to decide.

/// The units from the longest to the shortest, each with its milliseconds.
pub const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Why a text gives no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// It has another form.
    #[error("no duration: write a number and a unit, as in `30s`, `5m` or `1h30m`")]
    Form,
    /// It is longer than a `u64` of milliseconds tells.
    #[error("too long a duration")]
    TooLong,
}

/// The milliseconds of a duration.
///
/// # Errors
/// Where the text is none, or too long.
pub fn parse_ms(text: &str) -> Result<u64, DurationError> {
    if text == "0" {
        return Ok(0);
    }
    if text.is_empty() {
        return Err(DurationError::Form);
    }
    let mut rest = text;
    let mut total_ms: u64 = 0;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (amount, behind) = rest.split_at(digits);
        let letters = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, behind) = behind.split_at(letters);
        // Searching on from the last unit refuses one that repeats or ascends.
        let known = units.find(|(name, _)| *name == unit);
        let (_, unit_ms) = known.filter(|_| digits > 0).ok_or(DurationError::Form)?;
        total_ms = amount
            .parse()
            .ok()
            .and_then(|amount: u64| amount.checked_mul(*unit_ms))
            .and_then(|ms| total_ms.checked_add(ms))
            .ok_or(DurationError::TooLong)?;
        rest = behind;
    }
    Ok(total_ms)
}

/// A duration as Prometheus prints it: the coarsest exact units, of which years
/// and weeks only where nothing is left over.
pub fn format_ms(ms: i64) -> String {
    if ms == 0 {
        return "0s".to_owned();
    }
    let mut out = String::new();
    let mut rest = ms.unsigned_abs();
    if ms < 0 {
        out.push('-');
    }
    for (unit, unit_ms) in UNITS {
        let exact_only = matches!(unit, "y" | "w");
        if exact_only && !rest.is_multiple_of(unit_ms) || rest < unit_ms {
            continue;
        }
        out.push_str(&format!("{}{unit}", rest / unit_ms));
        rest %= unit_ms;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_prometheus_reads_them() {
        let cases = [
            ("0", 0),
            ("0s", 0),
            ("5s", 5_000),
            ("1h30m", 5_400_000),
            ("1d12h", 129_600_000),
            ("1w", 604_800_000),
            ("1y1w1d", 373 * 86_400_000),
            ("10s53ms", 10_053),
        ];
        for (text, ms) in cases {
            assert_eq!(parse_ms(text), Ok(ms), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        let none = [
            "", "5", "m", "5m1h", "1m1m", "1.5h", "-5m", "5 m", "5é", "1S", "15",
        ];
        for text in none {
            assert_eq!(parse_ms(text), Err(DurationError::Form), "{text}");
        }
        for text in ["99999999999999999999y", "18446744073709551615d"] {
            assert_eq!(parse_ms(text), Err(DurationError::TooLong), "{text}");
        }
    }

    #[test]
    fn prints_the_coarsest_exact_units() {
        let cases = [
            (0, "0s"),
            (5_400_000, "1h30m"),
            (604_800_000, "1w"),
            (691_200_000, "8d"),
            (-90_001, "-1m30s1ms"),
        ];
        for (ms, text) in cases {
            assert_eq!(format_ms(ms), text);
        }
    }
}
