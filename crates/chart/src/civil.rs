//! Milliseconds since the epoch to calendar and clock, and back, given the
//! offset of a time zone: the bundle carries no time-zone data.

pub use ::civil::Date;

use crate::number::{push_integer, push_two_digits};

/// Seconds east of UTC that a zone is at a moment (milliseconds since the epoch).
pub type Zone<'a> = &'a dyn Fn(i64) -> i32;

/// UTC as a [`Zone`].
pub fn utc(_: i64) -> i32 {
    0
}

pub(crate) const SECOND_MS: i64 = 1_000;
pub(crate) const MINUTE_MS: i64 = 60 * SECOND_MS;
pub(crate) const HOUR_MS: i64 = 60 * MINUTE_MS;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;

/// The local time of a moment: milliseconds that the zone's clock and calendar show.
pub fn local_ms(time_ms: i64, zone: Zone) -> i64 {
    time_ms + i64::from(zone(time_ms)) * SECOND_MS
}

/// The moment at which the zone's clock shows `local`. Of two such moments
/// (clocks go back) the first; where clocks jump over it, the moment of the jump's
/// offset before, so that the clock shows as much later.
pub fn moment_of_local(local: i64, zone: Zone) -> i64 {
    let before = i64::from(zone(local - DAY_MS)) * SECOND_MS;
    let after = i64::from(zone(local + DAY_MS)) * SECOND_MS;
    let early = local - before;
    if before == after || local_ms(early, zone) == local {
        return early;
    }
    let late = local - after;
    if local_ms(late, zone) == local {
        late
    } else {
        early
    }
}

/// A moment in full, in UTC: `2026-11-20 12:30:05`.
pub fn moment(time_ms: i64) -> String {
    moment_in(time_ms, &utc)
}

/// A moment in full in a zone: `2026-11-20 12:30:05`; with milliseconds where there are some.
pub fn moment_in(time_ms: i64, zone: Zone) -> String {
    let local = local_ms(time_ms, zone);
    let date = Date::from_days(local.div_euclid(DAY_MS));
    let mut text = String::with_capacity(24);
    if date.year < 0 {
        text.push('-');
    }
    push_integer(&mut text, date.year.unsigned_abs());
    text.push('-');
    push_two_digits(&mut text, date.month);
    text.push('-');
    push_two_digits(&mut text, date.day);
    text.push(' ');
    let parts = if local.rem_euclid(SECOND_MS) == 0 {
        3
    } else {
        4
    };
    push_clock(&mut text, local, parts);
    text
}

/// Appends hours and minutes, seconds from `parts` 3 on, milliseconds from 4 on.
pub(crate) fn push_clock(text: &mut String, local: i64, parts: u8) {
    let of_day = local.rem_euclid(DAY_MS);
    push_two_digits(text, (of_day / HOUR_MS) as u32);
    text.push(':');
    push_two_digits(text, (of_day / MINUTE_MS % 60) as u32);
    if parts >= 3 {
        text.push(':');
        push_two_digits(text, (of_day / SECOND_MS % 60) as u32);
    }
    if parts >= 4 {
        let millis = (of_day % SECOND_MS) as u32;
        text.push('.');
        if millis < 100 {
            text.push('0');
        }
        push_two_digits(text, millis);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_are_each_others_inverse() {
        for days in (-800_000..800_000).step_by(373) {
            assert_eq!(Date::from_days(days).days(), days);
        }
        let leap = Date {
            year: 2024,
            month: 2,
            day: 29,
        };
        assert_eq!(Date::from_days(leap.days() + 1).month, 3);
        assert_eq!(
            Date::from_days(0),
            Date {
                year: 1970,
                month: 1,
                day: 1
            }
        );
    }

    #[test]
    fn moments_are_written_in_their_zone() {
        assert_eq!(moment(1_795_177_805_000), "2026-11-20 12:30:05");
        assert_eq!(moment(1_795_177_805_007), "2026-11-20 12:30:05.007");
        assert_eq!(
            moment_in(1_795_177_805_000, &|_| -3_600 * 13),
            "2026-11-19 23:30:05"
        );
    }

    /// Berlin in 2026: summer time from 29 March 01:00 UTC to 25 October 01:00 UTC.
    fn berlin(time_ms: i64) -> i32 {
        let summer = 1_774_746_000_000..1_792_890_000_000;
        if summer.contains(&time_ms) {
            7_200
        } else {
            3_600
        }
    }

    #[test]
    fn local_times_are_found_over_daylight_saving_changes() {
        let march_29 = Date {
            year: 2026,
            month: 3,
            day: 29,
        }
        .days()
            * DAY_MS;
        let october_25 = Date {
            year: 2026,
            month: 10,
            day: 25,
        }
        .days()
            * DAY_MS;
        let cases = [
            (march_29, march_29 - HOUR_MS),                       // 00:00, winter
            (march_29 + 2 * HOUR_MS, march_29 + HOUR_MS),         // skipped: shows 03:00
            (march_29 + 4 * HOUR_MS, march_29 + 2 * HOUR_MS),     // 04:00, summer
            (october_25 + 2 * HOUR_MS, october_25),               // the first 02:00
            (october_25 + 4 * HOUR_MS, october_25 + 3 * HOUR_MS), // 04:00, winter
        ];
        for (local, moment) in cases {
            assert_eq!(moment_of_local(local, &berlin), moment);
        }
    }
}
