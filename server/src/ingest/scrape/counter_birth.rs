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
//! their own, nor on a page with many new families: there a collector has begun
//! to work, and its counters are older than that.

use exposition::Series;
use series::{MetricKind, Sample};
use tsdb::SeriesRef;

/// A page with more new families than this is one of a collector that begins.
const MAX_NEW_FAMILIES: usize = 2;

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

/// Whether a series of the family only grows: also the buckets, sums and
/// counts of histograms, and those of summaries.
pub fn is_counter(series: &Series<'_>) -> bool {
    match series.kind() {
        MetricKind::Counter | MetricKind::Histogram => true,
        MetricKind::Summary => {
            let name = series.name();
            name.ends_with("_sum") || name.ends_with("_count")
        }
        _ => false,
    }
}
