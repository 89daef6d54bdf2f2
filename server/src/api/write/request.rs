//! What a write request brings to samples in a store.
//!
//! Nothing is held but the bytes, one series' labels and one batch of samples.

use remote_write::{Entry, InvalidLabels, Malformed, Series, entries};
use series::{Metadata, MetricKind, Sample};
use storage::Store;
use tsdb::{AppendOutcome, SeriesRef};

use super::{Rejection, WriteError};

/// Samples that go to the store at once.
const BATCH_SAMPLES: usize = 100_000;

/// How far in the future samples may lie, as in Prometheus: retention counts
/// from the newest sample, so one of the far future would end all others.
const MAX_AHEAD_MS: i64 = 10 * 60_000;

/// What one request brings, on its way to the store.
pub struct Receiver<'a> {
    store: &'a Store,
    latest_ms: i64,
    batch: Vec<(SeriesRef, Sample)>,
    rejection: Rejection,
}

impl<'a> Receiver<'a> {
    /// A receiver that has got nothing yet at `now_ms`.
    pub fn new(store: &'a Store, now_ms: i64) -> Self {
        Self {
            store,
            latest_ms: now_ms.saturating_add(MAX_AHEAD_MS),
            batch: Vec::new(),
            rejection: Rejection::default(),
        }
    }

    /// Stores everything that `request` holds.
    pub fn take(mut self, request: &[u8]) -> Result<(), WriteError> {
        for entry in entries(request) {
            match entry? {
                Entry::Series(series) => self.series(series)?,
                Entry::Metadata { name, metadata } => self.metadata(name, &metadata),
            }
        }
        self.flush()?;
        if self.rejection.reason.is_some() || self.rejection.histograms > 0 {
            return Err(self.rejection.into());
        }
        Ok(())
    }

    /// A series that is not taken holds up none of the others.
    fn series(&mut self, series: Series<'_>) -> Result<(), WriteError> {
        let histograms = series.histograms()?;
        self.rejection.histograms += histograms;
        if histograms > 0 && count_samples(series)? == 0 {
            return Ok(());
        }
        let reason = match series.labels() {
            Err(InvalidLabels::Malformed(malformed)) => return Err(malformed.into()),
            Err(invalid) => invalid.to_string(),
            Ok(labels) => match self.store.series_ref(&labels) {
                Ok(known) => return self.samples(known, series),
                Err(refused) => refused.to_string(),
            },
        };
        self.reject(count_samples(series)?, || reason);
        Ok(())
    }

    fn samples(&mut self, known: SeriesRef, series: Series<'_>) -> Result<(), WriteError> {
        for sample in series.samples() {
            self.batch.push((known, sample?));
            if self.batch.len() >= BATCH_SAMPLES {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        let outcome: AppendOutcome = self.store.append(&self.batch, self.latest_ms)?;
        self.batch.clear();
        if let Some(offence) = outcome.first_offence {
            self.reject(outcome.rejected(), || {
                format!("{} at {} ms", offence.reason, offence.sample.timestamp_ms)
            });
        }
        Ok(())
    }

    fn reject(&mut self, samples: u64, reason: impl FnOnce() -> String) {
        self.rejection.samples += samples;
        self.rejection.reason.get_or_insert_with(reason);
    }

    fn metadata(&self, name: &str, metadata: &Metadata) {
        if metadata.kind != MetricKind::Unknown || !metadata.help.is_empty() {
            self.store.set_metadata(name, metadata);
        }
    }
}

fn count_samples(series: Series<'_>) -> Result<u64, Malformed> {
    series
        .samples()
        .try_fold(0, |count, sample| sample.map(|_| count + 1))
}

#[cfg(test)]
mod tests;
