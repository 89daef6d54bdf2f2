//! Warnings and infos, worded as Prometheus' annotations.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ast::Span;
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
        let value = crate::text::format_general(value);
        add(
            &self.warnings,
            format!("PromQL warning: quantile value should be between 0 and 1, got {value}"),
            span,
        );
    }

    /// A bucket whose `le` is no number.
    pub(super) fn bad_bucket(&self, metric: &str, le: &str, span: Span) {
        let (metric, le) = (for_metric(metric), quote(le));
        add(
            &self.warnings,
            format!(
                "PromQL warning: bucket label \"le\" is missing or has a malformed value of {le}{metric}"
            ),
            span,
        );
    }

    /// A rate over what is called unlike a counter.
    pub(super) fn possible_non_counter(&self, metric: &str, span: Span) {
        let metric = quote(metric);
        add(
            &self.infos,
            format!(
                "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {metric}"
            ),
            span,
        );
    }

    /// Buckets that decreased.
    pub(super) fn forced_monotonicity(&self, metric: &str, span: Span) {
        let metric = for_metric(metric);
        add(
            &self.infos,
            format!(
                "PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile){metric}"
            ),
            span,
        );
    }

    /// A function of native histograms, which no store of ours holds.
    pub(super) fn needs_native_histograms(&self, function: &str, span: Span) {
        add(
            &self.infos,
            format!(
                "PromQL info: {function}() gives nothing, for native histograms are not supported"
            ),
            span,
        );
    }

    /// Warnings and infos, limited.
    pub(super) fn into_texts(self) -> (Vec<String>, Vec<String>) {
        (
            limited(self.warnings, "warning"),
            limited(self.infos, "info"),
        )
    }
}

fn for_metric(metric: &str) -> String {
    if metric.is_empty() {
        String::new()
    } else {
        format!(" for metric name {}", quote(metric))
    }
}

fn add(texts: &Mutex<BTreeSet<String>>, text: String, span: Span) {
    let Span { line, column, .. } = span;
    lock(texts).insert(format!("{text} ({line}:{column})"));
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
