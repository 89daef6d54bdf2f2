//! Grafana's time grammar -> milliseconds since the Unix epoch.
//!
//! `now`, then any number of `+1h`, `-2d` or `/w` (round to the unit); or an
//! absolute time: epoch milliseconds, RFC 3339, or `2026-01-27 10:30:45` and its
//! prefixes in the board's time zone. Units: `s m h d w M Q y`. Days and longer
//! follow the calendar of the zone, so they are right over daylight-saving
//! changes; weeks start on Monday.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ZonedDateTime};

/// Whether a rounding (`/d`) goes to the unit's first or last millisecond:
/// `from` rounds to the first, `to` to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The start of a range.
    From,
    /// The end of a range.
    To,
}

/// A text that is no time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no time: {reason}")]
pub struct TimeError {
    /// The text as written.
    pub text: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

/// Resolves `text` against `now_ms` in `zone`.
///
/// # Errors
/// Where the text follows neither form, or the time is out of the calendar.
pub fn resolve(text: &str, now_ms: i64, zone: &TimeZone, edge: Edge) -> Result<i64, TimeError> {
    let trimmed = text.trim();
    let resolved = match trimmed.strip_prefix("now") {
        Some(terms) => relative(terms, now_ms, zone, edge),
        None => absolute(trimmed, zone),
    };
    resolved.map_err(|reason| TimeError {
        text: text.to_owned(),
        reason,
    })
}

/// The zone that a board or a URL names: `browser` (or nothing) is UTC here, since
/// only the browser knows the reader's.
///
/// # Errors
/// Where there is no zone of this name.
pub fn zone(name: &str) -> Result<TimeZone, jiff::Error> {
    match name {
        "" | "browser" | "utc" | "UTC" => Ok(TimeZone::UTC),
        name => TimeZone::get(name),
    }
}

/// Whether the text moves with the clock.
pub fn is_relative(text: &str) -> bool {
    text.trim().starts_with("now")
}

fn relative(terms: &str, now_ms: i64, zone: &TimeZone, edge: Edge) -> Result<i64, String> {
    let now = Timestamp::from_millisecond(now_ms).map_err(|error| error.to_string())?;
    let mut time = now.to_zoned_datetime(zone.clone());
    let mut rest = terms;
    while let Some(operator) = rest.chars().next() {
        let term = &rest[operator.len_utf8()..];
        let digits = term.bytes().take_while(u8::is_ascii_digit).count();
        let amount = &term[..digits];
        let unit_text = term[digits..]
            .chars()
            .next()
            .map_or("", |c| &term[digits..][..c.len_utf8()]);
        let unit = Unit::parse(unit_text)?;
        time = match operator {
            '+' | '-' => shift(&time, operator, amount, unit)?,
            '/' if digits == 0 => round(&time, unit, edge)?,
            other => {
                return Err(format!(
                    "expected `+`, `-` or `/` and a unit, found `{other}`"
                ));
            }
        };
        rest = &term[digits + unit_text.len()..];
    }
    Ok(time.timestamp().as_millisecond())
}

#[derive(Clone, Copy)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(match text {
            "s" => Self::Second,
            "m" => Self::Minute,
            "h" => Self::Hour,
            "d" => Self::Day,
            "w" => Self::Week,
            "M" => Self::Month,
            "Q" => Self::Quarter,
            "y" => Self::Year,
            "" => return Err("a unit is missing at its end (s m h d w M Q y)".to_owned()),
            other => return Err(format!("`{other}` is no unit (s m h d w M Q y)")),
        })
    }

    fn span(self, amount: i64) -> Result<Span, jiff::Error> {
        let span = Span::new();
        match self {
            Self::Second => span.try_seconds(amount),
            Self::Minute => span.try_minutes(amount),
            Self::Hour => span.try_hours(amount),
            Self::Day => span.try_days(amount),
            Self::Week => span.try_weeks(amount),
            Self::Month => span.try_months(amount),
            Self::Quarter => span.try_months(amount.saturating_mul(3)),
            Self::Year => span.try_years(amount),
        }
    }

    fn rounded(self, time: &ZonedDateTime, edge: Edge) -> Result<ZonedDateTime, jiff::Error> {
        let start = self.start_of(time)?;
        match edge {
            Edge::From => start.to_zoned_datetime(time.time_zone().clone()),
            Edge::To => start
                .checked_add(self.span(1)?)?
                .to_zoned_datetime(time.time_zone().clone())?
                .checked_sub(Span::new().milliseconds(1)),
        }
    }

    fn start_of(self, time: &ZonedDateTime) -> Result<DateTime, jiff::Error> {
        let date = time.date();
        Ok(match self {
            Self::Second => date.at(time.hour(), time.minute(), time.second(), 0),
            Self::Minute => date.at(time.hour(), time.minute(), 0, 0),
            Self::Hour => date.at(time.hour(), 0, 0, 0),
            Self::Day => date.at(0, 0, 0, 0),
            Self::Week => {
                let since_monday = date.weekday().since(Weekday::Monday);
                date.checked_sub(Span::new().days(since_monday))?
                    .at(0, 0, 0, 0)
            }
            Self::Month => first_of_month(date.year(), date.month())?,
            Self::Quarter => first_of_month(date.year(), (date.month() - 1) / 3 * 3 + 1)?,
            Self::Year => first_of_month(date.year(), 1)?,
        })
    }
}

