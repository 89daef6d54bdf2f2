//! A value and the id of its unit to the text that a person reads.
//!
//! Ids are Grafana's (`s`, `percentunit`, `reqps`, …), the most used of public
//! dashboards. An id of the form `suffix:…` or `prefix:…`, or one that is not
//! known, is written as it stands beside the number.

use crate::civil;
use crate::number::{decimals_for, push_fixed, push_fixed_short, push_significant, share_decimals};

/// How values of one quantity are written.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    family: Family,
    /// Turns a value into the family's base: seconds, bytes, percent, ….
    factor: f64,
    /// Written after the number and its scale: `B`, ` req/s`.
    suffix: String,
    /// Written before the number: a currency.
    prefix: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// As it is.
    Plain,
    /// Percent, of which all and none are written only where they are.
    Share,
    /// With k, M, G, ….
    Thousands,
    /// Like `Thousands`, with a space before the scale: `1.2 MW`.
    Si,
    /// With Ki, Mi, Gi, ….
    Binary,
    /// Seconds, from nanoseconds to days.
    Duration,
    /// Seconds as two parts: `1 h 23 min`.
    LongDuration,
    /// Milliseconds since the epoch, written in UTC.
    Moment,
}

/// Which numbers are round ones on an axis of the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// 1, 2, 2.5, 5 and their tenfolds.
    Decimal,
    /// Powers of two.
    Binary,
    /// Those of clocks and calendars, in seconds.
    Time,
}

const THOUSANDS: [(f64, &str); 6] = [
    (1e18, "E"),
    (1e15, "P"),
    (1e12, "T"),
    (1e9, "G"),
    (1e6, "M"),
    (1e3, "k"),
];
const BINARY: [(f64, &str); 6] = [
    (1_152_921_504_606_846_976.0, "Ei"),
    (1_125_899_906_842_624.0, "Pi"),
    (1_099_511_627_776.0, "Ti"),
    (1_073_741_824.0, "Gi"),
    (1_048_576.0, "Mi"),
    (1_024.0, "Ki"),
];
const DURATIONS: [(f64, &str); 7] = [
    (86_400.0, " d"),
    (3_600.0, " h"),
    (60.0, " min"),
    (1.0, " s"),
    (1e-3, " ms"),
    (1e-6, " µs"),
    (1e-9, " ns"),
];

/// Bytes, bits, rates and physical quantities: id, family, factor, symbol.
const SIZED: [(&str, Family, f64, &str); 39] = [
    ("bytes", Family::Binary, 1.0, "B"),
    ("kbytes", Family::Binary, 1_024.0, "B"),
    ("mbytes", Family::Binary, 1_048_576.0, "B"),
    ("gbytes", Family::Binary, 1_073_741_824.0, "B"),
    ("binBps", Family::Binary, 1.0, "B/s"),
    ("bits", Family::Binary, 1.0, "bit"),
    ("binbps", Family::Binary, 1.0, "bit/s"),
    ("decbytes", Family::Si, 1.0, "B"),
    ("deckbytes", Family::Si, 1e3, "B"),
    ("decmbytes", Family::Si, 1e6, "B"),
    ("decgbytes", Family::Si, 1e9, "B"),
    ("decbits", Family::Si, 1.0, "bit"),
    ("Bps", Family::Si, 1.0, "B/s"),
    ("KBs", Family::Si, 1e3, "B/s"),
    ("MBs", Family::Si, 1e6, "B/s"),
    ("bps", Family::Si, 1.0, "bit/s"),
    ("hertz", Family::Si, 1.0, "Hz"),
    ("watt", Family::Si, 1.0, "W"),
    ("kwatt", Family::Si, 1e3, "W"),
    ("watth", Family::Si, 1.0, "Wh"),
    ("joule", Family::Si, 1.0, "J"),
    ("volt", Family::Si, 1.0, "V"),
    ("amp", Family::Si, 1.0, "A"),
    ("ops", Family::Thousands, 1.0, " ops/s"),
    ("reqps", Family::Thousands, 1.0, " req/s"),
    ("rps", Family::Thousands, 1.0, " reads/s"),
    ("wps", Family::Thousands, 1.0, " writes/s"),
    ("iops", Family::Thousands, 1.0, " IO/s"),
    ("pps", Family::Thousands, 1.0, " packets/s"),
    ("cps", Family::Thousands, 1.0, "/s"),
    ("eps", Family::Thousands, 1.0, " events/s"),
    ("rowsps", Family::Thousands, 1.0, " rows/s"),
    ("rows/s", Family::Thousands, 1.0, " rows/s"),
    ("opm", Family::Thousands, 1.0, " ops/min"),
    ("reqpm", Family::Thousands, 1.0, " req/min"),
    ("celsius", Family::Plain, 1.0, " °C"),
    ("fahrenheit", Family::Plain, 1.0, " °F"),
    ("degree", Family::Plain, 1.0, "°"),
    ("areaM2", Family::Plain, 1.0, " m²"),
];

