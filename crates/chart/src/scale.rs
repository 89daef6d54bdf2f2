//! A value to its height in the plot, and back: linear, logarithmic, symlog.
//!
//! Symlog is `sign(v) · ln(1 + |v| / c)`: even spacing within `c` of zero,
//! logarithmic beyond (Webber, "A bi-symmetric log transformation", 2013).
//!
//! Contract: every number but NaN has a finite position, on any scale; those
//! beyond [`GREATEST`] share its position.

use crate::axis_spec::{GREATEST, bounded};

/// How many spans beyond the ends a value's place is told at most.
const FARTHEST: f64 = 1e9;

/// How values are spaced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spacing {
    /// Evenly.
    Linear,
    /// By their logarithm; values at or below zero have no place.
    Log,
    /// By their logarithm, evenly nearer to zero than `linear_below`.
    Symlog {
        /// Above zero.
        linear_below: f64,
    },
}

impl Spacing {
    fn stretch(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.max(f64::MIN_POSITIVE).log10(),
            Self::Symlog { linear_below } => {
                let times = value.abs() / linear_below;
                let stretched = if times.is_finite() {
                    times.ln_1p()
                } else {
                    value.abs().ln() - linear_below.ln()
                };
                stretched.copysign(value)
            }
        }
    }

    fn shrink(self, stretched: f64) -> f64 {
        match self {
            Self::Linear => stretched,
            Self::Log => 10_f64.powf(stretched),
            Self::Symlog { linear_below } => {
                (stretched.abs().exp_m1() * linear_below).copysign(stretched)
            }
        }
    }
}

/// A span of values and how it is spaced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The lowest value.
    pub min: f64,
    /// The highest value, above `min`.
    pub max: f64,
    /// How the values between are spaced.
    pub spacing: Spacing,
    low: f64,
    per_unit: f64,
}

impl Scale {
    /// The scale of a span; one without extent is widened.
    pub fn new(min: f64, max: f64, spacing: Spacing) -> Self {
        let (min, max) = (bounded(min), bounded(max));
        let max = if max > min { max } else { min + widening(min) };
        let low = spacing.stretch(min);
        // Neighbouring numbers may have the same logarithm.
        let least = f64::EPSILON * low.abs().max(1.0);
        let extent = match spacing {
            Spacing::Linear => max - min,
            _ => (spacing.stretch(max) - low).max(least),
        };
        let per_unit = 1.0 / extent;
        Self {
            min,
            max,
            spacing,
            low,
            per_unit,
        }
    }

    /// Where `value` stands: 0 at `min`, 1 at `max`, outside of that beyond.
    pub fn position(&self, value: f64) -> f64 {
        let position = (self.spacing.stretch(bounded(value)) - self.low) * self.per_unit;
        position.clamp(-FARTHEST, FARTHEST)
    }

    /// The value that stands at `position`.
    pub fn value_at(&self, position: f64) -> f64 {
        let value = self.spacing.shrink(position / self.per_unit + self.low);
        value.clamp(-GREATEST, GREATEST)
    }
}

/// By how much a span without extent at `value` is widened: by one, or by as
/// little as makes a difference there.
pub(crate) fn widening(value: f64) -> f64 {
    (value.abs() * 1e-9).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scale: Scale, value: f64, position: f64) {
        assert!((scale.position(value) - position).abs() < 1e-9, "{value}");
        let back = scale.value_at(position);
        assert!(
            (back - value).abs() <= 1e-9 * value.abs().max(1.0),
            "{back}"
        );
    }

    #[test]
    fn values_and_positions_are_each_others_inverse() {
        let linear = Scale::new(-10.0, 30.0, Spacing::Linear);
        check(linear, -10.0, 0.0);
        check(linear, 0.0, 0.25);
        check(linear, 50.0, 1.5);
        let log = Scale::new(0.01, 100.0, Spacing::Log);
        check(log, 1.0, 0.5);
        check(log, 10.0, 0.75);
        let symlog = Scale::new(-100.0, 100.0, Spacing::Symlog { linear_below: 1.0 });
        check(symlog, 0.0, 0.5);
        check(symlog, 100.0, 1.0);
        check(symlog, -9.0, 0.5 - 0.5 * 10_f64.ln() / 101_f64.ln());
    }

    #[test]
    fn a_span_without_extent_has_a_scale() {
        assert_eq!(Scale::new(3.0, 3.0, Spacing::Linear).position(3.0), 0.0);
    }
}
