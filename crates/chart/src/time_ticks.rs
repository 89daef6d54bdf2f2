//! A span of time to its ticks: where they stand, what they say.
//!
//! Contract: ticks are round times of the zone's own clock and calendar, over
//! changes of its offset too, and far enough apart that their texts never
//! collide. The same moment is a tick for as long as the span's length stays,
//! so that ticks slide and do not jump.

use crate::civil::{
    self, DAY_MS, Date, HOUR_MS, MINUTE_MS, SECOND_MS, Zone, local_ms, moment_of_local,
};
use crate::number::{push_integer, push_two_digits};

/// A tick of the time axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeTick {
    /// Its moment.
    pub time_ms: i64,
    /// Which multiple of the ticks' distance it is: the same for as long as it is shown.
    pub index: i64,
    /// What its label says.
    pub text: String,
}

/// The distance of two ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A fixed time, a whole part of a day or whole days.
    Fixed(i64),
    /// Months of the calendar.
    Months(i64),
}

const STEPS: [Step; 32] = [
    Step::Fixed(1),
    Step::Fixed(2),
    Step::Fixed(5),
    Step::Fixed(10),
    Step::Fixed(50),
    Step::Fixed(100),
    Step::Fixed(500),
    Step::Fixed(SECOND_MS),
    Step::Fixed(2 * SECOND_MS),
    Step::Fixed(5 * SECOND_MS),
    Step::Fixed(10 * SECOND_MS),
    Step::Fixed(15 * SECOND_MS),
    Step::Fixed(30 * SECOND_MS),
    Step::Fixed(MINUTE_MS),
    Step::Fixed(2 * MINUTE_MS),
    Step::Fixed(5 * MINUTE_MS),
    Step::Fixed(10 * MINUTE_MS),
    Step::Fixed(15 * MINUTE_MS),
    Step::Fixed(30 * MINUTE_MS),
    Step::Fixed(HOUR_MS),
    Step::Fixed(2 * HOUR_MS),
    Step::Fixed(3 * HOUR_MS),
    Step::Fixed(6 * HOUR_MS),
    Step::Fixed(12 * HOUR_MS),
    Step::Fixed(DAY_MS),
    Step::Fixed(2 * DAY_MS),
    Step::Fixed(7 * DAY_MS),
    Step::Months(1),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(60),
];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
/// The mean length of a month.
const MONTH_MS: i64 = 2_629_746_000;
/// The last moment that JavaScript's dates can name, likewise before the epoch.
const END_MS: i64 = 8_640_000_000_000_000;
/// CSS pixels of a digit of a label, and of the space between two labels.
const DIGIT_PX: f64 = 7.0;
const SPACE_PX: f64 = 28.0;

impl Step {
    fn length_ms(self) -> i64 {
        match self {
            Self::Fixed(length_ms) => length_ms,
            Self::Months(months) => months * MONTH_MS,
        }
    }

    fn label_px(self) -> f64 {
        let digits = match self {
            Self::Fixed(length_ms) if length_ms < SECOND_MS => 12.0,
            Self::Fixed(length_ms) if length_ms < MINUTE_MS => 8.0,
            _ => 6.0,
        };
        digits * DIGIT_PX + SPACE_PX
    }
}

/// The ticks between two moments for a plot `width_px` CSS pixels wide.
pub fn ticks(from_ms: i64, to_ms: i64, width_px: f64, zone: Zone) -> Vec<TimeTick> {
    let (from_ms, to_ms) = (from_ms.clamp(-END_MS, END_MS), to_ms.clamp(-END_MS, END_MS));
    let span_ms = (to_ms - from_ms).max(1) as f64;
    let mut steps = STEPS.iter();
    let fitting =
        steps.find(|step| step.length_ms() as f64 / span_ms * width_px >= step.label_px());
    let step = fitting.copied().unwrap_or_else(|| {
        let lustra = span_ms / width_px * DIGIT_PX * 10.0 / (60 * MONTH_MS) as f64;
        Step::Months(60 * lustra.ceil() as i64)
    });
    let mut ticks = Vec::new();
    match step {
        Step::Fixed(length_ms) => fixed_ticks(from_ms, to_ms, length_ms, zone, &mut ticks),
        Step::Months(months) => month_ticks(from_ms, to_ms, months, zone, &mut ticks),
    }
    ticks
}

