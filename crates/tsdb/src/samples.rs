//! The samples of one series in memory.
//!
//! Samples arrive in the growing chunk; a full one is sealed. Chunks ascend
//! and do not overlap: a late sample is put into the chunk it belongs to,
//! which is decoded and packed again. What is on its way to disk waits in
//! `pending`, readable until the disk has it.

use series::{Sample, SampleColumns, StoreError, TimeRange};

use crate::append::Rejection;
use crate::chunk::{Chunk, Chunks, FrozenChunk, GrowingChunk, pack, repack, split, without};
use crate::merge::merge_tail;
use crate::shared_times::SharedTimes;

/// Samples of a sealed chunk: half an hour at the usual 15 s.
const CHUNK_SAMPLES: usize = 120;

/// What storing one sample came to.
pub(crate) enum Stored {
    New,
    /// The same value was there already.
    Repeated,
}

/// The samples of one series.
#[derive(Default)]
pub(crate) struct Samples {
    /// The series has left the index: whoever still holds it must not write.
    retired: bool,
    /// There were no samples when the series was last looked at.
    was_empty: bool,
    /// The newest sample, as time and bits, wherever it is kept.
    newest: Option<(i64, u64)>,
    pending: Chunks,
    sealed: Chunks,
    growing: GrowingChunk,
}

/// The samples of one series at one moment; cheap to take.
#[derive(Clone, Debug)]
pub(crate) struct FrozenSamples {
    pending: Chunks,
    sealed: Chunks,
    growing: Option<FrozenChunk>,
}

impl Samples {
    /// Stores one sample in its place in time. It may be older than the newest
    /// by `window_ms`; a newest sample later than `latest_ms` counts as one of
    /// then, for a clock that was ahead must not end the series.
    pub fn insert(
        &mut self,
        sample: Sample,
        window_ms: i64,
        latest_ms: i64,
        shared: &SharedTimes,
    ) -> Result<Stored, Rejection> {
        if self.retired {
            return Err(Rejection::UnknownSeries);
        }
        let Sample {
            timestamp_ms,
            value,
        } = sample;
        if let Some((newest_ms, newest_bits)) = self.newest
            && timestamp_ms <= newest_ms
        {
            if timestamp_ms == newest_ms {
                return same_or_duplicate(newest_bits == value.to_bits());
            }
            if window_ms == 0 && newest_ms <= latest_ms {
                return Err(Rejection::OutOfOrder);
            }
            if timestamp_ms < newest_ms.min(latest_ms).saturating_sub(window_ms) {
                return Err(Rejection::TooOld);
            }
            return self.insert_late(sample, shared);
        }
        self.newest = Some((timestamp_ms, value.to_bits()));
        self.growing.push(timestamp_ms, value);
        if self.growing.count() >= CHUNK_SAMPLES {
            self.seal_growing(shared);
        }
        Ok(Stored::New)
    }

    /// The times of the first and the last sample.
    pub fn time_range(&self) -> Option<TimeRange> {
        let sealed = self.pending.iter().chain(self.sealed.iter());
        sealed
            .map(Chunk::range)
            .chain(self.growing.range())
            .reduce(TimeRange::including)
    }

    /// A copy of what overlaps `range`, `None` where nothing does.
    pub fn freeze(&self, range: TimeRange) -> Option<FrozenSamples> {
        let sealed = self.pending.iter().chain(self.sealed.iter());
        let in_growing = self.growing.range().is_some_and(|own| own.overlaps(range));
        if !in_growing && !sealed.map(Chunk::range).any(|own| own.overlaps(range)) {
            return None;
        }
        Some(FrozenSamples {
            pending: self.pending.clone(),
            sealed: self.sealed.clone(),
            growing: in_growing.then(|| self.growing.frozen()),
        })
    }

    /// Removes the samples in `range`; says how many.
    pub fn delete(&mut self, range: TimeRange) -> Result<usize, StoreError> {
        let before = self.count();
        for chunks in [&mut self.pending, &mut self.sealed] {
            if chunks.iter().any(|chunk| chunk.range().overlaps(range)) {
                *chunks = without(chunks, range)?.into();
            }
        }
        if self.growing.range().is_some_and(|own| own.overlaps(range)) {
            let mut kept = GrowingChunk::default();
            self.growing.frozen().decode(|time, value| {
                if !range.contains(time) {
                    kept.push(time, value);
                }
            });
            self.growing = kept;
        }
        if self.newest.is_some_and(|(time, _)| range.contains(time)) {
            self.newest = self.last_kept()?;
        }
        Ok(before - self.count())
    }

