//! Samples into their places in time.

use series::{Histogram, HistogramSample, Sample, SampleColumns, TimeRange};

use super::histograms::HistogramSamples;
use super::{Bounds, CHUNK_SAMPLES, NewestKind, Samples, Stored};
use crate::append::Rejection;
use crate::chunk::{BUCKETS_LIMIT, Chunk, GrowingChunk, repack};
use crate::shared_times::SharedTimes;

impl Samples {
    /// Stores one sample in its place in time.
    pub fn insert(
        &mut self,
        sample: Sample,
        bounds: Bounds,
        shared: &SharedTimes,
    ) -> Result<Stored, Rejection> {
        if self.retired {
            return Err(Rejection::UnknownSeries);
        }
        let Sample {
            timestamp_ms,
            value,
        } = sample;
        if self.newest_kind != NewestKind::None && timestamp_ms <= self.newest_ms {
            return self.insert_not_newest(sample, bounds, shared);
        }
        self.newest_kind = NewestKind::Float;
        self.newest_ms = timestamp_ms;
        self.newest_bits = value.to_bits();
        self.growing.push(timestamp_ms, value);
        if self.growing.count() >= CHUNK_SAMPLES {
            self.seal_growing(shared);
        }
        Ok(Stored::New)
    }

    #[cold]
    fn insert_not_newest(
        &mut self,
        sample: Sample,
        bounds: Bounds,
        shared: &SharedTimes,
    ) -> Result<Stored, Rejection> {
        if sample.timestamp_ms == self.newest_ms {
            let is_float = self.newest_kind == NewestKind::Float;
            return same_or_duplicate(is_float && self.newest_bits == sample.value.to_bits());
        }
        self.check_late(sample.timestamp_ms, bounds)?;
        self.insert_late(sample, shared)
    }

    /// Stores one native histogram in its place in time.
    pub fn insert_histogram(
        &mut self,
        sample: &HistogramSample,
        bounds: Bounds,
    ) -> Result<Stored, Rejection> {
        if self.retired {
            return Err(Rejection::UnknownSeries);
        }
        let HistogramSample {
            timestamp_ms,
            histogram,
        } = sample;
        if !is_sound(histogram) {
            return Err(Rejection::InvalidHistogram);
        }
        if self.newest_kind != NewestKind::None && *timestamp_ms <= self.newest_ms {
            if *timestamp_ms == self.newest_ms {
                let newest = self.histograms.as_deref().map(HistogramSamples::newest);
                let newest = newest.filter(|_| self.newest_kind == NewestKind::Histogram);
                return same_or_duplicate(newest.is_some_and(|known| is_same(known, histogram)));
            }
            self.check_late(*timestamp_ms, bounds)?;
            return self.insert_late_histogram(sample);
        }
        self.histograms.get_or_insert_default().push(sample);
        self.newest_kind = NewestKind::Histogram;
        self.newest_ms = *timestamp_ms;
        Ok(Stored::New)
    }

    /// Whether a sample older than the newest may still come.
    fn check_late(&self, timestamp_ms: i64, bounds: Bounds) -> Result<(), Rejection> {
        let Bounds {
            window_ms,
            latest_ms,
        } = bounds;
        if window_ms == 0 && self.newest_ms <= latest_ms {
            return Err(Rejection::OutOfOrder);
        }
        if timestamp_ms < self.newest_ms.min(latest_ms).saturating_sub(window_ms) {
            return Err(Rejection::TooOld);
        }
        Ok(())
    }

    /// The float at this time, wherever it is kept.
    fn float_at(&self, time: i64) -> Option<f64> {
        let growing = self.growing.range();
        let growing = growing.filter(|range| range.contains(time)).and_then(|_| {
            let mut found = None;
            self.growing.frozen().decode(|at, value| {
                if at == time {
                    found = Some(value);
                }
            });
            found
        });
        growing.or_else(|| value_at(self.pending.iter().chain(self.sealed.iter()), time))
    }

    fn insert_late(&mut self, sample: Sample, shared: &SharedTimes) -> Result<Stored, Rejection> {
        let time = sample.timestamp_ms;
        if let Some(value) = value_at(self.pending.iter(), time) {
            return same_or_duplicate(value.to_bits() == sample.value.to_bits());
        }
        let histograms = self.histograms.as_deref();
        if histograms.is_some_and(|all| all.at(time).is_some()) {
            return Err(Rejection::DuplicateTimestamp);
        }
        let in_growing = match self.growing.range() {
            Some(range) => range.start_ms <= time || self.sealed.is_empty(),
            None => {
                let newest = self.sealed.last().map(|chunk| chunk.range().end_ms);
                newest.is_none_or(|newest_ms| newest_ms < time)
            }
        };
        if in_growing {
            self.insert_into_growing(sample, shared)
        } else {
            self.insert_into_sealed(sample)
        }
    }

