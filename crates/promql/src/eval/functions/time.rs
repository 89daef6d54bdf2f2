//! Parts of the calendar (proleptic Gregorian, UTC).

use civil::Date;

use crate::function::Func;

const DAY_SECONDS: i128 = 86_400;

/// The asked-for part of the instant `seconds` after the Unix epoch.
pub(in super::super) fn part(func: Func, seconds: f64) -> f64 {
    let seconds = whole_seconds(seconds);
    // Even the last second of Go's clock lies on a day that an `i64` holds.
    let days = seconds.div_euclid(DAY_SECONDS) as i64;
    let in_day = seconds.rem_euclid(DAY_SECONDS) as i64;
    let date = Date::from_days(days);
    let part = match func {
        Func::Minute => in_day / 60 % 60,
        Func::Hour => in_day / 3600,
        // The epoch was a Thursday.
        Func::DayOfWeek => (days + 4).rem_euclid(7),
        Func::DayOfMonth => date.day.into(),
        Func::DayOfYear => days - first_of_month(date.year, 1).days() + 1,
        Func::DaysInMonth => days_in_month(date),
        Func::Month => date.month.into(),
        _ => date.year,
    };
    part as f64
}

/// The seconds as Go's clock has them: what no `int64` holds, NaN included,
/// becomes the least one, which its calendar takes for 2^63.
fn whole_seconds(seconds: f64) -> i128 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&seconds) && seconds != -LIMIT {
        seconds as i128
    } else {
        1 << 63
    }
}

fn first_of_month(year: i64, month: u32) -> Date {
    Date {
        year,
        month,
        day: 1,
    }
}

fn days_in_month(Date { year, month, .. }: Date) -> i64 {
    let next = if month == 12 {
        first_of_month(year + 1, 1)
    } else {
        first_of_month(year, month + 1)
    };
    next.days() - first_of_month(year, month).days()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(seconds: i64, expected: [i64; 6]) {
        let funcs = [
            Func::Year,
            Func::Month,
            Func::DayOfMonth,
            Func::DayOfYear,
            Func::DayOfWeek,
            Func::DaysInMonth,
        ];
        for (func, expected) in funcs.into_iter().zip(expected) {
            assert_eq!(
                part(func, seconds as f64),
                expected as f64,
                "{func:?} of {seconds}"
            );
        }
    }

    #[test]
    fn knows_leap_years_and_times_before_the_epoch() {
        check(0, [1970, 1, 1, 1, 4, 31]);
        check(951_782_400, [2000, 2, 29, 60, 2, 29]);
        check(1_709_164_800, [2024, 2, 29, 60, 4, 29]);
        check(-1, [1969, 12, 31, 365, 3, 31]);
        check(4_107_456_000, [2100, 2, 28, 59, 0, 28]);
    }

    #[test]
    fn survives_absurd_times() {
        for seconds in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
            assert!(part(Func::Year, seconds).is_finite());
        }
    }
}
