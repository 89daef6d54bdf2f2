//! A write request's bytes to samples in a store.
//!
//! Field numbers are those of Prometheus' `prompb/remote.proto` and
//! `prompb/types.proto`; exemplars and native histograms are passed over.
//! Nothing is held but the bytes, one series' labels and one batch of samples.

use series::{Label, Labels, Metadata, MetricKind, Sample};
use storage::Store;
use tsdb::{AppendOutcome, SeriesRef};

use super::WriteError;
use super::protobuf::{Fields, Malformed};

/// Samples that go to the store at once.
const BATCH_SAMPLES: usize = 100_000;

/// How far in the future samples may lie, as in Prometheus: retention counts
/// from the newest sample, so one of the far future would end all others.
const MAX_AHEAD_MS: i64 = 10 * 60_000;

/// More labels than any series has.
const MAX_LABELS: usize = 1_000;

/// What one request brings, on its way to the store.
pub struct Receiver<'a> {
    store: &'a Store,
    latest_ms: i64,
    batch: Vec<(SeriesRef, Sample)>,
    rejected: u64,
    reason: String,
}

impl<'a> Receiver<'a> {
    /// A receiver that has got nothing yet at `now_ms`.
    pub fn new(store: &'a Store, now_ms: i64) -> Self {
        Self {
            store,
            latest_ms: now_ms.saturating_add(MAX_AHEAD_MS),
            batch: Vec::new(),
            rejected: 0,
            reason: String::new(),
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
        if self.rejected > 0 {
            return Err(WriteError::Rejected {
                rejected: self.rejected,
                reason: self.reason,
            });
        }
        Ok(())
    }

    fn series(&mut self, message: &[u8]) -> Result<(), WriteError> {
        let series = self.store.series_ref(&labels(message)?)?;
        for field in Fields::of(message) {
            if let (2, message) = field? {
                self.batch.push((series, sample(message.bytes()?)?));
            }
        }
        if self.batch.len() >= BATCH_SAMPLES {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        let outcome: AppendOutcome = self.store.append(&self.batch, self.latest_ms)?;
        if let Some(offence) = outcome.first_offence.filter(|_| self.rejected == 0) {
            self.reason = format!("{} at {} ms", offence.reason, offence.sample.timestamp_ms);
        }
        self.rejected += outcome.rejected();
        self.batch.clear();
        Ok(())
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

/// Senders sort labels; one that does not is understood nevertheless.
fn labels(series: &[u8]) -> Result<Labels, WriteError> {
    let mut labels: Vec<Label<'_>> = Vec::new();
    for field in Fields::of(series) {
        if let (1, message) = field? {
            labels.push(label(message.bytes()?)?);
            if labels.len() > MAX_LABELS {
                return Err(WriteError::TooManyLabels);
            }
        }
    }
    let is_canonical = labels.iter().all(|label| !label.value.is_empty())
        && labels.is_sorted_by(|a, b| a.name < b.name);
    Ok(if is_canonical {
        Labels::from_sorted(labels)
    } else {
        Labels::from_pairs(labels.iter().map(|label| (label.name, label.value)))
    })
}

fn label(message: &[u8]) -> Result<Label<'_>, Malformed> {
    let mut label = Label {
        name: "",
        value: "",
    };
    for field in Fields::of(message) {
        match field? {
            (1, name) => label.name = name.text()?,
            (2, value) => label.value = value.text()?,
            _ => {}
        }
    }
    Ok(label)
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
