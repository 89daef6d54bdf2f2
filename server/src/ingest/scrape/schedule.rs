//! When a target is scraped: on a grid of its own, so that targets do not all
//! come at once and a target's samples lie evenly.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use super::target::Target;

/// A new target is scraped within this time once, so that its board does not
/// wait for the grid.
const FIRST_LOOK_MS: i64 = 1_000;

/// A scrape that starts at most this late counts as on time: evenly spaced
/// timestamps compress best.
const MAX_TOLERANCE_MS: i64 = 10;

/// The times of one target's scrapes.
#[derive(Debug)]
pub struct Schedule {
    interval_ms: i64,
    /// The grid is at this distance from multiples of the interval.
    offset_ms: i64,
    /// When the next scrape is due.
    next_ms: i64,
}

impl Schedule {
    /// The schedule of a target that is new at `now_ms`.
    pub fn new(target: &Target, now_ms: i64) -> Self {
        let mut hasher = DefaultHasher::new();
        target.hash(&mut hasher);
        Self::with_spread(target.interval, hasher.finish(), now_ms)
    }

    fn with_spread(interval: Duration, spread: u64, now_ms: i64) -> Self {
        let interval_ms = i64::try_from(interval.as_millis())
            .unwrap_or(i64::MAX)
            .max(1);
        let offset_ms = (spread % interval_ms as u64) as i64;
        let mut schedule = Self {
            interval_ms,
            offset_ms,
            next_ms: 0,
        };
        let first_look_ms = now_ms + offset_ms % FIRST_LOOK_MS;
        schedule.next_ms = schedule.on_grid_after(now_ms).min(first_look_ms);
        schedule
    }

    /// How long to wait for the next scrape.
    pub fn wait(&self, now_ms: i64) -> Duration {
        // A clock that was set back must not stop the target for long.
        let wait_ms = (self.next_ms - now_ms).clamp(0, self.interval_ms);
        Duration::from_millis(wait_ms as u64)
    }

    /// The time that the scrape starting at `now_ms` is given; plans the next
    /// one. Times that were missed are left out.
    pub fn start(&mut self, now_ms: i64) -> i64 {
        let tolerance_ms = (self.interval_ms / 100).min(MAX_TOLERANCE_MS);
        let lateness_ms = now_ms - self.next_ms;
        let at_ms = if (0..=tolerance_ms).contains(&lateness_ms) {
            self.next_ms
        } else {
            now_ms
        };
        self.next_ms = self.on_grid_after(at_ms);
        at_ms
    }

    fn on_grid_after(&self, time_ms: i64) -> i64 {
        let into_ms = (time_ms - self.offset_ms).rem_euclid(self.interval_ms);
        time_ms - into_ms + self.interval_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_700_000_000_123;

    fn schedule(interval_s: u64, spread: u64) -> Schedule {
        Schedule::with_spread(Duration::from_secs(interval_s), spread, NOW_MS)
    }

    #[test]
    fn looks_early_once_and_then_keeps_to_the_grid() {
        let mut schedule = schedule(15, 7_300);
        assert_eq!(schedule.wait(NOW_MS), Duration::from_millis(300));
        assert_eq!(schedule.start(NOW_MS + 300), NOW_MS + 300);
        let second = schedule.next_ms;
        assert_eq!(second.rem_euclid(15_000), 7_300);
        assert_eq!(
            schedule.start(second + 3),
            second,
            "a little late is on time"
        );
        assert_eq!(schedule.next_ms, second + 15_000);
    }

    #[test]
    fn leaves_out_what_it_missed() {
        let mut schedule = schedule(5, 0);
        let late = NOW_MS + 23_000;
        assert_eq!(schedule.start(late), late);
        assert!(schedule.next_ms > late && schedule.next_ms <= late + 5_000);
    }

    #[test]
    fn a_clock_set_back_stops_nothing_for_long() {
        let mut schedule = schedule(5, 0);
        schedule.start(NOW_MS);
        assert!(schedule.wait(NOW_MS - 3_600_000) <= Duration::from_secs(5));
        assert_eq!(schedule.start(NOW_MS - 3_595_000), NOW_MS - 3_595_000);
    }

    #[test]
    fn spreads_targets_over_the_interval() {
        let first_half = (0..1_000u64)
            .map(|spread| schedule(60, spread.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
            .filter(|schedule| schedule.offset_ms < 30_000)
            .count();
        assert!((400..600).contains(&first_half), "{first_half}");
    }
}
