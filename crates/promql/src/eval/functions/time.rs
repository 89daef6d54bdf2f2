//! Parts of the calendar (proleptic Gregorian, UTC).

use crate::function::Func;

const DAY_SECONDS: i128 = 86_400;

/// The asked-for part of the instant `seconds` after the Unix epoch.
pub(in super::super) fn part(func: Func, seconds: f64) -> f64 {
    let seconds = whole_seconds(seconds);
    let days = seconds.div_euclid(DAY_SECONDS);
    let in_day = seconds.rem_euclid(DAY_SECONDS);
    let date = Date::of(days);
    let part = match func {
        Func::Minute => in_day / 60 % 60,
        Func::Hour => in_day / 3600,
        // The epoch was a Thursday.
        Func::DayOfWeek => (days + 4).rem_euclid(7),
        Func::DayOfMonth => date.day,
        Func::DayOfYear => days - first_day(date.year, 1) + 1,
        Func::DaysInMonth => days_in_month(date.year, date.month),
        Func::Month => date.month,
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

#[derive(Clone, Copy, Debug)]
struct Date {
    year: i128,
    month: i128,
    day: i128,
}

impl Date {
    /// The date `days` after 1970-01-01 (Howard Hinnant's `civil_from_days`:
    /// years start in March, so that the leap day is the last one).
    fn of(days: i128) -> Self {
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        Self {
            year: year_of_era + era * 400 + i128::from(month <= 2),
            month,
            day: day_of_year - (153 * from_march + 2) / 5 + 1,
        }
    }
}

/// Days from 1970-01-01 to the first of the month.
fn first_day(year: i128, month: i128) -> i128 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let from_march = (month + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn days_in_month(year: i128, month: i128) -> i128 {
    let next = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    first_day(next.0, next.1) - first_day(year, month)
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
