//! A counter that begins while its target is scraped -> the zero from which it
//! counts.
//!
//! A labelled counter appears with its first count: `failed 4`. It was not on
//! the page before, so it was zero then, and that zero is stored beside the
//! four: only so do `rate` and `increase` count them. Prometheus does the same
//! for counters whose start is on the page (`created-timestamp-zero-ingestion`).
//!
//! Contract: no zero is made up for a series that the store knew before, on a
//! target's first page or after one that failed, for samples with times of
//! their own, nor where a counter has more than a few counts: that one is older
//! and has only become visible, as when a collector wakes up or a label gets
//! another value. Its history must not be taken for what has just happened.

use series::{Labels, METRIC_NAME, MetricKind, Sample};
use tsdb::SeriesRef;

use super::ingest::Fresh;

/// A page with more new families than this is one of a collector that begins.
const MAX_NEW_FAMILIES: usize = 2;
/// Counters that begin together; more are a page that shows itself anew.
const MAX_NEW_SERIES: usize = 200;
/// The counts that a counter may have had between two pages.
const MAX_FIRST_VALUE: f64 = 100.0;

/// What may have begun between two pages of a target.
#[derive(Clone, Copy, Debug)]
pub struct CounterBirths {
    /// When the page before was read; `None` where there is none to compare with.
    previous_ms: Option<i64>,
    /// The store knew the series below it before this page.
    first_new: SeriesRef,
}

impl CounterBirths {
    /// Births since the page of `previous_ms`; this one has `new_families`.
    pub fn since(previous_ms: Option<i64>, new_families: usize, first_new: SeriesRef) -> Self {
        Self {
            previous_ms: previous_ms.filter(|_| new_families <= MAX_NEW_FAMILIES),
            first_new,
        }
    }

    /// The zero of a counter that this page shows first.
    pub fn zero(self, series: SeriesRef) -> Option<(SeriesRef, Sample)> {
        let timestamp_ms = self.previous_ms.filter(|_| series >= self.first_new)?;
        let value = 0.0;
        Some((
            series,
            Sample {
                timestamp_ms,
                value,
            },
        ))
    }
}

/// For each of a page's fresh samples, whether it is of a counter that has only
/// just begun.
pub fn just_begun(fresh: &[Fresh]) -> Vec<bool> {
    let may_be = fresh.len() <= MAX_NEW_SERIES;
    fresh
        .iter()
        .map(|sample| may_be && !sample.has_own_time && counts(sample, fresh) <= MAX_FIRST_VALUE)
        .collect()
}

/// What a counter has counted; without bound where the sample is of none. A sum
/// has counted what its histogram has.
fn counts(sample: &Fresh, all: &[Fresh]) -> f64 {
    let value = sample.sample.value;
    let name = sample.labels.as_ref().map_or("", Labels::metric_name);
    let is_family = matches!(sample.kind, MetricKind::Histogram | MetricKind::Summary);
    match name.strip_suffix("_sum").filter(|_| is_family) {
        Some(family) => count_of(family, sample, all).unwrap_or(f64::INFINITY),
        None if sample.kind == MetricKind::Counter => value,
        None if is_family && (name.ends_with("_count") || name.ends_with("_bucket")) => value,
        None => f64::INFINITY,
    }
}

fn count_of(family: &str, sum: &Fresh, all: &[Fresh]) -> Option<f64> {
    let mut labels = sum.labels.as_ref()?.to_builder();
    labels.set(METRIC_NAME, &[family, "_count"].concat());
    let labels = labels.build();
    let count = all
        .iter()
        .find(|one| one.labels.as_ref() == Some(&labels))?;
    Some(count.sample.value)
}