    /// Lets every sample before `before_ms` wait for the disk; returns all
    /// that wait, those of earlier calls included.
    pub fn pending_block(&mut self, before_ms: i64) -> Result<Chunks, StoreError> {
        let is_old = |range: TimeRange| range.start_ms < before_ms;
        if !self.sealed.iter().map(Chunk::range).any(is_old)
            && !self.growing.range().is_some_and(is_old)
        {
            return Ok(self.pending.clone());
        }
        let mut pending = self.pending.to_vec();
        let mut staying = Vec::new();
        for chunk in self.sealed.iter() {
            let [old, new] = split(chunk, before_ms)?;
            pending.extend(old);
            staying.extend(new);
        }
        if self.growing.range().is_some_and(is_old) {
            let mut old = SampleColumns::default();
            let mut new = GrowingChunk::default();
            self.growing.frozen().decode(|time, value| {
                if time < before_ms {
                    old.push(time, value);
                } else {
                    new.push(time, value);
                }
            });
            pending.extend(pack(&old));
            self.growing = new;
        }
        self.sealed = staying.into();
        self.pending = pending.into();
        Ok(self.pending.clone())
    }

    /// Forgets what waited for the disk: the disk has it.
    pub fn drop_pending(&mut self) {
        self.pending = Chunks::default();
    }

    /// Retires a series that has no samples and had none when last asked; says
    /// whether it is retired.
    pub fn gc_if_empty(&mut self) -> bool {
        let is_empty = self.count() == 0;
        self.retired |= is_empty && self.was_empty;
        self.was_empty = is_empty;
        self.retired
    }

    /// How many samples there are.
    pub fn count(&self) -> usize {
        let sealed = self.pending.iter().chain(self.sealed.iter());
        sealed.map(|chunk| chunk.times().count()).sum::<usize>() + self.growing.count()
    }

    /// How many chunks there are, and their bytes.
    pub fn chunks(&self) -> (usize, usize) {
        let sealed = self.pending.iter().chain(self.sealed.iter());
        let bytes = sealed.map(Chunk::own_bytes).sum::<usize>() + self.growing.heap_bytes();
        let growing = usize::from(self.growing.count() > 0);
        (self.pending.len() + self.sealed.len() + growing, bytes)
    }

    /// The bits of the value at this time among what waits for the disk.
    fn pending_at(&self, time: i64) -> Option<u64> {
        let at = TimeRange {
            start_ms: time,
            end_ms: time,
        };
        let mut found = SampleColumns::default();
        for chunk in self.pending.iter() {
            // What does not decode has no value to compare with.
            let _ = chunk.read(at, &mut found);
        }
        found.values.last().map(|value| value.to_bits())
    }

    fn insert_late(&mut self, sample: Sample, shared: &SharedTimes) -> Result<Stored, Rejection> {
        let time = sample.timestamp_ms;
        if let Some(bits) = self.pending_at(time) {
            return same_or_duplicate(bits == sample.value.to_bits());
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

    /// The newest sample that is kept here.
    fn last_kept(&self) -> Result<Option<(i64, u64)>, StoreError> {
        let mut newest = self
            .growing
            .range()
            .map(|range| (range.end_ms, self.growing.last_value_bits()));
        for chunk in self.pending.iter().chain(self.sealed.iter()) {
            let end_ms = chunk.range().end_ms;
            if newest.is_none_or(|(time, _)| time < end_ms) {
                let mut columns = SampleColumns::default();
                chunk.read(TimeRange::ALL, &mut columns)?;
                newest = columns.values.last().map(|value| (end_ms, value.to_bits()));
            }
        }
        Ok(newest)
    }
}

impl FrozenSamples {
    /// Appends the samples in `range`, ascending.
    pub fn read(&self, range: TimeRange, out: &mut SampleColumns) -> Result<(), StoreError> {
        let start = out.len();
        for chunk in self.pending.iter().chain(self.sealed.iter()) {
            let middle = out.len();
            chunk.read(range, out)?;
            merge_tail(out, start, middle);
        }
        if let Some(growing) = &self.growing {
            let middle = out.len();
            growing.decode(|time, value| {
                if range.contains(time) {
                    out.push(time, value);
                }
            });
            merge_tail(out, start, middle);
        }
        Ok(())
    }
}

fn same_or_duplicate(is_same: bool) -> Result<Stored, Rejection> {
    if is_same {
        Ok(Stored::Repeated)
    } else {
        Err(Rejection::DuplicateTimestamp)
    }
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
