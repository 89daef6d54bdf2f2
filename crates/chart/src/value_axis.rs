//! A range of values to an axis: its ends, its ticks, their texts.
//!
//! Contract: ends and ticks are round numbers of the unit, at most six ticks,
//! and an axis that still fits is kept, so that a moving chart does not rescale
//! at every point ([`ValueAxis::fit`]).

use std::ops::{Range, RangeInclusive};

use plotters::coord::ranged1d::{
    KeyPointHint, NoDefaultFormatting, Ranged, ReversibleRanged, ValueFormatter,
};

use crate::axis_spec::{AxisSpec, bounded};
use crate::scale::{Scale, Spacing};
use crate::ticks;

/// A value axis, ready to place values.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueAxis {
    spec: AxisSpec,
    scale: Scale,
    ticks: Vec<f64>,
    /// The distance of two ticks; 0 on logarithmic axes.
    step: f64,
    /// The part of the height left free above and below, so that a line at the
    /// axis' end is seen in full.
    inset: f64,
}

/// CSS pixels left free above and below.
const INSET_PX: f64 = 2.0;
/// CSS pixels that a tick needs.
const TICK_PX: f64 = 36.0;
/// CSS pixels between the middles of two texts that do not collide.
const LABEL_PX: f64 = 14.0;
/// Where a tick is in sight, give or take what arithmetic rounds off.
const SEEN: RangeInclusive<f64> = -1e-6..=1.0 + 1e-6;
/// A kept axis must be filled at least to this part by its values.
const KEPT_FILL: f64 = 0.4;

impl ValueAxis {
    /// The axis for values from `range.0` to `range.1` (`None`: there are none):
    /// `previous` where that still serves, a new one otherwise.
    pub fn fit(spec: AxisSpec, range: Option<(f64, f64)>, previous: Option<&Self>) -> Self {
        let spec = spec.bounded();
        let range = range.map(|(low, high)| (bounded(low), bounded(high)));
        let kept = previous.filter(|axis| axis.spec == spec && axis.serves(range));
        kept.cloned().unwrap_or_else(|| Self::new(spec, range))
    }

    fn new(spec: AxisSpec, range: Option<(f64, f64)>) -> Self {
        let intervals = (spec.height_px / TICK_PX).clamp(2.0, 5.0) as usize;
        let ladder = ticks::ladder(&spec, range, intervals);
        let inset = (INSET_PX / spec.height_px.max(1.0)).min(0.1);
        let scale = Scale::new(ladder.min, ladder.max, spec.spacing);
        // Where values near zero are pressed together, zero itself is the one to read.
        let mut ticks = ladder.ticks;
        // Between neighbouring numbers there is no round one: the nearest may lie outside.
        ticks.retain(|tick| SEEN.contains(&scale.position(*tick)));
        if ticks.contains(&0.0) {
            let apart = LABEL_PX / spec.height_px.max(1.0);
            let zero = scale.position(0.0);
            ticks.retain(|tick| *tick == 0.0 || (scale.position(*tick) - zero).abs() >= apart);
        }
        Self {
            scale,
            ticks,
            step: ladder.step,
            inset,
            spec,
        }
    }

    /// Whether all values are in sight and fill the axis well enough.
    fn serves(&self, range: Option<(f64, f64)>) -> bool {
        let Some((low, high)) = range else {
            return true;
        };
        let (bottom, top) = (self.scale.position(low), self.scale.position(high));
        let fixed = (self.spec.min.is_some(), self.spec.max.is_some());
        let inside = (fixed.0 || bottom >= 0.0) && (fixed.1 || top <= 1.0);
        let zero = self.scale.position(0.0).clamp(0.0, 1.0);
        let (bottom, top) = match self.scale.spacing {
            Spacing::Linear => (bottom.min(zero), top.max(zero)),
            _ => (bottom, top),
        };
        inside
            && (fixed == (true, true)
                || top - bottom >= KEPT_FILL
                || self.scale.min == 0.0 && high == 0.0)
    }

    /// Where a value stands: 0 at the plot's bottom, 1 at its top.
    pub fn position(&self, value: f64) -> f64 {
        self.inset + self.scale.position(value) * (1.0 - 2.0 * self.inset)
    }

    /// The value at a position.
    pub fn value_at(&self, position: f64) -> f64 {
        self.scale
            .value_at((position - self.inset) / (1.0 - 2.0 * self.inset))
    }

    /// The value on which areas and bars stand: zero, or the end nearest to it.
    pub fn ground(&self) -> f64 {
        0.0_f64.clamp(self.scale.min, self.scale.max)
    }

    /// The lowest and the highest value.
    pub fn ends(&self) -> (f64, f64) {
        (self.scale.min, self.scale.max)
    }

    /// The values at which grid lines stand, ascending.
    pub fn ticks(&self) -> &[f64] {
        &self.ticks
    }

    /// The text at a tick.
    pub fn tick_text(&self, tick: f64) -> String {
        let unit = &self.spec.unit;
        match (self.spec.decimals, self.step > 0.0) {
            (None, true) => unit.format_tick(tick, self.step),
            (decimals, _) => unit.format(tick, decimals),
        }
    }

    /// The text of any value of the axis.
    pub fn value_text(&self, value: f64) -> String {
        self.spec.unit.format(value, self.spec.decimals)
    }
}

