//! The interval of an interval variable that is chosen to fit: a range of time
//! to a duration that people would choose for it.

use super::{ChoicesFrom, Variable};
use crate::duration;

/// What stands for the step that the page chooses itself, filled in later.
const STEP: &str = "$__interval";
/// What it is called.
pub(super) const AUTO: &str = "auto";

/// The durations that people choose, in milliseconds.
const NICE_MS: [u64; 27] = [
    1, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 30_000, 60_000,
    120_000, 300_000, 600_000, 900_000, 1_200_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000,
    21_600_000, 43_200_000, 86_400_000,
];

impl Variable {
    /// What stands for a chosen value: of an interval that is to fit a range of
    /// `range_ms` milliseconds, the interval.
    pub(super) fn fitted(&self, chosen: &str, range_ms: i64) -> String {
        let is_interval = matches!(self.from, ChoicesFrom::Interval(_));
        if !is_interval || chosen != AUTO && !chosen.starts_with("$__auto") {
            return chosen.to_owned();
        }
        if self.auto_count == 0 {
            return STEP.to_owned();
        }
        let range_ms = u64::try_from(range_ms).unwrap_or(0);
        let least_ms = duration::parse(&self.auto_min).unwrap_or(0);
        let nearest_ms = nice_ms(range_ms / u64::from(self.auto_count));
        duration::format(nearest_ms.max(least_ms).max(1))
    }
}

/// The duration of those that people choose that is nearest; whole days above a day.
fn nice_ms(ms: u64) -> u64 {
    let [.., day_ms] = NICE_MS;
    if ms > day_ms {
        return (ms + day_ms / 2) / day_ms * day_ms;
    }
    let nearest = NICE_MS.iter().min_by_key(|nice| nice.abs_diff(ms));
    nearest.copied().unwrap_or(day_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(count: u32, min: &str, range: &str, expected: &str) {
        let variable = Variable {
            from: ChoicesFrom::Interval(vec![AUTO.into()]),
            auto_count: count,
            auto_min: min.into(),
            ..Variable::default()
        };
        let range_ms = duration::parse(range).unwrap() as i64;
        assert_eq!(variable.fitted(AUTO, range_ms), expected, "{range}");
        assert_eq!(variable.fitted("$__auto_interval_x", range_ms), expected);
        assert_eq!(variable.fitted("5m", range_ms), "5m");
    }

    #[test]
    fn an_interval_fits_the_range() {
        check(0, "", "1h", "$__interval");
        check(30, "", "1h", "2m");
        check(30, "10s", "1m", "10s");
        check(10, "1m", "1d", "2h");
        check(2, "", "7d", "4d");
        check(100, "", "0s", "1ms");
    }
}
