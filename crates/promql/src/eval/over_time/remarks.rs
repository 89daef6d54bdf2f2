//! What is remarked about the samples of one series.

use series::histogram::HistogramMismatch;

use super::super::annotations::Annotations;
use crate::ast::Span;

/// Whom to tell, and of what: the metric and the function's first argument.
#[derive(Clone, Copy)]
pub(super) struct Remarks<'r> {
    pub annotations: &'r Annotations,
    pub metric: &'r str,
    pub span: Span,
}

impl Remarks<'_> {
    /// What fits; says so where it does not.
    pub(super) fn fitting<T>(&self, result: Result<T, HistogramMismatch>) -> Option<T> {
        result
            .map_err(|mismatch| self.annotations.mismatch(mismatch, self.metric, self.span))
            .ok()
    }

    pub(super) fn mixed_schemas(&self) {
        let mismatch = HistogramMismatch::Schema;
        self.annotations.mismatch(mismatch, self.metric, self.span);
    }

    pub(super) fn mixed(&self) {
        self.annotations.mixed_in_range(self.metric, self.span);
    }

    pub(super) fn ignored_histograms(&self) {
        let annotations = self.annotations;
        annotations.ignored_histograms_in_range(self.metric, self.span);
    }

    pub(super) fn not_counter(&self) {
        self.annotations
            .histogram_not_counter(self.metric, self.span);
    }

    pub(super) fn not_gauge(&self) {
        self.annotations.histogram_not_gauge(self.metric, self.span);
    }
}
