//! Sums and means of the histograms of a group at one step.
//!
//! A group that has floats and histograms at a step has no sum there, nor has
//! one whose histograms have no common buckets; the answer says so.

use std::sync::Arc;

use series::Histogram;
use series::histogram::HistogramMismatch;

use super::super::annotations::Annotations;
use super::super::column::StepValue;
use crate::ast::Span;

/// Sum or mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HistogramFold {
    Sum,
    Mean,
}

/// What is kept of the histograms of one group at one step.
#[derive(Clone, Debug)]
pub(super) enum FoldedHistograms {
    /// Their sum or mean, and of how many.
    Of { folded: Histogram, count: f64 },
    /// They have no common buckets: nothing counts any more.
    Mismatched,
}

impl FoldedHistograms {
    pub(super) fn first(histogram: &Histogram) -> Self {
        Self::Of {
            folded: histogram.clone(),
            count: 1.0,
        }
    }

    pub(super) fn is_mismatched(&self) -> bool {
        matches!(self, Self::Mismatched)
    }

    /// Takes in another histogram.
    pub(super) fn add(
        &mut self,
        fold: HistogramFold,
        histogram: &Histogram,
    ) -> Result<(), HistogramMismatch> {
        let Self::Of { folded, count } = self else {
            return Ok(());
        };
        let added = match fold {
            HistogramFold::Sum => folded.add(histogram),
            HistogramFold::Mean => {
                *count += 1.0;
                add_to_mean(folded, histogram, *count)
            }
        };
        if added.is_err() {
            *self = Self::Mismatched;
        }
        added
    }

    /// The result, without empty buckets.
    pub(super) fn finish(self) -> Option<StepValue> {
        let Self::Of { mut folded, .. } = self else {
            return None;
        };
        folded.compact();
        Some(StepValue::Histogram(Arc::new(folded)))
    }
}

/// Makes the mean of `count - 1` histograms that of one more: incrementally, so
/// that no sum overflows.
pub(in super::super) fn add_to_mean(
    mean: &mut Histogram,
    histogram: &Histogram,
    count: f64,
) -> Result<(), HistogramMismatch> {
    let mut change = histogram.clone();
    change.div(count);
    let mut share = mean.clone();
    share.div(count);
    change.sub(&share)?;
    mean.add(&change)
}

/// Whom to tell of what cannot be summed: the aggregation's operand.
#[derive(Clone, Copy)]
pub(super) struct Remarks<'a> {
    pub annotations: &'a Annotations,
    pub source: Span,
}

impl Remarks<'_> {
    pub(super) fn mismatch(&self, mismatch: HistogramMismatch, metric: &str) {
        self.annotations.mismatch(mismatch, metric, self.source);
    }

    pub(super) fn mixed(&self) {
        self.annotations.mixed_in_aggregation(self.source);
    }
}
