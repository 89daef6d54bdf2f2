//! A number that is a moment, by the unit that says so -> the text that a
//! person reads, on their clock: Grafana's units `dateTimeAs…`, `dateTimeFromNow`
//! and `time:PATTERN`.
//!
//! Contract: pure; the clock says what zone and what time it is. Where only the
//! reader's browser knows the zone, the time is UTC's and says so.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::time;
use crate::variable::strftime_of;

const ISO: &str = "%Y-%m-%d %H:%M:%S";
const US: &str = "%m/%d/%Y %-I:%M:%S %P";

/// What time it is for who reads.
#[derive(Clone, Debug)]
pub struct Clock {
    zone: TimeZone,
    /// Written after a time: that it is UTC's, where that need not be the reader's.
    mark: &'static str,
    now_ms: i64,
}

impl Default for Clock {
    fn default() -> Self {
        Self::new("", 0)
    }
}

impl Clock {
    /// The clock of the zone with this name, or of a browser, at `now_ms`.
    pub fn new(zone: &str, now_ms: i64) -> Self {
        let is_browsers = matches!(zone, "" | "browser");
        Self {
            zone: time::zone(zone).unwrap_or(TimeZone::UTC),
            mark: if is_browsers { " UTC" } else { "" },
            now_ms,
        }
    }

    /// What is written of `value`, milliseconds since the epoch, in `unit`;
    /// `None` where that is no unit of moments.
    pub fn written(&self, value: f64, unit: &str) -> Option<String> {
        if !value.is_finite() {
            return None;
        }
        let pattern = match unit {
            "dateTimeFromNow" => return Some(self.distance(value as i64)),
            "dateTimeAsIso" | "dateTimeAsLocal" | "dateTimeAsSystem" => ISO.to_owned(),
            "dateTimeAsUS" => US.to_owned(),
            "dateTimeAsIsoNoDateIfToday"
            | "dateTimeAsLocalNoDateIfToday"
            | "dateTimeAsSystemNoDateIfToday" => self.unless_today(value, "%H:%M:%S", ISO),
            "dateTimeAsUSNoDateIfToday" => self.unless_today(value, "%-I:%M:%S %P", US),
            "time:" => ISO.to_owned(),
            unit => strftime_of(unit.strip_prefix("time:")?),
        };
        Some(self.strftime(value as i64, &pattern))
    }

    /// A moment in full.
    pub fn iso(&self, at_ms: i64) -> String {
        self.strftime(at_ms, ISO)
    }

    fn unless_today(&self, value: f64, today: &str, other: &str) -> String {
        let day = |at_ms: i64| self.strftime(at_ms, "%Y-%m-%d");
        let is_today = day(value as i64) == day(self.now_ms);
        if is_today { today } else { other }.to_owned()
    }

    fn strftime(&self, at_ms: i64, pattern: &str) -> String {
        let Ok(at) = Timestamp::from_millisecond(at_ms) else {
            return at_ms.to_string();
        };
        let text = at
            .to_zoned_datetime(self.zone.clone())
            .strftime(pattern)
            .to_string();
        [&text, self.mark].concat()
    }

    /// How long ago, or ahead, in the largest unit: `5 min ago`, `in 3 h`.
    fn distance(&self, at_ms: i64) -> String {
        let seconds = self.now_ms.saturating_sub(at_ms) / 1_000;
        let size = seconds.unsigned_abs();
        let (count, unit) = match size {
            0..60 => (size, "s"),
            60..3_600 => (size / 60, "min"),
            3_600..86_400 => (size / 3_600, "h"),
            _ => (size / 86_400, "d"),
        };
        if seconds < 0 {
            format!("in {count} {unit}")
        } else {
            format!("{count} {unit} ago")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2025-11-24 16:00:00 UTC
    const AT_MS: i64 = 1_764_000_000_000;

    fn check(zone: &str, unit: &str, later_s: i64, expected: Option<&str>) {
        let clock = Clock::new(zone, AT_MS + later_s * 1_000);
        let written = clock.written(AT_MS as f64, unit);
        assert_eq!(written.as_deref(), expected, "{unit}");
    }

    #[test]
    fn moments_are_written_on_the_readers_clock() {
        let zurich = "Europe/Zurich";
        check(zurich, "dateTimeAsIso", 0, Some("2025-11-24 17:00:00"));
        check(zurich, "dateTimeAsUS", 0, Some("11/24/2025 5:00:00 pm"));
        check(zurich, "dateTimeAsLocal", 0, Some("2025-11-24 17:00:00"));
        let no_date = "dateTimeAsIsoNoDateIfToday";
        check(zurich, no_date, 60, Some("17:00:00"));
        check(zurich, no_date, 86_400, Some("2025-11-24 17:00:00"));
        check(zurich, "time:YYYY-MM-DD", 0, Some("2025-11-24"));
        check(
            "browser",
            "dateTimeAsIso",
            0,
            Some("2025-11-24 16:00:00 UTC"),
        );
        check("utc", "dateTimeAsIso", 0, Some("2025-11-24 16:00:00"));
        check(zurich, "s", 0, None);
    }

    #[test]
    fn distances_are_in_the_largest_unit() {
        let unit = "dateTimeFromNow";
        check("", unit, 12, Some("12 s ago"));
        check("", unit, 300, Some("5 min ago"));
        check("", unit, -7_300, Some("in 2 h"));
        check("", unit, 172_800, Some("2 d ago"));
    }
}
