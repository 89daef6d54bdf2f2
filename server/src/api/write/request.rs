//! What a write request brings to samples in a store.
//!
//! Nothing is held but the bytes, one series' labels and one batch of samples.

use std::collections::HashSet;

use remote_write::{Entry, InvalidHistogramSample, InvalidLabels, Malformed, Request, Series};
use series::{HistogramSample, Labels, Metadata, MetricKind, Sample};
use storage::{NewExemplar, Store};
use tsdb::{AppendOutcome, Exemplar, SeriesRef};

use super::{Rejection, WriteError};

/// Samples that go to the store at once.
const BATCH_SAMPLES: usize = 100_000;

/// What native histograms take that go to the store at once.
const BATCH_HISTOGRAM_BYTES: usize = 8 << 20;

/// Exemplars that go to the store at once.
const BATCH_EXEMPLARS: usize = 10_000;

/// How far in the future samples may lie, as in Prometheus: retention counts
/// from the newest sample, so one of the far future would end all others.
const MAX_AHEAD_MS: i64 = 10 * 60_000;

/// What became of a request.
#[derive(Debug, Default)]
pub struct Taken {
    /// Samples that are stored now.
    pub samples: u64,
    /// Native histograms that are stored now.
    pub histograms: u64,
    /// Exemplars that are kept now.
    pub exemplars: u64,
    /// Exemplars that are not: out of order, malformed, or with labels that are too long.
    pub lost_exemplars: u64,
    /// What was not taken.
    pub rejection: Rejection,
}

/// What one request brings, on its way to the store.
pub struct Receiver<'a> {
    store: &'a Store,
    latest_ms: i64,
    batch: Vec<(SeriesRef, Sample)>,
    histograms: Vec<(SeriesRef, HistogramSample)>,
    histogram_bytes: usize,
    /// The series in `histograms`.
    histogram_series: HashSet<SeriesRef>,
    exemplars: Vec<NewExemplar>,
    /// The metric of the series before, whose metadata is known.
    metric: String,
    taken: Taken,
}

impl<'a> Receiver<'a> {
    /// A receiver that has got nothing yet at `now_ms`.
    pub fn new(store: &'a Store, now_ms: i64) -> Self {
        Self {
            store,
            latest_ms: now_ms.saturating_add(MAX_AHEAD_MS),
            batch: Vec::new(),
            histograms: Vec::new(),
            histogram_bytes: 0,
            histogram_series: HashSet::new(),
            exemplars: Vec::new(),
            metric: String::new(),
            taken: Taken::default(),
        }
    }

    /// Stores everything that `request` holds.
    pub fn take(mut self, request: &Request<'_>) -> Result<Taken, WriteError> {
        for entry in request.entries() {
            match entry? {
                Entry::Series(series) => self.series(series)?,
                Entry::Metadata { name, metadata } => self.metadata(name, &metadata),
            }
        }
        self.flush()?;
        Ok(self.taken)
    }

    /// A series that is not taken holds up none of the others.
    fn series(&mut self, series: Series<'_>) -> Result<(), WriteError> {
        let extras = series.extras()?;
        let reason = match series.labels() {
            Err(InvalidLabels::Malformed(malformed)) => return Err(malformed.into()),
            Err(invalid) => invalid.to_string(),
            Ok(labels) => match self.store.series_ref(&labels) {
                Ok(known) => {
                    self.series_metadata(series, &labels)?;
                    self.samples(known, series)?;
                    if extras.histograms > 0 {
                        self.native_histograms(known, &labels, series)?;
                    }
                    if extras.exemplars > 0 {
                        self.exemplars(known, series)?;
                    }
                    return Ok(());
                }
                Err(refused) => refused.to_string(),
            },
        };
        self.taken.lost_exemplars += extras.exemplars;
        let rejection = &mut self.taken.rejection;
        rejection.samples += count_samples(series)?;
        rejection.histograms += extras.histograms;
        rejection.reason.get_or_insert(reason);
        Ok(())
    }

