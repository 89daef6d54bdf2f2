//! The samples of a page, before any of it is stored.

use std::sync::Arc;

use exposition::{PageExemplar, Reading, Violations};
use series::{Histogram, HistogramSample, Labels, MetricKind, Sample};
use tsdb::SeriesRef;

use super::super::config::Job;
use super::super::error::ScrapeError;
use super::super::scrape_cache::{CacheEntry, CacheMiss};

/// The samples of a page that is not refused.
#[derive(Default)]
pub struct Staged {
    /// Samples of known series.
    pub batch: Vec<(SeriesRef, Sample)>,
    /// Samples of new series.
    pub fresh: Vec<Fresh>,
    /// Native histograms of known series.
    pub histograms: Vec<(SeriesRef, HistogramSample)>,
    /// Native histograms of new series.
    pub fresh_histograms: Vec<FreshHistogram>,
    /// Samples of the page.
    pub samples_scraped: usize,
    /// Samples of the page that relabelling kept.
    pub samples_kept: usize,
    /// Families that the page before did not have.
    pub new_families: usize,
    /// Concrete events behind values.
    pub exemplars: Vec<PageExemplar>,
    /// How the page bends the rules of its format.
    pub violations: Violations,
    /// What of the page could not be read as it was to be.
    pub warning: Option<String>,
}

impl Staged {
    /// Adds a sample of a known series.
    pub fn add_cached(
        &mut self,
        job: &Job,
        entry: &mut CacheEntry,
        reading: Reading,
        at_ms: i64,
    ) -> Result<(), ScrapeError> {
        let (sample, has_own_time) = dated(job, reading, at_ms);
        entry.has_own_time = has_own_time;
        let pair = entry.series.map(|series| (series, sample));
        self.batch.extend(pair);
        self.count(job, pair.is_some())
    }

    /// Adds a native histogram of a known series.
    pub fn add_cached_histogram(
        &mut self,
        job: &Job,
        entry: &mut CacheEntry,
        (sample, has_own_time): (HistogramSample, bool),
    ) -> Result<(), ScrapeError> {
        entry.has_own_time = has_own_time;
        let pair = entry.series.map(|series| (series, sample));
        let is_kept = pair.is_some();
        self.histograms.extend(pair);
        self.count(job, is_kept)
    }

    /// Counts a sample against the job's limit.
    pub fn count(&mut self, job: &Job, is_kept: bool) -> Result<(), ScrapeError> {
        self.samples_scraped += 1;
        self.samples_kept += usize::from(is_kept);
        let limit = job.limits.samples;
        if self.samples_kept > limit {
            return Err(ScrapeError::TooManySamples { limit });
        }
        Ok(())
    }
}

/// The sample to store, and whether its time is the exporter's, so that its
/// series is not marked stale when it goes.
pub fn dated(job: &Job, reading: Reading, at_ms: i64) -> (Sample, bool) {
    let (timestamp_ms, has_own_time) = time_of(job, reading.timestamp_ms, at_ms);
    let value = reading.value;
    let sample = Sample {
        timestamp_ms,
        value,
    };
    (sample, has_own_time)
}

/// As [`dated`], of a native histogram.
pub fn dated_histogram(
    job: &Job,
    histogram: Arc<Histogram>,
    own_ms: Option<i64>,
    at_ms: i64,
) -> (HistogramSample, bool) {
    let (timestamp_ms, has_own_time) = time_of(job, own_ms, at_ms);
    let sample = HistogramSample {
        timestamp_ms,
        histogram,
    };
    (sample, has_own_time)
}

fn time_of(job: &Job, own_ms: Option<i64>, at_ms: i64) -> (i64, bool) {
    let own_ms = own_ms.filter(|_| job.honor_timestamps);
    let has_own_time = own_ms.is_some() && !job.track_timestamps_staleness;
    (own_ms.unwrap_or(at_ms), has_own_time)
}

/// A sample of a series that is not known yet.
pub struct Fresh {
    /// What the cache is to know it by.
    pub miss: CacheMiss,
    /// `None` where relabelling drops the series.
    pub labels: Option<Labels>,
    /// Of its family.
    pub kind: MetricKind,
    /// Whether its time is the exporter's.
    pub has_own_time: bool,
    /// What is to be stored.
    pub sample: Sample,
}

/// A native histogram of a series that is not known yet.
pub struct FreshHistogram {
    /// What the cache is to know it by.
    pub miss: CacheMiss,
    /// `None` where relabelling drops the series.
    pub labels: Option<Labels>,
    /// Whether its time is the exporter's.
    pub has_own_time: bool,
    /// What is to be stored.
    pub sample: HistogramSample,
}