    fn insert_late_histogram(&mut self, sample: &HistogramSample) -> Result<Stored, Rejection> {
        let time = sample.timestamp_ms;
        if self.float_at(time).is_some() {
            return Err(Rejection::DuplicateTimestamp);
        }
        let histograms = self.histograms.get_or_insert_default();
        if let Some(known) = histograms.at(time) {
            return same_or_duplicate(is_same(&known, &sample.histogram));
        }
        // Bytes that this process packed decode, or its memory is broken.
        histograms
            .insert_late(sample)
            .map_err(|_| Rejection::DuplicateTimestamp)?;
        Ok(Stored::New)
    }

    fn insert_into_growing(
        &mut self,
        sample: Sample,
        shared: &SharedTimes,
    ) -> Result<Stored, Rejection> {
        let mut columns = SampleColumns::default();
        self.growing
            .frozen()
            .decode(|time, value| columns.push(time, value));
        let stored = put(&mut columns, sample)?;
        self.growing = GrowingChunk::default();
        for sample in columns.iter() {
            self.growing.push(sample.timestamp_ms, sample.value);
        }
        if self.growing.count() >= CHUNK_SAMPLES {
            self.seal_growing(shared);
        }
        Ok(stored)
    }

    fn insert_into_sealed(&mut self, sample: Sample) -> Result<Stored, Rejection> {
        let is_older = |chunk: &Chunk| chunk.range().start_ms <= sample.timestamp_ms;
        let index = self.sealed.partition_point(is_older).saturating_sub(1);
        let mut columns = SampleColumns::default();
        // Bytes that this process packed decode, or its memory is broken.
        self.sealed[index]
            .read(TimeRange::ALL, &mut columns)
            .map_err(|_| Rejection::DuplicateTimestamp)?;
        let stored = put(&mut columns, sample)?;
        if matches!(stored, Stored::New) {
            self.sealed
                .make_mut()
                .splice(index..=index, repack(&columns));
        }
        Ok(stored)
    }

    fn seal_growing(&mut self, shared: &SharedTimes) {
        let mut columns = SampleColumns::default();
        self.growing
            .frozen()
            .decode(|time, value| columns.push(time, value));
        let SampleColumns {
            timestamps_ms,
            values,
            ..
        } = &columns;
        let chunk = Chunk::new(timestamps_ms, values, |times| shared.share(times));
        if let Some(chunk) = chunk {
            self.sealed.push(chunk);
        }
        self.growing = GrowingChunk::default();
    }
}

/// The value at this time in any of the chunks.
fn value_at<'c>(chunks: impl Iterator<Item = &'c Chunk>, time: i64) -> Option<f64> {
    let at = TimeRange {
        start_ms: time,
        end_ms: time,
    };
    let mut found = SampleColumns::default();
    for chunk in chunks {
        // What does not decode has no value to compare with.
        let _ = chunk.read(at, &mut found);
    }
    found.values.pop()
}

/// Whether a histogram is stored already; of a marker nothing else is kept.
fn is_same(stored: &Histogram, sent: &Histogram) -> bool {
    stored.same_data(sent) || (stored.is_stale() && sent.is_stale())
}

fn same_or_duplicate(is_same: bool) -> Result<Stored, Rejection> {
    if is_same {
        Ok(Stored::Repeated)
    } else {
        Err(Rejection::DuplicateTimestamp)
    }
}

/// Whether the store takes a histogram.
fn is_sound(histogram: &Histogram) -> bool {
    let sides = [&histogram.positive, &histogram.negative];
    let fits = sides
        .iter()
        .all(|side| side.counts.len() <= BUCKETS_LIMIT && side.spans.len() <= BUCKETS_LIMIT);
    histogram.is_stale()
        || (fits && histogram.custom_values.len() <= BUCKETS_LIMIT && histogram.validate().is_ok())
}

/// Puts a sample into its place, unless there is one of its time.
fn put(columns: &mut SampleColumns, sample: Sample) -> Result<Stored, Rejection> {
    match columns.timestamps_ms.binary_search(&sample.timestamp_ms) {
        Ok(index) => same_or_duplicate(columns.values[index].to_bits() == sample.value.to_bits()),
        Err(index) => {
            columns.timestamps_ms.insert(index, sample.timestamp_ms);
            columns.values.insert(index, sample.value);
            Ok(Stored::New)
        }
    }
}