impl Unit {
    /// The unit of an id; the empty id is a plain number.
    pub fn from_id(id: &str) -> Self {
        let (family, factor, suffix) = match id {
            "" | "none" | "locale" | "string" => (Family::Plain, 1.0, ""),
            "short" => (Family::Thousands, 1.0, ""),
            "percent" => (Family::Share, 1.0, " %"),
            "percentunit" => (Family::Share, 100.0, " %"),
            "s" => (Family::Duration, 1.0, ""),
            "ms" => (Family::Duration, 1e-3, ""),
            "µs" | "us" => (Family::Duration, 1e-6, ""),
            "ns" => (Family::Duration, 1e-9, ""),
            "m" => (Family::Duration, 60.0, ""),
            "h" => (Family::Duration, 3_600.0, ""),
            "d" => (Family::Duration, 86_400.0, ""),
            "dtdurations" | "clocks" => (Family::LongDuration, 1.0, ""),
            "dtdurationms" | "clockms" => (Family::LongDuration, 1e-3, ""),
            _ => {
                let sized = SIZED.iter().find(|unit| unit.0 == id);
                return sized.map_or_else(
                    || Self::written(id),
                    |unit| Self::new(unit.1, unit.2, unit.3),
                );
            }
        };
        Self::new(family, factor, suffix)
    }

    /// Currencies, `prefix:`, `suffix:`, and words that stand for themselves.
    fn written(id: &str) -> Self {
        let symbol = match id {
            "currencyUSD" => "$",
            "currencyEUR" => "€",
            "currencyGBP" => "£",
            "currencyJPY" => "¥",
            _ => id.strip_prefix("prefix:").unwrap_or_default(),
        };
        if !symbol.is_empty() {
            return Self {
                prefix: symbol.to_owned(),
                ..Self::new(Family::Thousands, 1.0, "")
            };
        }
        if id.starts_with("time:") || id.starts_with("dateTime") {
            return Self::new(Family::Moment, 1.0, "");
        }
        let words = id.strip_prefix("suffix:").unwrap_or(id).trim();
        let mut suffix = String::from(" ");
        suffix.push_str(words);
        Self::new(Family::Thousands, 1.0, &suffix)
    }

    fn new(family: Family, factor: f64, suffix: &str) -> Self {
        Self {
            family,
            factor,
            suffix: suffix.to_owned(),
            prefix: String::new(),
        }
    }

    /// A value for people: three significant digits, or exactly `decimals`; more
    /// where a share would read as all or none, and is not.
    pub fn format(&self, value: f64, decimals: Option<u8>) -> String {
        let base = value * self.factor;
        match self.family {
            Family::LongDuration => return long_duration(base),
            Family::Moment => return utc_moment(base),
            _ => {}
        }
        let (scale, symbol) = self.scale_of(base);
        let mut text = self.prefix.clone();
        let number = base / scale;
        let digits = if number.abs() < 1e3 { 3 } else { 4 };
        match (decimals, self.family) {
            (Some(decimals), Family::Share) => {
                push_fixed(&mut text, number, share_decimals(number, decimals));
            }
            (None, Family::Share) => {
                let decimals = share_decimals(number, decimals_for(number, digits));
                push_fixed_short(&mut text, number, decimals);
            }
            (Some(decimals), _) => push_fixed(&mut text, number, decimals),
            (None, _) => push_significant(&mut text, number, digits),
        }
        self.push_symbols(&mut text, symbol);
        text
    }

    /// A value at a tick of an axis with ticks `step` apart: as many digits as
    /// tell neighbours apart, no zeros at the end.
    pub fn format_tick(&self, value: f64, step: f64) -> String {
        let base = value * self.factor;
        match self.family {
            Family::LongDuration => return long_duration(base),
            Family::Moment => return utc_moment(base),
            _ => {}
        }
        let (scale, symbol) = self.scale_of(base);
        let step = (step * self.factor / scale).abs();
        let mut text = self.prefix.clone();
        push_fixed_short(&mut text, base / scale, step_decimals(step));
        self.push_symbols(&mut text, symbol);
        text
    }

    /// Which steps make a readable axis, and what a value is multiplied by first.
    pub fn rounding(&self) -> (Rounding, f64) {
        let rounding = match self.family {
            Family::Binary => Rounding::Binary,
            Family::Duration | Family::LongDuration => Rounding::Time,
            _ => Rounding::Decimal,
        };
        (rounding, self.factor)
    }

    fn scale_of(&self, base: f64) -> (f64, &'static str) {
        let scales: &[(f64, &str)] = match self.family {
            Family::Thousands | Family::Si => &THOUSANDS,
            Family::Binary => &BINARY,
            Family::Duration => &DURATIONS,
            _ => &[],
        };
        let none = (
            1.0,
            if self.family == Family::Duration {
                " s"
            } else {
                ""
            },
        );
        if base == 0.0 || !base.is_finite() {
            return none;
        }
        // What rounds up to the next scale's one is written in that scale.
        let magnitude = base.abs() * (1.0 + 5e-4);
        let fitting = scales.iter().find(|(scale, _)| magnitude >= *scale);
        match (fitting, self.family) {
            (Some(scale), _) => *scale,
            (None, Family::Duration) => DURATIONS[DURATIONS.len() - 1],
            (None, _) => none,
        }
    }

