//! What is asked of a value axis: unit, ends, spacing, height.
//!
//! Contract: whatever is asked, an axis computes with numbers from
//! -[`GREATEST`] to [`GREATEST`], none of them nearer to zero than
//! [`SMALLEST`] but zero itself ([`bounded`]): sums, spans, steps and quotients
//! of such numbers are finite. What is greater stands at the same place as
//! [`GREATEST`]; its text still says its value.

use crate::scale::Spacing;
use crate::unit::Unit;

/// The greatest magnitude that an axis tells from greater ones.
pub(crate) const GREATEST: f64 = 1e290;
/// The smallest magnitude that an axis tells from zero.
pub(crate) const SMALLEST: f64 = 1e-290;

/// What is asked of a value axis.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisSpec {
    /// The unit of the values.
    pub unit: Unit,
    /// Digits after the point; `None` as the ticks need.
    pub decimals: Option<u8>,
    /// A fixed lower end.
    pub min: Option<f64>,
    /// A fixed upper end.
    pub max: Option<f64>,
    /// How the values are spaced.
    pub spacing: Spacing,
    /// Whether zero must be in sight: areas, bars and stacks stand on it.
    pub from_zero: bool,
    /// The height in CSS pixels for which ticks are chosen.
    pub height_px: f64,
}

impl AxisSpec {
    /// The same with numbers that an axis can compute with; ends that are no
    /// numbers are not fixed.
    pub(crate) fn bounded(self) -> Self {
        Self {
            min: self.min.filter(|end| end.is_finite()).map(bounded),
            max: self.max.filter(|end| end.is_finite()).map(bounded),
            spacing: match self.spacing {
                Spacing::Symlog { linear_below } => Spacing::Symlog {
                    linear_below: linear_below.clamp(1e-30, 1e30),
                },
                spacing => spacing,
            },
            ..self
        }
    }
}

/// The number with which an axis computes for `value`, which may be infinite.
pub(crate) fn bounded(value: f64) -> f64 {
    if value.abs() < SMALLEST {
        return 0.0;
    }
    value.clamp(-GREATEST, GREATEST)
}
