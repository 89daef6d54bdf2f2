//! The native histograms of a page, within what the job allows, and the classic
//! ones that become such -> samples in the store.

use std::collections::HashSet;
use std::sync::Arc;

use exposition::{ClassicHistograms, NativeHistogram};
use series::histogram::MIN_EXPONENTIAL_SCHEMA;
use series::{Histogram, HistogramSample};
use tsdb::SeriesRef;

use super::staged::{FreshHistogram, Staged, dated_histogram};
use super::{Destination, TargetSeries, unreadable};
use crate::ingest::scrape::config::HistogramOptions;
use crate::ingest::scrape::error::ScrapeError;
use crate::ingest::scrape::series_labels::stored_labels;

impl TargetSeries {
    /// Stages the native histograms, then those of classic ones that are no
    /// native ones as well.
    pub(super) fn stage_histograms(
        &mut self,
        to: Destination<'_>,
        staged: &mut Staged,
        native: Vec<NativeHistogram>,
        classic: ClassicHistograms,
        at_ms: i64,
    ) -> Result<(), ScrapeError> {
        for histogram in &native {
            self.stage_histogram(to, staged, histogram, at_ms)?;
        }
        let known: HashSet<&str> = native.iter().map(NativeHistogram::raw).collect();
        let mut failures = 0;
        for converted in classic.convert() {
            match converted {
                Ok(histogram) if known.contains(histogram.raw()) => {}
                Ok(histogram) => self.stage_histogram(to, staged, &histogram, at_ms)?,
                Err(error) => {
                    failures += 1;
                    let warning = &mut staged.warning;
                    warning.get_or_insert_with(|| error.to_string());
                }
            }
        }
        if let (Some(first), 1..) = (&mut staged.warning, failures) {
            *first = format!(
                "{failures} classic histograms could not be converted to native ones, the first: {first}"
            );
        }
        Ok(())
    }

    fn stage_histogram(
        &mut self,
        to: Destination<'_>,
        staged: &mut Staged,
        histogram: &NativeHistogram,
        at_ms: i64,
    ) -> Result<(), ScrapeError> {
        let limited = limited(&to.job.histograms, &histogram.histogram)?;
        let dated = dated_histogram(to.job, limited, histogram.timestamp_ms, at_ms);
        let raw = histogram.raw();
        match self.cache.get_in_order(raw, at_ms) {
            Ok(entry) => staged.add_cached_histogram(to.job, entry, dated),
            Err(miss) => {
                let series = histogram.series();
                let series = series.map_err(|error| unreadable(error, "a native histogram"))?;
                let labels = stored_labels(to.job, to.target, &series)?;
                let (sample, has_own_time) = dated;
                let is_kept = labels.is_some();
                staged.fresh_histograms.push(FreshHistogram {
                    miss,
                    labels,
                    has_own_time,
                    sample,
                });
                staged.count(to.job, is_kept)
            }
        }
    }

    /// All native histograms of a page by their references, and how many of their
    /// series were not known.
    pub(super) fn know_histograms(
        &mut self,
        to: Destination<'_>,
        mut known: Vec<(SeriesRef, HistogramSample)>,
        fresh: Vec<FreshHistogram>,
        at_ms: i64,
    ) -> Result<(Vec<(SeriesRef, HistogramSample)>, usize), ScrapeError> {
        let mut added = 0;
        for fresh in fresh {
            let series = fresh.labels.map(|labels| to.store.series_ref(&labels));
            let series = series.transpose()?;
            let is_new = self
                .cache
                .insert(fresh.miss, series, fresh.has_own_time, at_ms);
            if let Some(series) = series {
                known.push((series, fresh.sample));
                added += usize::from(is_new);
            }
        }
        Ok((known, added))
    }
}

/// The histogram in a resolution that the job allows.
fn limited(
    options: &HistogramOptions,
    histogram: &Arc<Histogram>,
) -> Result<Arc<Histogram>, ScrapeError> {
    let is_fine =
        histogram.schema <= options.max_schema && buckets(histogram) <= options.bucket_limit;
    if is_fine {
        return Ok(Arc::clone(histogram));
    }
    let mut limited = Histogram::clone(histogram);
    if !limited.uses_custom_buckets() && limited.schema > options.max_schema {
        limited.reduce_resolution(options.max_schema);
    }
    while buckets(&limited) > options.bucket_limit {
        if limited.schema <= MIN_EXPONENTIAL_SCHEMA {
            let limit = options.bucket_limit;
            return Err(ScrapeError::TooManyBuckets { limit });
        }
        limited.reduce_resolution(limited.schema - 1);
    }
    Ok(Arc::new(limited))
}

fn buckets(histogram: &Histogram) -> usize {
    histogram.positive.counts.len() + histogram.negative.counts.len()
}

#[cfg(test)]
mod tests;