    fn samples(&mut self, known: SeriesRef, series: Series<'_>) -> Result<(), WriteError> {
        if !self.histograms.is_empty() && self.histogram_series.contains(&known) {
            // Floats go first to the store: these came later.
            self.flush()?;
        }
        for sample in series.samples() {
            self.batch.push((known, sample?));
            if self.batch.len() >= BATCH_SAMPLES {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// A histogram that is unsound holds up none of the others.
    fn native_histograms(
        &mut self,
        known: SeriesRef,
        labels: &Labels,
        series: Series<'_>,
    ) -> Result<(), WriteError> {
        for sample in series.histograms() {
            match sample {
                Ok(sample) => {
                    self.histogram_bytes += sample.histogram.size_bytes();
                    self.histogram_series.insert(known);
                    self.histograms.push((known, sample));
                }
                Err(InvalidHistogramSample::Malformed(malformed)) => return Err(malformed.into()),
                Err(invalid) => {
                    let rejection = &mut self.taken.rejection;
                    rejection.histograms += 1;
                    rejection
                        .reason
                        .get_or_insert_with(|| format!("{labels}: {invalid}"));
                }
            }
            if self.histogram_bytes >= BATCH_HISTOGRAM_BYTES {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Exemplars are a help and no record: one that is unsound holds up nothing.
    fn exemplars(&mut self, known: SeriesRef, series: Series<'_>) -> Result<(), WriteError> {
        for exemplar in series.exemplars() {
            match exemplar {
                Ok(written) => self.exemplars.push(NewExemplar {
                    series: known,
                    exemplar: Exemplar {
                        labels: written.labels,
                        value: written.value,
                        timestamp_ms: written.timestamp_ms,
                    },
                    has_own_time: true,
                }),
                Err(InvalidLabels::Malformed(malformed)) => return Err(malformed.into()),
                Err(_) => self.taken.lost_exemplars += 1,
            }
        }
        if self.exemplars.len() >= BATCH_EXEMPLARS {
            self.flush()?;
        }
        Ok(())
    }

    /// Exemplars come after the samples that they belong to.
    fn flush(&mut self) -> Result<(), WriteError> {
        self.flush_samples()?;
        let exemplars = std::mem::take(&mut self.exemplars);
        let sent = exemplars.len() as u64;
        let kept = self.store.append_exemplars(exemplars);
        self.taken.exemplars += kept;
        self.taken.lost_exemplars += sent - kept;
        Ok(())
    }

    fn flush_samples(&mut self) -> Result<(), WriteError> {
        let outcome = self.store.append(&self.batch, self.latest_ms)?;
        self.batch.clear();
        self.taken.samples += outcome.accepted + outcome.repeated;
        self.taken.rejection.samples += outcome.rejected();
        self.note_offence(&outcome);
        if self.histograms.is_empty() {
            return Ok(());
        }
        let histograms = &self.histograms;
        let outcome = self.store.append_histograms(histograms, self.latest_ms)?;
        self.histograms.clear();
        self.histogram_series.clear();
        self.histogram_bytes = 0;
        self.taken.histograms += outcome.accepted + outcome.repeated;
        self.taken.rejection.histograms += outcome.rejected();
        self.note_offence(&outcome);
        Ok(())
    }

    fn note_offence(&mut self, outcome: &AppendOutcome) {
        if let Some(offence) = outcome.first_offence {
            let reason = &mut self.taken.rejection.reason;
            reason.get_or_insert_with(|| {
                format!("{} at {} ms", offence.reason, offence.timestamp_ms)
            });
        }
    }

    /// What a series of 2.0 says of its metric; the series of one metric come
    /// together.
    fn series_metadata(&mut self, series: Series<'_>, labels: &Labels) -> Result<(), Malformed> {
        if labels.metric_name() == self.metric {
            return Ok(());
        }
        if let Some(metadata) = series.metadata()? {
            labels.metric_name().clone_into(&mut self.metric);
            self.metadata(family(labels.metric_name(), metadata.kind), &metadata);
        }
        Ok(())
    }

    fn metadata(&self, name: &str, metadata: &Metadata) {
        if metadata.kind != MetricKind::Unknown || !metadata.help.is_empty() {
            self.store.set_metadata(name, metadata);
        }
    }
}

/// The metric family that a series belongs to.
fn family(name: &str, kind: MetricKind) -> &str {
    let suffixes: &[&str] = match kind {
        MetricKind::Histogram | MetricKind::GaugeHistogram => &["_bucket", "_count", "_sum"],
        MetricKind::Summary => &["_count", "_sum"],
        _ => &[],
    };
    let mut families = suffixes
        .iter()
        .filter_map(|suffix| name.strip_suffix(suffix));
    families.next().unwrap_or(name)
}

fn count_samples(series: Series<'_>) -> Result<u64, Malformed> {
    series
        .samples()
        .try_fold(0, |count, sample| sample.map(|_| count + 1))
}

#[cfg(test)]
mod tests;