/// Every local time that is a multiple of the step. The clock's change makes
/// one distance longer or shorter: what then stands too near to the tick before
/// is left out.
fn fixed_ticks(from_ms: i64, to_ms: i64, step_ms: i64, zone: Zone, ticks: &mut Vec<TimeTick>) {
    let days = step_ms / DAY_MS;
    // Weeks start on Monday; 1970-01-01 was a Thursday.
    let origin = if days == 7 { -3 * DAY_MS } else { 0 };
    // What the clock skips or repeats at the window's start is at most an hour.
    let before = if step_ms > HOUR_MS { HOUR_MS } else { 0 };
    let start = local_ms(from_ms, zone) - origin - before;
    let mut local = start.div_euclid(step_ms) * step_ms + origin;
    let mut offset = zone(from_ms);
    let mut last_ms = i64::MIN / 2;
    loop {
        let mut time_ms = moment_of_local(local, zone);
        if step_ms <= HOUR_MS {
            // Up to an hour every moment of the doubled hour has its tick.
            time_ms = local - i64::from(offset) * SECOND_MS;
            let there = zone(time_ms);
            if there != offset {
                local += (i64::from(there) - i64::from(offset)) * SECOND_MS;
                offset = there;
            }
        }
        if time_ms > to_ms {
            return;
        }
        if time_ms >= from_ms && time_ms - last_ms >= step_ms * 3 / 4 {
            last_ms = time_ms;
            ticks.push(TimeTick {
                time_ms,
                index: (local - origin).div_euclid(step_ms),
                text: label(local_ms(time_ms, zone), step_ms),
            });
        }
        local += step_ms;
    }
}

fn month_ticks(from_ms: i64, to_ms: i64, step: i64, zone: Zone, ticks: &mut Vec<TimeTick>) {
    let first = Date::from_days(local_ms(from_ms, zone).div_euclid(DAY_MS));
    let mut index = (first.year * 12 + i64::from(first.month) - 1).div_euclid(step);
    loop {
        let months = index * step;
        let date = Date {
            year: months.div_euclid(12),
            month: months.rem_euclid(12) as u32 + 1,
            day: 1,
        };
        let time_ms = moment_of_local(date.days() * DAY_MS, zone);
        if time_ms > to_ms {
            return;
        }
        if time_ms >= from_ms {
            ticks.push(TimeTick {
                time_ms,
                index,
                text: label(date.days() * DAY_MS, DAY_MS * 28),
            });
        }
        index += 1;
    }
}

/// The clock for steps within a day, the date for midnights and longer steps,
/// the month or the year where that is what begins.
fn label(local: i64, step_ms: i64) -> String {
    let mut text = String::new();
    let parts = match step_ms {
        ..SECOND_MS => 4,
        SECOND_MS..MINUTE_MS => 3,
        _ => 2,
    };
    if step_ms < DAY_MS && local.rem_euclid(DAY_MS) != 0 {
        civil::push_clock(&mut text, local, parts);
        return text;
    }
    let date = Date::from_days(local.div_euclid(DAY_MS));
    if step_ms >= DAY_MS * 28 && date.month == 1 {
        push_integer(&mut text, date.year.unsigned_abs());
        return text;
    }
    text.push_str(MONTHS[(date.month as usize + 11) % 12]);
    if step_ms < DAY_MS * 28 {
        text.push(' ');
        push_integer(&mut text, u64::from(date.day));
    }
    text
}

