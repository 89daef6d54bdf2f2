//! A value to its height in the plot, and back: linear, logarithmic, symlog.
//!
//! Symlog is `sign(v) · ln(1 + |v| / c)`: even spacing within `c` of zero,
//! logarithmic beyond (Webber, "A bi-symmetric log transformation", 2013).

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
            Self::Symlog { linear_below } => (value.abs() / linear_below).ln_1p().copysign(value),
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
    /// The scale of a span; one without extent is widened to one.
    pub fn new(min: f64, max: f64, spacing: Spacing) -> Self {
        let max = if max > min { max } else { min + 1.0 };
        let low = spacing.stretch(min);
        let per_unit = 1.0 / (spacing.stretch(max) - low);
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
        (self.spacing.stretch(value) - self.low) * self.per_unit
    }

    /// The value that stands at `position`.
    pub fn value_at(&self, position: f64) -> f64 {
        self.spacing.shrink(position / self.per_unit + self.low)
    }
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