fn first_of_month(year: i16, month: i8) -> Result<DateTime, jiff::Error> {
    Date::new(year, month, 1).map(|date| date.at(0, 0, 0, 0))
}

fn shift(
    time: &ZonedDateTime,
    sign: char,
    amount: &str,
    unit: Unit,
) -> Result<ZonedDateTime, String> {
    let amount: i64 = match amount {
        "" => 1,
        digits => digits
            .parse()
            .map_err(|_| format!("`{digits}` is too large"))?,
    };
    let span = unit.span(amount).map_err(|error| error.to_string())?;
    let moved = if sign == '-' {
        time.checked_sub(span)
    } else {
        time.checked_add(span)
    };
    moved.map_err(|error| error.to_string())
}

fn round(time: &ZonedDateTime, unit: Unit, edge: Edge) -> Result<ZonedDateTime, String> {
    unit.rounded(time, edge).map_err(|error| error.to_string())
}

fn absolute(text: &str, zone: &TimeZone) -> Result<i64, String> {
    if let Ok(epoch_ms) = text.parse::<i64>() {
        return Ok(epoch_ms);
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(timestamp.as_millisecond());
    }
    let civil = text
        .parse::<DateTime>()
        .or_else(|_| text.parse::<Date>().map(Into::into));
    civil
        .and_then(|civil: DateTime| civil.to_zoned_datetime(zone.clone()))
        .map(|zoned| zoned.timestamp().as_millisecond())
        .map_err(|_| {
            "expected `now-1h`, epoch milliseconds, or a date such as `2026-01-27 10:30:45`"
                .to_owned()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-01-27T10:30:45.123Z"; // a Tuesday

    fn check_in(zone: &str, now: &str, edge: Edge, cases: &[(&str, &str)]) {
        let zone = TimeZone::get(zone).unwrap();
        let now_ms = now.parse::<Timestamp>().unwrap().as_millisecond();
        for (text, expected) in cases {
            let got = resolve(text, now_ms, &zone, edge).unwrap();
            let got = Timestamp::from_millisecond(got).unwrap().to_string();
            assert_eq!(&got, expected, "{text}");
        }
    }

    #[test]
    fn relative_times_move_by_terms() {
        check_in(
            "UTC",
            NOW,
            Edge::From,
            &[
                ("now", "2026-01-27T10:30:45.123Z"),
                ("now-6h", "2026-01-27T04:30:45.123Z"),
                ("now-1M", "2025-12-27T10:30:45.123Z"),
                ("now+1Q-1d", "2026-04-26T10:30:45.123Z"),
                ("now-h", "2026-01-27T09:30:45.123Z"),
            ],
        );
    }

    #[test]
    fn from_rounds_to_the_first_moment() {
        check_in(
            "UTC",
            NOW,
            Edge::From,
            &[
                ("now/h", "2026-01-27T10:00:00Z"),
                ("now/d", "2026-01-27T00:00:00Z"),
                ("now/w", "2026-01-26T00:00:00Z"),
                ("now-1M/M", "2025-12-01T00:00:00Z"),
                ("now/Q", "2026-01-01T00:00:00Z"),
                ("now/y", "2026-01-01T00:00:00Z"),
                ("now-1d/d+6h", "2026-01-26T06:00:00Z"),
            ],
        );
    }

    #[test]
    fn to_rounds_to_the_last_moment() {
        check_in(
            "UTC",
            NOW,
            Edge::To,
            &[
                ("now/d", "2026-01-27T23:59:59.999Z"),
                ("now-1w/w", "2026-01-25T23:59:59.999Z"),
                ("now/M", "2026-01-31T23:59:59.999Z"),
            ],
        );
    }

    #[test]
    fn days_follow_the_calendar_over_daylight_saving() {
        let after_change = "2026-03-29T10:00:00Z"; // Zurich went from +1 to +2 that night
        check_in(
            "Europe/Zurich",
            after_change,
            Edge::From,
            &[
                ("now/d", "2026-03-28T23:00:00Z"),
                ("now-1d", "2026-03-28T11:00:00Z"),
                ("now-24h", "2026-03-28T10:00:00Z"),
            ],
        );
    }

    #[test]
    fn absolute_times_have_four_forms() {
        check_in(
            "Europe/Zurich",
            NOW,
            Edge::From,
            &[
                ("1769509845123", "2026-01-27T10:30:45.123Z"),
                ("2026-01-27T10:30:45Z", "2026-01-27T10:30:45Z"),
                ("2026-01-27 10:30:45", "2026-01-27T09:30:45Z"),
                ("2026-01-27", "2026-01-26T23:00:00Z"),
            ],
        );
    }

    #[test]
    fn what_is_no_time_is_named() {
        for text in [
            "",
            "yesterday",
            "now-",
            "now-1x",
            "now*2h",
            "now/2d",
            "now-99999999999999999999h",
            "nowé",
        ] {
            let error = resolve(text, 0, &TimeZone::UTC, Edge::From).unwrap_err();
            assert_eq!(error.text, text);
        }
    }
}