/// A moment as a cursor's heading says it: the clock alone within the span of a
/// day, with its date otherwise.
pub fn cursor_text(time_ms: i64, span_ms: i64, zone: Zone) -> String {
    let local = local_ms(time_ms, zone);
    let mut text = String::new();
    if span_ms > DAY_MS {
        let date = Date::from_days(local.div_euclid(DAY_MS));
        text.push_str(MONTHS[(date.month as usize + 11) % 12]);
        text.push(' ');
        push_two_digits(&mut text, date.day);
        text.push(' ');
    }
    let parts = if local.rem_euclid(SECOND_MS) == 0 {
        3
    } else {
        4
    };
    civil::push_clock(&mut text, local, parts);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-20 12:00 UTC.
    const NOON: i64 = 1_795_176_000_000;

    /// Berlin in 2026: summer time from 29 March 01:00 UTC to 25 October 01:00 UTC.
    fn berlin(time_ms: i64) -> i32 {
        let summer = 1_774_746_000_000..1_792_890_000_000;
        if summer.contains(&time_ms) {
            7_200
        } else {
            3_600
        }
    }

    fn check(from_ms: i64, span_ms: i64, width_px: f64, zone: Zone, expected: &[&str]) {
        let ticks = ticks(from_ms, from_ms + span_ms, width_px, zone);
        let texts: Vec<_> = ticks.iter().map(|tick| tick.text.as_str()).collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn ticks_are_round_times() {
        let utc: Zone = &civil::utc;
        check(
            NOON + 1,
            15 * MINUTE_MS,
            400.0,
            utc,
            &["12:05", "12:10", "12:15"],
        );
        check(
            NOON,
            60 * SECOND_MS,
            400.0,
            utc,
            &["12:00:00", "12:00:15", "12:00:30", "12:00:45", "12:01:00"],
        );
        check(
            NOON,
            24 * HOUR_MS,
            400.0,
            utc,
            &["12:00", "18:00", "Nov 21", "06:00", "12:00"],
        );
        check(
            NOON,
            8 * DAY_MS,
            400.0,
            utc,
            &["Nov 21", "Nov 23", "Nov 25", "Nov 27"],
        );
        check(NOON, 100 * DAY_MS, 400.0, utc, &["Dec", "2027", "Feb"]);
        check(NOON, 900, 400.0, utc, &["12:00:00.000", "12:00:00.500"]);
    }

    #[test]
    fn ticks_follow_the_clock_over_daylight_saving_changes() {
        let spring = 1_774_746_000_000 - 2 * HOUR_MS;
        check(
            spring,
            4 * HOUR_MS,
            400.0,
            &berlin,
            &["00:00", "01:00", "03:00", "04:00", "05:00"]
                .map(|text| if text == "00:00" { "Mar 29" } else { text }),
        );
        let autumn = 1_792_890_000_000 - 2 * HOUR_MS;
        check(
            autumn,
            4 * HOUR_MS,
            400.0,
            &berlin,
            &["01:00", "02:00", "02:00", "03:00", "04:00"],
        );
        check(
            autumn - 4 * HOUR_MS,
            24 * HOUR_MS,
            300.0,
            &berlin,
            &["Oct 25", "06:00", "12:00", "18:00"],
        );
        check(
            spring - 3 * DAY_MS,
            5 * DAY_MS,
            500.0,
            &berlin,
            &["Mar 26", "Mar 27", "Mar 28", "Mar 29", "Mar 30", "Mar 31"],
        );
    }

    #[test]
    fn no_span_has_more_ticks_than_fit() {
        let ends = [
            i64::MIN,
            -END_MS,
            -1,
            0,
            1,
            NOON,
            NOON + 400 * DAY_MS,
            END_MS,
            i64::MAX,
        ];
        for from_ms in ends {
            for to_ms in ends {
                let count = ticks(from_ms, to_ms, 500.0, &berlin).len();
                assert!(count <= 12, "{count} from {from_ms} to {to_ms}");
            }
        }
    }

    #[test]
    fn a_sliding_window_keeps_its_ticks() {
        let span_ms = 15 * MINUTE_MS;
        let first = ticks(NOON, NOON + span_ms, 500.0, &civil::utc);
        for shift_ms in (0..span_ms).step_by(7_777) {
            let moved = ticks(
                NOON + shift_ms,
                NOON + shift_ms + span_ms,
                500.0,
                &civil::utc,
            );
            let shared = first.iter().filter(|tick| tick.time_ms >= NOON + shift_ms);
            assert!(shared.into_iter().all(|tick| moved.contains(tick)));
        }
    }
}
