//! A span of time to an axis: where a moment stands.
//!
//! Moments are placed on an absolute raster, counted from the epoch, so that a
//! span that moves shifts every mark by the same whole number of units.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged};

use crate::path::UNITS_PER_PX;

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
    /// The axis for a plot `width` units wide. Where the span is that of the
    /// axis `before`, only moved, it has moved by whole pixels.
    pub fn new(from_ms: i64, to_ms: i64, width: i32, before: Option<&Self>) -> Self {
        let ms_per_unit = (to_ms - from_ms).max(1) as f64 / f64::from(width.max(1));
        let exact = (from_ms as f64 / ms_per_unit).round() as i64;
        let before = before.filter(|before| before.ms_per_unit == ms_per_unit);
        let px = i64::from(UNITS_PER_PX);
        let origin = before.map_or(exact, |before| {
            before.origin + (exact - before.origin).div_euclid(px) * px
        });
        Self {
            from_ms,
            to_ms,
            ms_per_unit,
            origin,
        }
    }

    /// How many pixels this axis' left edge is right of that of the axis
    /// `before`; `None` where the two have not the same span, or not by whole pixels.
    pub fn shift_px(&self, before: &Self) -> Option<i64> {
        let units = self.origin - before.origin;
        let px = i64::from(UNITS_PER_PX);
        (self.ms_per_unit == before.ms_per_unit && units % px == 0).then(|| units / px)
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
        let first = TimeAxis::new(NOON + 17, NOON + 17 + 900_000, 4_800, None);
        let mut before = first.clone();
        for moved_ms in [18, 999, 1_000, 5_000] {
            let from_ms = NOON + moved_ms;
            let moved = TimeAxis::new(from_ms, from_ms + 900_000, 4_800, Some(&before));
            let shift = moved.shift_px(&first).unwrap();
            assert_eq!(shift, (moved_ms - 17) / 1_500);
            for time_ms in (NOON..NOON + 900_000).step_by(7_919) {
                let units = i64::from(first.unit_of(time_ms) - moved.unit_of(time_ms));
                assert_eq!(units, shift * 8);
            }
            before = moved;
        }
    }

    #[test]
    fn another_span_is_no_shift() {
        let first = TimeAxis::new(NOON, NOON + 900_000, 4_800, None);
        let other = TimeAxis::new(NOON, NOON + 800_000, 4_800, Some(&first));
        assert_eq!(other.shift_px(&first), None);
    }
}