impl Ranged for ValueAxis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let extent = f64::from(limit.1 - limit.0);
        // What lies far outside fixed ends has a place as far as there are places.
        limit
            .0
            .saturating_add((self.position(*value) * extent).round() as i32)
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.scale.min..self.scale.max
    }
}

impl ReversibleRanged for ValueAxis {
    fn unmap(&self, input: i32, limit: (i32, i32)) -> Option<f64> {
        let extent = f64::from(limit.1 - limit.0);
        (extent != 0.0).then(|| self.value_at(f64::from(input - limit.0) / extent))
    }
}

impl ValueFormatter<f64> for ValueAxis {
    fn format_ext(&self, value: &f64) -> String {
        self.value_text(*value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::Unit;

    fn spec(unit: &str, from_zero: bool) -> AxisSpec {
        AxisSpec {
            unit: Unit::from_id(unit),
            decimals: None,
            min: None,
            max: None,
            spacing: Spacing::Linear,
            from_zero,
            height_px: 180.0,
        }
    }

    fn check(spec: AxisSpec, range: (f64, f64), expected: &[&str]) {
        let axis = ValueAxis::fit(spec, Some(range), None);
        let texts: Vec<_> = axis
            .ticks()
            .iter()
            .map(|tick| axis.tick_text(*tick))
            .collect();
        assert_eq!(texts, expected);
        assert!(axis.position(range.0) >= 0.0 && axis.position(range.1) <= 1.0);
    }

    #[test]
    fn axes_end_on_round_numbers() {
        check(
            spec("s", false),
            (0.031, 0.94),
            &["0 s", "200 ms", "400 ms", "600 ms", "800 ms", "1 s"],
        );
        check(
            spec("percentunit", false),
            (0.971, 0.999),
            &["97 %", "98 %", "99 %", "100 %"],
        );
        check(
            spec("short", true),
            (3.0, 16.0),
            &["0", "5", "10", "15", "20"],
        );
        check(
            spec("bytes", false),
            (1.1e9, 3.9e9),
            &["0 B", "1 GiB", "2 GiB", "3 GiB", "4 GiB"],
        );
        check(
            spec("s", false),
            (40.0, 700.0),
            &["0 s", "5 min", "10 min", "15 min"],
        );
        check(
            spec("short", false),
            (-3.0, 4.0),
            &["-4", "-2", "0", "2", "4"],
        );
    }

    #[test]
    fn an_axis_that_still_fits_is_kept() {
        let first = ValueAxis::fit(spec("s", false), Some((0.1, 0.9)), None);
        let cases = [
            ((0.1, 0.99), true),
            ((0.1, 0.5), true),
            ((0.1, 1.01), false),
            ((0.1, 0.3), false),
        ];
        for (range, kept) in cases {
            let next = ValueAxis::fit(spec("s", false), Some(range), Some(&first));
            assert_eq!(next == first, kept, "{range:?}");
        }
        assert_eq!(ValueAxis::fit(spec("s", false), None, Some(&first)), first);
    }

    #[test]
    fn fixed_ends_stay() {
        let fixed = AxisSpec {
            min: Some(0.0),
            max: Some(1.0),
            ..spec("percentunit", false)
        };
        let axis = ValueAxis::fit(fixed, Some((0.97, 3.0)), None);
        assert_eq!(axis.ends(), (0.0, 1.0));
    }

    #[test]
    fn logarithmic_axes_have_ticks_at_powers_of_ten() {
        let log = AxisSpec {
            spacing: Spacing::Log,
            ..spec("s", false)
        };
        check(
            log.clone(),
            (0.002, 30.0),
            &["1 ms", "10 ms", "100 ms", "1 s", "10 s", "1 min"],
        );
        let axis = ValueAxis::fit(log, Some((1e-9, 1e9)), None);
        assert!(axis.ticks().len() <= 6, "{:?}", axis.ticks());
        let symlog = AxisSpec {
            spacing: Spacing::Symlog { linear_below: 1.0 },
            ..spec("none", false)
        };
        check(symlog, (-50.0, 900.0), &["-100", "0", "100"]);
    }

    #[test]
    fn no_range_breaks_an_axis() {
        let tiny = 5e-324;
        let levels = [
            -1e308,
            -1.0,
            -tiny,
            0.0,
            tiny,
            1e-300,
            1.0,
            1.0 + 1e-15,
            1e18,
            1e308,
        ];
        let spacings = [
            Spacing::Linear,
            Spacing::Log,
            Spacing::Symlog { linear_below: 1.0 },
        ];
        for (index, low) in levels.into_iter().enumerate() {
            for high in levels[index..].iter().copied() {
                for (spacing, unit) in spacings.into_iter().zip(["s", "bytes", "short"]) {
                    let spec = AxisSpec {
                        spacing,
                        ..spec(unit, false)
                    };
                    let axis = ValueAxis::fit(spec, Some((low, high)), None);
                    let count = axis.ticks().len();
                    assert!(count <= 33, "{count} ticks from {low:e} to {high:e}");
                    let place = axis.map(&low, (0, 1_000));
                    let has_place = spacing != Spacing::Log || (1e-30..1e40).contains(&low);
                    let seen = (0..=1_000).contains(&place);
                    assert!(seen || !has_place, "{place} of {low:e} to {high:e}");
                }
            }
        }
    }
}
