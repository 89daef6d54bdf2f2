//! Warnings and infos, worded as Prometheus' annotations.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use series::histogram::HistogramMismatch;
use series::number::format_general;

use crate::ast::{BinaryOp, Span};
use crate::text::quote;

/// Prometheus' HTTP API gives at most so many of each kind.
const MAX_ANNOTATIONS: usize = 10;

/// Collects annotations from all threads of one evaluation, each text once.
#[derive(Debug, Default)]
pub(super) struct Annotations {
    warnings: Mutex<BTreeSet<String>>,
    infos: Mutex<BTreeSet<String>>,
}

impl Annotations {
    /// Samples of a selected series that the store could not read.
    pub(super) fn unreadable_samples(&self, damage: String) {
        lock(&self.warnings).insert(damage);
    }

    /// A quantile outside 0..=1.
    pub(super) fn invalid_quantile(&self, value: f64, span: Span) {
        let value = format_general(value);
        let text = format!("quantile value should be between 0 and 1, got {value}");
        self.warn(&text, span);
    }

    /// A bucket whose `le` is no number.
    pub(super) fn bad_bucket(&self, metric: &str, le: &str, span: Span) {
        let (metric, le) = (for_metric(metric), quote(le));
        let what = "bucket label \"le\" is missing or has a malformed value";
        self.warn(&format!("{what} of {le}{metric}"), span);
    }

    /// A rate over what is called unlike a counter.
    pub(super) fn possible_non_counter(&self, metric: &str, span: Span) {
        let metric = quote(metric);
        let what = "metric might not be a counter, name does not end in _total/_sum/_count/_bucket";
        self.inform(&format!("{what}: {metric}"), span);
    }

    /// Buckets that decreased.
    pub(super) fn forced_monotonicity(&self, metric: &str, span: Span) {
        let metric = for_metric(metric);
        let what = "input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)";
        self.inform(&format!("{what}{metric}"), span);
    }

    /// A series with both kinds of samples where only one goes.
    pub(super) fn mixed_in_range(&self, metric: &str, span: Span) {
        let metric = quote(metric);
        let what = "encountered a mix of histograms and floats for metric name";
        self.warn(&format!("{what} {metric}"), span);
    }

    /// A group with both kinds of samples where only one goes.
    pub(super) fn mixed_in_aggregation(&self, span: Span) {
        let text = "encountered a mix of histograms and floats for aggregation";
        self.warn(text, span);
    }

    /// A native and a classic histogram of the same name and labels.
    pub(super) fn mixed_classic_native(&self, metric: &str, span: Span) {
        let metric = for_metric(metric);
        let what = "vector contains a mix of classic and native histograms";
        self.warn(&format!("{what}{metric}"), span);
    }

    /// Histograms that have no sum.
    pub(super) fn mismatch(&self, mismatch: HistogramMismatch, metric: &str, span: Span) {
        let metric = quote(metric);
        let what = match mismatch {
            HistogramMismatch::Schema => {
                "vector contains a mix of histograms with exponential and custom buckets schemas"
            }
            HistogramMismatch::CustomBuckets => {
                "vector contains histograms with incompatible custom buckets"
            }
        };
        self.warn(&format!("{what} for metric name {metric}"), span);
    }

    /// A rate over a histogram that is a gauge.
    pub(super) fn histogram_not_counter(&self, metric: &str, span: Span) {
        let metric = quote(metric);
        let what = "this native histogram metric is not a counter";
        self.warn(&format!("{what}: {metric}"), span);
    }

    /// A difference over a histogram that is a counter.
    pub(super) fn histogram_not_gauge(&self, metric: &str, span: Span) {
        let metric = quote(metric);
        let what = "this native histogram metric is not a gauge";
        self.warn(&format!("{what}: {metric}"), span);
    }

    /// Histograms that a binary operator cannot join.
    pub(super) fn mismatch_in_operator(&self, op: BinaryOp, span: Span) {
        let op = op.as_str();
        let what = "incompatible bucket layout encountered for binary operator";
        self.warn(&format!("{what} {op}"), span);
    }

    /// Samples of kinds (`float`, `histogram`) that the operator does not know.
    pub(super) fn incompatible_types(&self, lhs: &str, op: BinaryOp, rhs: &str, span: Span) {
        let op = op.as_str();
        let what = "incompatible sample types encountered for binary operator";
        self.inform(&format!("{what} {}: {lhs} {op} {rhs}", quote(op)), span);
    }

    /// A histogram where an aggregation takes floats alone.
    pub(super) fn ignored_histogram(&self, aggregation: &str, span: Span) {
        let text = format!("ignored histogram in {aggregation} aggregation");
        self.inform(&text, span);
    }

    /// Histograms among floats where a function takes floats alone.
    pub(super) fn ignored_histograms_in_range(&self, metric: &str, span: Span) {
        let metric = quote(metric);
        let what = "ignored histograms in a range containing both floats and histograms";
        self.inform(&format!("{what} for metric name {metric}"), span);
    }

    /// A quantile that is one of the observations of NaN.
    pub(super) fn quantile_is_nan(&self, metric: &str, span: Span) {
        let metric = for_metric(metric);
        let what = "input to histogram_quantile has NaN observations, result is NaN";
        self.inform(&format!("{what}{metric}"), span);
    }

    /// A quantile that takes observations of NaN for the highest ones.
    pub(super) fn quantile_skewed_by_nan(&self, metric: &str, span: Span) {
        let metric = for_metric(metric);
        let what = "input to histogram_quantile has NaN observations, result is skewed higher";
        self.inform(&format!("{what}{metric}"), span);
    }

    /// A share of observations among which there are NaN.
    pub(super) fn fraction_without_nan(&self, metric: &str, span: Span) {
        let metric = for_metric(metric);
        let what = "input to histogram_fraction has NaN observations, which are excluded from all fractions";
        self.inform(&format!("{what}{metric}"), span);
    }

    /// Warnings and infos, limited.
    pub(super) fn into_texts(self) -> (Vec<String>, Vec<String>) {
        (
            limited(self.warnings, "warning"),
            limited(self.infos, "info"),
        )
    }

    fn warn(&self, text: &str, span: Span) {
        add(&self.warnings, "warning", text, span);
    }

    fn inform(&self, text: &str, span: Span) {
        add(&self.infos, "info", text, span);
    }
}

fn for_metric(metric: &str) -> String {
    if metric.is_empty() {
        String::new()
    } else {
        format!(" for metric name {}", quote(metric))
    }
}

fn add(texts: &Mutex<BTreeSet<String>>, kind: &str, text: &str, span: Span) {
    let Span { line, column, .. } = span;
    lock(texts).insert(format!("PromQL {kind}: {text} ({line}:{column})"));
}

fn lock(texts: &Mutex<BTreeSet<String>>) -> MutexGuard<'_, BTreeSet<String>> {
    texts.lock().unwrap_or_else(PoisonError::into_inner)
}

fn limited(texts: Mutex<BTreeSet<String>>, kind: &str) -> Vec<String> {
    let texts = texts.into_inner().unwrap_or_else(PoisonError::into_inner);
    let more = texts.len().saturating_sub(MAX_ANNOTATIONS);
    let mut texts: Vec<String> = texts.into_iter().take(MAX_ANNOTATIONS).collect();
    if more > 0 {
        texts.push(format!("{more} more {kind} annotations omitted"));
    }
    texts
}
