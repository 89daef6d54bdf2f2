//! Batches of samples into the head and the WAL.

use std::sync::atomic::Ordering;

use series::{HistogramSample, Sample};
use tsdb::{AppendOutcome, Head, SeriesRef};

use crate::error::StorageError;
use crate::store::Store;
use crate::wal::histograms_record::HistogramsRecord;
use crate::wal::record::SamplesRecord;

/// Samples of one WAL record at most; new series wait for as many.
const RECORD_SAMPLES: usize = 1 << 13;

/// What the histograms of one WAL record take in memory at most, save where one
/// alone takes more: written, they take less than twice as much.
const RECORD_HISTOGRAMS_BYTES: usize = 1 << 20;

impl Store {
    /// Stores samples, none later than `latest_ms` (`i64::MAX` takes all), and
    /// returns once the WAL has them. Samples of one series cost least side by
    /// side. Rejected samples are no error: the outcome counts them.
    ///
    /// # Errors
    /// Where the disk refuses: then nothing of the batch may be acknowledged,
    /// and sending it again later is safe.
    pub fn append(
        &self,
        batch: &[(SeriesRef, Sample)],
        latest_ms: i64,
    ) -> Result<AppendOutcome, StorageError> {
        self.append_parts(batch.chunks(RECORD_SAMPLES), latest_ms)
    }

    /// Stores native histograms, as [`Self::append`] does floats.
    ///
    /// # Errors
    /// As there.
    pub fn append_histograms(
        &self,
        batch: &[(SeriesRef, HistogramSample)],
        latest_ms: i64,
    ) -> Result<AppendOutcome, StorageError> {
        let mut bytes = 0;
        let parts = batch.chunk_by(move |(_, sample), _| {
            bytes += sample.histogram.size_bytes();
            let has_room = bytes < RECORD_HISTOGRAMS_BYTES;
            if !has_room {
                bytes = 0;
            }
            has_room
        });
        self.append_parts(parts, latest_ms)
    }

    fn append_parts<'b, T: Recorded + 'b>(
        &self,
        parts: impl Iterator<Item = &'b [(SeriesRef, T)]>,
        latest_ms: i64,
    ) -> Result<AppendOutcome, StorageError> {
        self.latest_ms.store(latest_ms, Ordering::Relaxed);
        let mut outcome = AppendOutcome::default();
        let Some(disk) = &self.disk else {
            for part in parts {
                outcome.join(T::append(&self.head, part, latest_ms, |_, _| {}));
            }
            return Ok(outcome);
        };
        // What the WAL could not be told must not be in the head either.
        disk.wal.check()?;
        let mut written = None;
        for part in parts {
            let _under_way = disk.appending.read();
            let mut record = T::Record::with_capacity(part.len());
            let accepted = T::append(&self.head, part, latest_ms, |series, sample| {
                record.push(series, sample);
            });
            if let Some(range) = accepted.accepted_range {
                written = Some(disk.wal.add(&record.finish(), Some(range.end_ms))?);
            }
            outcome.join(accepted);
        }
        if outcome.repeated > 0 {
            // Whoever stored it first may not have told the WAL yet, or still
            // waits for it.
            drop(disk.appending.write());
            written = Some(disk.wal.added());
        }
        if let Some(lsn) = written {
            disk.wal.commit(lsn)?;
        }
        Ok(outcome)
    }
}

/// What the head takes and a record of the WAL holds.
trait Recorded: Sized {
    type Record: RecordOf<Self>;

    fn append(
        head: &Head,
        batch: &[(SeriesRef, Self)],
        latest_ms: i64,
        on_accept: impl FnMut(SeriesRef, &Self),
    ) -> AppendOutcome;
}

/// A record under construction.
trait RecordOf<T> {
    fn with_capacity(samples: usize) -> Self;

    fn push(&mut self, series: SeriesRef, sample: &T);

    fn finish(self) -> Vec<u8>;
}

impl Recorded for Sample {
    type Record = SamplesRecord;

    fn append(
        head: &Head,
        batch: &[(SeriesRef, Self)],
        latest_ms: i64,
        on_accept: impl FnMut(SeriesRef, &Self),
    ) -> AppendOutcome {
        head.append(batch, latest_ms, on_accept)
    }
}

impl RecordOf<Sample> for SamplesRecord {
    fn with_capacity(samples: usize) -> Self {
        Self::with_capacity(samples)
    }

    fn push(&mut self, series: SeriesRef, sample: &Sample) {
        self.push(series, *sample);
    }

    fn finish(self) -> Vec<u8> {
        self.finish()
    }
}

impl Recorded for HistogramSample {
    type Record = HistogramsRecord;

    fn append(
        head: &Head,
        batch: &[(SeriesRef, Self)],
        latest_ms: i64,
        on_accept: impl FnMut(SeriesRef, &Self),
    ) -> AppendOutcome {
        head.append_histograms(batch, latest_ms, on_accept)
    }
}

impl RecordOf<HistogramSample> for HistogramsRecord {
    fn with_capacity(_: usize) -> Self {
        Self::default()
    }

    fn push(&mut self, series: SeriesRef, sample: &HistogramSample) {
        self.push(series, sample);
    }

    fn finish(self) -> Vec<u8> {
        self.finish()
    }
}
