//! Values and timestamps.

/// A sample's value: decimal numbers as Go, Java and C write them, `NaN`, and
/// the infinities in any spelling (`Inf`, `+Inf`, `-Infinity`).
pub(crate) fn parse_value(word: &str) -> Option<f64> {
    parse_count(word.as_bytes()).or_else(|| word.parse().ok())
}

/// Digits alone, as most counters are, and so few that a float holds the
/// number exactly.
fn parse_count(digits: &[u8]) -> Option<f64> {
    if digits.is_empty() || digits.len() > 15 {
        return None;
    }
    let mut count: u64 = 0;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        count = count * 10 + u64::from(digit);
    }
    Some(count as f64)
}

/// Milliseconds as Prometheus text gives them.
pub(crate) fn parse_timestamp_ms(word: &str) -> Option<i64> {
    word.parse().ok()
}

/// Seconds with a fraction, as OpenMetrics gives them, to the nearest
/// millisecond.
pub(crate) fn parse_timestamp_s(word: &str) -> Option<i64> {
    let timestamp_ms = word.parse::<f64>().ok()? * 1e3;
    // What is later than can be told is at the end of time, where the store
    // refuses the sample alone: such a number costs no whole page.
    timestamp_ms
        .is_finite()
        .then(|| timestamp_ms.round() as i64)
}

/// The one spelling of a bucket's or quantile's bound: the shortest decimal
/// that is this float, with an exponent below 1e-4 and from 1e6 on (Go's `%g`),
/// and `.0` where it would look like an integer. `None` where `text` is no number.
pub(crate) fn canonical_float(text: &str) -> Option<String> {
    let value: f64 = text.parse().ok()?;
    if value.is_infinite() {
        return Some(if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned());
    }
    if value.is_nan() {
        return Some("NaN".to_owned());
    }
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-4..1e6).contains(&magnitude) {
        return Some(go_exponent(&format!("{value:e}")));
    }
    let decimal = value.to_string();
    Some(if decimal.contains('.') {
        decimal
    } else {
        decimal + ".0"
    })
}

/// `1e-7` as Go writes it: a sign and two digits at least.
fn go_exponent(scientific: &str) -> String {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    format!("{mantissa}e{sign}{digits:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_numbers_of_every_language() {
        for (word, expected) in [
            ("0", 0.0),
            ("0012", 12.0),
            ("999999999999999", 999_999_999_999_999.0),
            ("9007199254740993", 9_007_199_254_740_992.0),
            ("-1.5", -1.5),
            ("+2", 2.0),
            ("3.8613075E7", 38_613_075.0),
            ("1e-9", 1e-9),
            (".5", 0.5),
            ("5.", 5.0),
            ("Inf", f64::INFINITY),
            ("+Inf", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
        ] {
            assert_eq!(parse_value(word), Some(expected), "{word}");
        }
        assert!(parse_value("NaN").is_some_and(f64::is_nan));
    }

    #[test]
    fn refuses_what_is_no_number() {
        for word in ["", "one", "1_000", "0x10", "0x1p-3", "1,5", "--1", "1e"] {
            assert_eq!(parse_value(word), None, "{word}");
        }
        for word in ["1.5", "z", "1e3"] {
            assert_eq!(parse_timestamp_ms(word), None, "{word}");
        }
        for word in ["NaN", "+Inf", "1e400", "1.1.1"] {
            assert_eq!(parse_timestamp_s(word), None, "{word}");
        }
    }

    #[test]
    fn rounds_seconds_to_milliseconds() {
        assert_eq!(parse_timestamp_s("1520879607.789"), Some(1_520_879_607_789));
        assert_eq!(parse_timestamp_s("-0.0015"), Some(-2));
        // As many digits as nanoseconds have, with a fraction.
        assert_eq!(parse_timestamp_s("17000000000000000000.5"), Some(i64::MAX));
        assert_eq!(parse_timestamp_s("-17000000000000000000.5"), Some(i64::MIN));
    }

    #[test]
    fn spells_bounds_in_one_way() {
        for (text, expected) in [
            ("0", "0.0"),
            ("5", "5.0"),
            ("5E0", "5.0"),
            ("0.005", "0.005"),
            ("1.048576e+06", "1.048576e+06"),
            ("1e-05", "1e-05"),
            ("1024", "1024.0"),
            ("999999", "999999.0"),
            ("1000000", "1e+06"),
            ("inf", "+Inf"),
            ("-Inf", "-Inf"),
        ] {
            assert_eq!(canonical_float(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(canonical_float("fast"), None);
    }
}
