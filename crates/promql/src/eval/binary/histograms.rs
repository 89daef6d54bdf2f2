//! What an operator makes of two values of which one at least is a histogram.

use std::sync::Arc;

use series::Histogram;
use series::histogram::HistogramMismatch;

use super::super::annotations::Annotations;
use super::super::column::{Column, ColumnMut, StepValue};
use super::operator::{Kept, Operator};
use crate::ast::BinaryOp;

/// Why two values have no result.
enum NoResult {
    /// A comparison filters them out.
    Filtered,
    /// The operator does not go with such values.
    Types(&'static str, &'static str),
    /// The histograms have no common buckets.
    Mismatch,
}

impl From<HistogramMismatch> for NoResult {
    fn from(_: HistogramMismatch) -> Self {
        Self::Mismatch
    }
}

impl Operator {
    /// Combines two columns into `out`, as [`Operator::combine_floats`] does, of
    /// which either may have histograms.
    pub(super) fn combine(
        self,
        out: &mut ColumnMut<'_>,
        other: Column<'_>,
        out_is_right: bool,
        kept: Kept,
        annotations: &Annotations,
    ) {
        if out.histograms.is_empty() && other.histograms.is_empty() {
            return self.combine_floats(out.floats, other.floats, out_is_right, kept);
        }
        for step in 0..out.floats.len() {
            let (mine, its) = (out.as_ref().get(step), other.get(step));
            let result = match (mine, its) {
                (Some(mine), Some(its)) if out_is_right => {
                    self.apply_values(its, mine, kept == Kept::Out, annotations)
                }
                (Some(mine), Some(its)) => self.apply_values(mine, its, false, annotations),
                _ => None,
            };
            out.set(step, result);
        }
    }

    /// The result of two values; a comparison that filters keeps the left one,
    /// or the right one where `keeps_right`.
    pub(super) fn apply_values(
        self,
        left: StepValue,
        right: StepValue,
        keeps_right: bool,
        annotations: &Annotations,
    ) -> Option<StepValue> {
        let result = match (left, right) {
            (StepValue::Float(left), StepValue::Float(right)) => {
                let kept = if keeps_right { right } else { left };
                return self.apply_present(left, right, kept).map(StepValue::Float);
            }
            (StepValue::Float(factor), StepValue::Histogram(histogram)) => {
                self.float_and_histogram(factor, histogram)
            }
            (StepValue::Histogram(histogram), StepValue::Float(number)) => {
                self.histogram_and_float(histogram, number)
            }
            (StepValue::Histogram(left), StepValue::Histogram(right)) => {
                self.histograms(left, &right)
            }
        };
        match result {
            Ok(value) => return Some(value),
            Err(NoResult::Filtered) => {}
            Err(NoResult::Types(left, right)) => {
                annotations.incompatible_types(left, self.op, right, self.span);
            }
            Err(NoResult::Mismatch) => annotations.mismatch_in_operator(self.op, self.span),
        }
        None
    }

    fn float_and_histogram(
        self,
        factor: f64,
        histogram: Arc<Histogram>,
    ) -> Result<StepValue, NoResult> {
        match self.op {
            BinaryOp::Mul => Ok(changed(histogram, |histogram| histogram.mul(factor))),
            _ => Err(NoResult::Types("float", "histogram")),
        }
    }

    fn histogram_and_float(
        self,
        histogram: Arc<Histogram>,
        number: f64,
    ) -> Result<StepValue, NoResult> {
        match self.op {
            BinaryOp::Mul => Ok(changed(histogram, |histogram| histogram.mul(number))),
            BinaryOp::Div => Ok(changed(histogram, |histogram| histogram.div(number))),
            _ => Err(NoResult::Types("histogram", "float")),
        }
    }

    fn histograms(
        self,
        mut left: Arc<Histogram>,
        right: &Histogram,
    ) -> Result<StepValue, NoResult> {
        let holds = match self.op {
            BinaryOp::Add => {
                Arc::make_mut(&mut left).add(right)?;
                return Ok(changed(left, |_| ()));
            }
            BinaryOp::Sub => {
                Arc::make_mut(&mut left).sub(right)?;
                return Ok(changed(left, |_| ()));
            }
            BinaryOp::Equal => left.same_data(right),
            BinaryOp::NotEqual => !left.same_data(right),
            _ => return Err(NoResult::Types("histogram", "histogram")),
        };
        match (self.returns_bool(), holds) {
            (true, holds) => Ok(StepValue::Float(f64::from(u8::from(holds)))),
            (false, true) => Ok(StepValue::Histogram(left)),
            (false, false) => Err(NoResult::Filtered),
        }
    }
}

/// The histogram, changed and without empty buckets.
fn changed(mut histogram: Arc<Histogram>, change: impl Fn(&mut Histogram)) -> StepValue {
    let own = Arc::make_mut(&mut histogram);
    change(own);
    own.compact();
    StepValue::Histogram(histogram)
}
