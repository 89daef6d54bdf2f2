//! One series in memory: its labels and its samples.

use parking_lot::{Mutex, MutexGuard};
use series::{Labels, Sample, SampleColumns, TimeRange};

use crate::append::Rejection;

/// A series of the head; the identity never changes, the samples do.
pub(crate) struct MemorySeries {
    pub id: u32,
    pub hash: u64,
    pub labels: Labels,
    samples: Mutex<Samples>,
}

/// What storing one sample came to.
pub(crate) enum Stored {
    New,
    /// The same value was there already.
    Repeated,
}

impl MemorySeries {
    pub fn new(id: u32, hash: u64, labels: Labels) -> Self {
        Self {
            id,
            hash,
            labels,
            samples: Mutex::default(),
        }
    }

    pub fn lock(&self) -> MutexGuard<'_, Samples> {
        self.samples.lock()
    }
}

/// The samples of one series.
#[derive(Default)]
pub(crate) struct Samples {
    /// The series has left the index: whoever still holds it must not write.
    retired: bool,
    /// There were no samples when the series was last looked at.
    was_empty: bool,
    columns: SampleColumns,
}

impl Samples {
    /// Stores one sample in its place in time.
    pub fn insert(&mut self, sample: Sample, window_ms: i64) -> Result<Stored, Rejection> {
        if self.retired {
            return Err(Rejection::UnknownSeries);
        }
        let Sample {
            timestamp_ms,
            value,
        } = sample;
        let times = &mut self.columns.timestamps_ms;
        let Some(&newest_ms) = times.last() else {
            self.columns.push(timestamp_ms, value);
            return Ok(Stored::New);
        };
        if timestamp_ms > newest_ms {
            self.columns.push(timestamp_ms, value);
            return Ok(Stored::New);
        }
        match times.binary_search(&timestamp_ms) {
            Ok(index) if self.columns.values[index].to_bits() == value.to_bits() => {
                Ok(Stored::Repeated)
            }
            Ok(_) => Err(Rejection::DuplicateTimestamp),
            Err(_) if window_ms == 0 => Err(Rejection::OutOfOrder),
            Err(_) if timestamp_ms < newest_ms.saturating_sub(window_ms) => Err(Rejection::TooOld),
            Err(index) => {
                times.insert(index, timestamp_ms);
                self.columns.values.insert(index, value);
                Ok(Stored::New)
            }
        }
    }

    /// Retires a series that has no samples and had none when last asked; says
    /// whether it is retired.
    pub fn retire_if_empty(&mut self) -> bool {
        let is_empty = self.columns.is_empty();
        self.retired |= is_empty && self.was_empty;
        self.was_empty = is_empty;
        self.retired
    }

    /// The times of the first and the last sample.
    pub fn time_range(&self) -> Option<TimeRange> {
        let times = &self.columns.timestamps_ms;
        Some(TimeRange {
            start_ms: *times.first()?,
            end_ms: *times.last()?,
        })
    }

    /// A copy of the samples in `range`.
    pub fn snapshot(&self, range: TimeRange) -> SampleColumns {
        let mut copy = SampleColumns::default();
        for sample in self
            .columns
            .iter()
            .filter(|s| range.contains(s.timestamp_ms))
        {
            copy.push(sample.timestamp_ms, sample.value);
        }
        copy
    }

    /// Removes the samples in `range`; says how many.
    pub fn delete(&mut self, range: TimeRange) -> usize {
        let before = self.columns.len();
        let mut kept = SampleColumns::default();
        for sample in self
            .columns
            .iter()
            .filter(|s| !range.contains(s.timestamp_ms))
        {
            kept.push(sample.timestamp_ms, sample.value);
        }
        self.columns = kept;
        before - self.columns.len()
    }

    pub fn len(&self) -> usize {
        self.columns.len()
    }
}
