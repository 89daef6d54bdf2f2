//! Numbers and durations: `1_000`, `0x1F`, `017`, `1e-3`, `.5`, `Inf`, `1h30m`.

use series::duration::{DurationError, parse_ms};

use super::token::TokenKind;

/// How much of `text`, which starts with a digit or a dot, is one number or
/// duration, and which; `None` with the length of what is neither.
pub(super) fn scan(text: &str) -> (Option<TokenKind>, usize) {
    let mut scanner = Scanner { text, position: 0 };
    if scanner.number() {
        return (Some(TokenKind::Number), scanner.position);
    }
    if scanner.duration_rest() {
        return (Some(TokenKind::Duration), scanner.position);
    }
    let bad = text[scanner.position..].chars().next();
    let length = scanner.position + bad.filter(char::is_ascii).map_or(0, char::len_utf8);
    (None, length)
}

/// The value of a scanned number: Go's integer literals first (octal, hex),
/// then decimal floats.
pub(super) fn value(text: &str) -> Option<f64> {
    let digits = text.replace('_', "");
    if let Some(hex) = digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        return u64::from_str_radix(hex, 16).ok().map(|value| value as f64);
    }
    let is_octal = digits.len() > 1 && digits.starts_with('0');
    if is_octal && let Ok(value) = i64::from_str_radix(&digits, 8) {
        return Some(value as f64);
    }
    digits.parse().ok()
}

/// What fits into Go's nanosecond durations.
pub(super) const MAX_DURATION_MS: i64 = i64::MAX / 1_000_000;

/// The milliseconds of a duration such as `1h30m`.
pub(super) fn duration_ms(text: &str) -> Result<i64, String> {
    let ms = match parse_ms(text) {
        Ok(ms) => i64::try_from(ms).unwrap_or(i64::MAX),
        Err(DurationError::Form) => return Err(format!("not a valid duration string: {text:?}")),
        Err(DurationError::TooLong) => i64::MAX,
    };
    if ms > MAX_DURATION_MS {
        return Err("duration out of range".to_owned());
    }
    Ok(ms)
}

struct Scanner<'a> {
    text: &'a str,
    position: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> u8 {
        self.text
            .as_bytes()
            .get(self.position)
            .copied()
            .unwrap_or(0)
    }

    fn take(&mut self, wanted: impl Fn(u8) -> bool) -> bool {
        let found = wanted(self.peek());
        if found {
            self.position += 1;
        }
        found
    }

    fn take_digits(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.take(&wanted) {}
    }

    fn number(&mut self) -> bool {
        if self.take(|c| c == b'0') && self.take(|c| matches!(c, b'x' | b'X')) {
            self.take_digits(|c| c.is_ascii_hexdigit() || c == b'_');
            return !is_word(self.peek()) && self.peek() != b'.' && self.well_separated();
        }
        self.take_digits(|c| c.is_ascii_digit() || c == b'_');
        if self.take(|c| c == b'.') {
            self.take_digits(|c| c.is_ascii_digit() || c == b'_');
        }
        if self.take(|c| matches!(c, b'e' | b'E')) {
            self.take(|c| matches!(c, b'+' | b'-'));
            if !self.peek().is_ascii_digit() {
                return false;
            }
            self.take_digits(|c| c.is_ascii_digit() || c == b'_');
        }
        !is_word(self.peek()) && self.peek() != b'.' && self.well_separated()
    }

    /// Whether every underscore so far stands between digits.
    fn well_separated(&self) -> bool {
        let scanned = &self.text[..self.position];
        !scanned.ends_with('_')
            && !["__", "_.", "._", "_e", "_E", "e_", "E_"]
                .iter()
                .any(|bad| scanned.contains(bad))
    }

    /// What follows the first digits of a duration.
    fn duration_rest(&mut self) -> bool {
        let unit = |c: u8, units: &[u8]| units.contains(&c);
        if !self.take(|c| unit(c, b"smhdwy")) {
            return false;
        }
        self.take(|c| c == b's');
        while self.take(|c| c.is_ascii_digit()) {
            self.take_digits(|c| c.is_ascii_digit());
            if !self.take(|c| unit(c, b"smhdw")) {
                return false;
            }
            self.take(|c| c == b's');
        }
        !is_word(self.peek())
    }
}

fn is_word(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<f64>) {
        let found = match scan(text) {
            (Some(TokenKind::Number), length) if length == text.len() => value(text),
            _ => None,
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn reads_numbers_as_go_does() {
        check("1_000", Some(1000.0));
        check("0x1F", Some(31.0));
        check("0x1e", Some(30.0));
        check("017", Some(15.0));
        check("089", Some(89.0));
        check(".5", Some(0.5));
        check("5.", Some(5.0));
        check("1e-3", Some(0.001));
        check("1__0", None);
        check("1_", None);
        check("1e", None);
        check("1.2.3", None);
        check("0x1.8", None);
        check("1abc", None);
    }

    fn check_duration(text: &str, expected: Result<i64, &str>) {
        assert_eq!(duration_ms(text), expected.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn reads_durations_in_descending_units() {
        check_duration("1h30m", Ok(5_400_000));
        check_duration("10s53ms", Ok(10_053));
        check_duration("1m1h", Err("not a valid duration string: \"1m1h\""));
        check_duration("1m1m", Err("not a valid duration string: \"1m1m\""));
        check_duration("300y", Err("duration out of range"));
    }
}
