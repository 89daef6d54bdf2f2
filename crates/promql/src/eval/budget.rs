//! What an evaluation holds and has looked at, against its limit.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use series::Histogram;

use crate::{EvalError, Stats};

/// What one sample, a time and a float, takes in memory.
const SAMPLE_BYTES: usize = 16;

/// As how many samples a histogram counts: by what it takes in memory.
pub(super) fn histogram_samples(histogram: &Histogram) -> usize {
    histogram.size_bytes() / SAMPLE_BYTES
}

/// Counts samples held; shared by all threads of one evaluation.
#[derive(Debug)]
pub(super) struct Budget {
    max_samples: usize,
    held: AtomicUsize,
    peak: AtomicUsize,
    queryable: AtomicU64,
    series: AtomicU64,
}

/// Samples held until dropped.
#[derive(Debug)]
pub(super) struct Hold<'a> {
    budget: &'a Budget,
    samples: usize,
}

impl Budget {
    pub(super) fn new(max_samples: usize) -> Self {
        Self {
            max_samples,
            held: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            queryable: AtomicU64::new(0),
            series: AtomicU64::new(0),
        }
    }

    /// Claims room for so many samples; a step without a value counts too.
    pub(super) fn hold(&self, samples: usize) -> Result<Hold<'_>, EvalError> {
        let held = self
            .held
            .fetch_add(samples, Ordering::Relaxed)
            .saturating_add(samples);
        let hold = Hold {
            budget: self,
            samples,
        };
        if held > self.max_samples || samples > self.max_samples {
            return Err(EvalError::TooManySamples);
        }
        self.peak.fetch_max(held, Ordering::Relaxed);
        Ok(hold)
    }

    /// Notes samples that steps looked at.
    pub(super) fn looked_at(&self, samples: u64) {
        self.queryable.fetch_add(samples, Ordering::Relaxed);
    }

    /// Notes series that a selector found.
    pub(super) fn selected(&self, series: usize) {
        self.series.fetch_add(series as u64, Ordering::Relaxed);
    }

    pub(super) fn stats(&self) -> Stats {
        Stats {
            queryable_samples: self.queryable.load(Ordering::Relaxed),
            peak_samples: self.peak.load(Ordering::Relaxed) as u64,
            series: self.series.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.budget.held.fetch_sub(self.samples, Ordering::Relaxed);
    }
}
