//! A span of time to an axis: where a moment stands.
//!
//! Moments are placed on an absolute raster, counted from the epoch, so that a
//! span that moves shifts every mark by the same whole number of units.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged};

/// A span of time on a raster of backend units.
#[derive(Clone, Debug)]
pub struct TimeAxis {
    from_ms: i64,
    to_ms: i64,
    ms_per_unit: f64,
    /// The unit, counted from the epoch, that is the plot's left edge.
    origin: i64,
}

impl TimeAxis {
    /// The axis for a plot `width` units wide whose left edge falls on a
    /// multiple of `quantum` units: 1 for a still, a device pixel for a picture
    /// that is shifted as pixels.
    pub fn new(from_ms: i64, to_ms: i64, width: i32, quantum: i32) -> Self {
        let ms_per_unit = (to_ms - from_ms).max(1) as f64 / f64::from(width.max(1));
        let quantum = i64::from(quantum.max(1));
        let exact = from_ms as f64 / ms_per_unit;
        Self {
            from_ms,
            to_ms,
            ms_per_unit,
            origin: (exact / quantum as f64).floor() as i64 * quantum,
        }
    }

    /// Where a moment stands, in units from the plot's left edge.
    pub fn unit_of(&self, time_ms: i64) -> i32 {
        let absolute = (time_ms as f64 / self.ms_per_unit).round() as i64;
        (absolute - self.origin).clamp(-1 << 28, 1 << 28) as i32
    }

    /// How long a unit is.
    pub fn ms_per_unit(&self) -> f64 {
        self.ms_per_unit
    }

    /// The unit, counted from the epoch, of the plot's left edge.
    pub fn origin(&self) -> i64 {
        self.origin
    }
}

impl Ranged for TimeAxis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = i64;

    fn map(&self, value: &i64, limit: (i32, i32)) -> i32 {
        limit.0 + self.unit_of(*value)
    }

    /// None: only values have grid lines, moments have the cursor.
    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<i64> {
        Vec::new()
    }

    fn range(&self) -> Range<i64> {
        self.from_ms..self.to_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-20 12:00 UTC.
    const NOON: i64 = 1_795_176_000_000;

    #[test]
    fn a_moving_window_shifts_by_whole_pixels() {
        let axis = |from_ms| TimeAxis::new(from_ms, from_ms + 900_000, 4_800, 8);
        let first = axis(NOON);
        for shift_ms in [1, 999, 1_000, 5_000] {
            let moved = axis(NOON + shift_ms);
            let shift = moved.origin() - first.origin();
            assert_eq!(shift % 8, 0);
            for time_ms in (NOON..NOON + 900_000).step_by(7_919) {
                assert_eq!(
                    i64::from(first.unit_of(time_ms) - moved.unit_of(time_ms)),
                    shift
                );
            }
        }
    }
}
