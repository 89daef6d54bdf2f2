//! A write request's bytes to samples in a store.
//!
//! Field numbers are those of Prometheus' `prompb/remote.proto` and
//! `prompb/types.proto`; exemplars and native histograms are passed over.
//! Nothing is held but the bytes, one series' labels and one batch of samples.

use series::{Metadata, MetricKind, Sample};
use storage::Store;
use tsdb::{AppendOutcome, SeriesRef};

use super::WriteError;
use super::labels::{InvalidLabels, labels};
use super::protobuf::{Fields, Malformed};

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
    rejected: u64,
    /// Of the first sample or series that was not taken.
    reason: Option<String>,
}

impl<'a> Receiver<'a> {
    /// A receiver that has got nothing yet at `now_ms`.
    pub fn new(store: &'a Store, now_ms: i64) -> Self {
        Self {
            store,
            latest_ms: now_ms.saturating_add(MAX_AHEAD_MS),
            batch: Vec::new(),
            rejected: 0,
            reason: None,
        }
    }

    /// Stores everything that `request` holds.
    pub fn take(mut self, request: &[u8]) -> Result<(), WriteError> {
        for field in Fields::of(request) {
            match field? {
                (1, series) => self.series(series.bytes()?)?,
                (3, metadata) => self.metadata(metadata.bytes()?)?,
                _ => {}
            }
        }
        self.flush()?;
        if let Some(reason) = self.reason {
            let rejected = self.rejected;
            return Err(WriteError::Rejected { rejected, reason });
        }
        Ok(())
    }

    /// A series that is not taken holds up none of the others.
    fn series(&mut self, message: &[u8]) -> Result<(), WriteError> {
        let reason = match labels(message) {
            Err(InvalidLabels::Malformed(malformed)) => return Err(malformed.into()),
            Err(invalid) => invalid.to_string(),
            Ok(labels) => match self.store.series_ref(&labels) {
                Ok(series) => return self.samples(series, message),
                Err(refused) => refused.to_string(),
            },
        };
        self.reject(count_samples(message)?, || reason);
        Ok(())
    }

    fn samples(&mut self, series: SeriesRef, message: &[u8]) -> Result<(), WriteError> {
        for field in Fields::of(message) {
            if let (2, message) = field? {
                self.batch.push((series, sample(message.bytes()?)?));
                if self.batch.len() >= BATCH_SAMPLES {
                    self.flush()?;
                }
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
        self.rejected += samples;
        self.reason.get_or_insert_with(reason);
    }

    fn metadata(&self, message: &[u8]) -> Result<(), Malformed> {
        let mut name = "";
        let mut metadata = Metadata::default();
        for field in Fields::of(message) {
            match field? {
                (1, kind) => metadata.kind = metric_kind(kind.int64()?),
                (2, text) => name = text.text()?,
                (4, text) => text.text()?.clone_into(&mut metadata.help),
                (5, text) => text.text()?.clone_into(&mut metadata.unit),
                _ => {}
            }
        }
        if metadata.kind != MetricKind::Unknown || !metadata.help.is_empty() {
            self.store.set_metadata(name, &metadata);
        }
        Ok(())
    }
}

fn count_samples(series: &[u8]) -> Result<u64, Malformed> {
    let mut count = 0;
    for field in Fields::of(series) {
        count += u64::from(field?.0 == 2);
    }
    Ok(count)
}

fn sample(message: &[u8]) -> Result<Sample, Malformed> {
    let mut sample = Sample {
        timestamp_ms: 0,
        value: 0.0,
    };
    for field in Fields::of(message) {
        match field? {
            (1, value) => sample.value = value.double()?,
            (2, time) => sample.timestamp_ms = time.int64()?,
            _ => {}
        }
    }
    Ok(sample)
}

/// `MetricMetadata.MetricType`
fn metric_kind(number: i64) -> MetricKind {
    match number {
        1 => MetricKind::Counter,
        2 => MetricKind::Gauge,
        3 => MetricKind::Histogram,
        4 => MetricKind::GaugeHistogram,
        5 => MetricKind::Summary,
        6 => MetricKind::Info,
        7 => MetricKind::StateSet,
        _ => MetricKind::Unknown,
    }
}

#[cfg(test)]
mod tests;