    fn push_symbols(&self, text: &mut String, symbol: &str) {
        let spaced = matches!(self.family, Family::Si | Family::Binary);
        if spaced && !(symbol.is_empty() && self.suffix.is_empty()) {
            text.push(' ');
        }
        text.push_str(symbol);
        text.push_str(&self.suffix);
    }
}

/// The digits after the point that write a multiple of `step` exactly, at most 6.
fn step_decimals(step: f64) -> u8 {
    let mut scaled = step;
    for decimals in 0..6 {
        if (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1e-9) {
            return decimals;
        }
        scaled *= 10.0;
    }
    6
}

/// A moment, and whose clock shows it.
fn utc_moment(ms: f64) -> String {
    if !ms.is_finite() {
        return Unit::new(Family::Plain, 1.0, "").format(ms, None);
    }
    [&civil::moment(ms as i64), " UTC"].concat()
}

/// The two largest parts of a duration: `2 d 3 h`, `4 min 10 s`; below a minute as usual.
fn long_duration(seconds: f64) -> String {
    let whole = seconds.abs().round();
    let parts = [
        (86_400.0, " d"),
        (3_600.0, " h"),
        (60.0, " min"),
        (1.0, " s"),
    ];
    let first = parts.iter().position(|(scale, _)| whole >= *scale);
    let Some(first) = first.filter(|index| *index < 3) else {
        return Unit::new(Family::Duration, 1.0, "").format(seconds, None);
    };
    let mut text = String::from(if seconds < 0.0 { "-" } else { "" });
    let mut rest = whole;
    for (scale, symbol) in &parts[first..first + 2] {
        let count = (rest / scale).floor();
        rest -= count * scale;
        if count > 0.0 {
            if text.len() > 1 {
                text.push(' ');
            }
            push_fixed(&mut text, count, 0);
            text.push_str(symbol);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &str, value: f64, expected: &str) {
        assert_eq!(Unit::from_id(id).format(value, None), expected, "{id}");
    }

    #[test]
    fn values_are_written_with_units_a_person_reads() {
        check("s", 1.2414, "1.24 s");
        check("s", 0.25, "250 ms");
        check("s", 0.000_042, "42 µs");
        check("s", 5_400.0, "1.5 h");
        check("s", 0.0, "0 s");
        check("ms", 1_500.0, "1.5 s");
        check("s", 0.999_9, "1 s");
        check("percentunit", 0.987_3, "98.7 %");
        check("percent", 12.0, "12 %");
        check("short", 1_200.0, "1.2k");
        check("short", 999.9, "1k");
        check("short", 12.0, "12");
        check("short", -2_340_000.0, "-2.34M");
        check("none", 12_345.0, "12345");
        check("bytes", 3.4 * 1_073_741_824.0, "3.4 GiB");
        check("bytes", 512.0, "512 B");
        check("decbytes", 1_500_000.0, "1.5 MB");
        check("Bps", 1_234.0, "1.23 kB/s");
        check("reqps", 1_234.0, "1.23k req/s");
        check("currencyUSD", 3.5, "$3.5");
        check("suffix:jobs", 12.0, "12 jobs");
        check("jobs/min", 3.0, "3 jobs/min");
        check("dtdurations", 5_025.0, "1 h 23 min");
        check("dtdurations", 12.0, "12 s");
        check("dateTimeAsIso", 0.0, "1970-01-01 00:00:00 UTC");
        check("s", f64::INFINITY, "+Inf s");
    }

    #[test]
    fn shares_are_not_rounded_to_all_or_none() {
        check("percentunit", 0.999_97, "99.997 %");
        check("percent", 99.96, "99.96 %");
        check("percentunit", 1.0, "100 %");
        check("percentunit", 1.000_02, "100.002 %");
        check("percentunit", 1.0 - 1e-12, "100 %");
        check("percentunit", 0.0, "0 %");
        let whole = |value| Unit::from_id("percent").format(value, Some(0));
        assert_eq!(whole(0.4), "0.4 %");
        assert_eq!(whole(99.7), "99.7 %");
        assert_eq!(whole(99.2), "99 %");
    }

    #[test]
    fn ticks_have_the_digits_that_tell_them_apart() {
        let cases = [
            ("s", 0.75, 0.25, "750 ms"),
            ("s", 1.0, 0.25, "1 s"),
            ("s", 1.25, 0.25, "1.25 s"),
            ("percentunit", 0.995, 0.005, "99.5 %"),
            ("short", 1_500.0, 500.0, "1.5k"),
            ("none", 4.0, 2.0, "4"),
            ("bytes", 1_073_741_824.0, 536_870_912.0, "1 GiB"),
        ];
        for (id, value, step, expected) in cases {
            assert_eq!(Unit::from_id(id).format_tick(value, step), expected);
        }
    }
}
