//! The native histograms of one series in memory, beside its floats.
//!
//! As with floats: chunks ascend and do not overlap, a late histogram is put
//! into the chunk it belongs to, and what is on its way to disk waits in
//! `pending`. A series without histograms has none of this.

use std::sync::Arc;

use series::{Histogram, HistogramSample, SampleColumns, StoreError, TimeRange};

use crate::chunk::{GrowingHistograms, HistogramChunk};

/// The histograms of one series.
#[derive(Default)]
pub(crate) struct HistogramSamples {
    pending: Vec<HistogramChunk>,
    sealed: Vec<HistogramChunk>,
    growing: GrowingHistograms,
    /// What was appended last, to tell a repeated one.
    newest: Arc<Histogram>,
}

impl HistogramSamples {
    /// Adds one that is newer than all before.
    pub fn push(&mut self, sample: &HistogramSample) {
        self.growing.push(sample.timestamp_ms, &sample.histogram);
        self.newest = Arc::clone(&sample.histogram);
        if self.growing.is_full() {
            self.sealed.extend(self.growing.to_chunk());
            self.growing = GrowingHistograms::default();
        }
    }

    /// What was appended last.
    pub fn newest(&self) -> &Histogram {
        &self.newest
    }

    /// The histogram of this time, on its way to disk or not.
    pub fn at(&self, timestamp_ms: i64) -> Option<Arc<Histogram>> {
        let at = TimeRange {
            start_ms: timestamp_ms,
            end_ms: timestamp_ms,
        };
        let mut found = SampleColumns::default();
        for chunk in self.freeze(at) {
            // What does not decode has nothing to compare with.
            let _ = chunk.read(at, &mut found);
        }
        found.histograms?.values.pop()
    }

    /// Puts one that is older than the newest, and of whose time there is none,
    /// into its place.
    pub fn insert_late(&mut self, sample: &HistogramSample) -> Result<(), StoreError> {
        let time = sample.timestamp_ms;
        let is_older = |chunk: &HistogramChunk| chunk.range().start_ms <= time;
        let index = self.sealed.partition_point(is_older).saturating_sub(1);
        let is_grown = self.growing.range().is_some_and(|own| own.start_ms <= time);
        if is_grown || self.sealed.is_empty() {
            let mut columns = SampleColumns::default();
            if let Some(growing) = self.growing.to_chunk() {
                growing.read(TimeRange::ALL, &mut columns)?;
            }
            self.growing = GrowingHistograms::default();
            let newest = Arc::clone(&self.newest);
            with_sample(&columns, sample).for_each(|sample| self.push(&sample));
            self.newest = newest;
            return Ok(());
        }
        let mut columns = SampleColumns::default();
        self.sealed[index].read(TimeRange::ALL, &mut columns)?;
        let all: Vec<_> = with_sample(&columns, sample).collect();
        let packed = pack(&all);
        self.sealed.splice(index..=index, packed);
        Ok(())
    }

    /// The times of the first and the last histogram.
    pub fn time_range(&self) -> Option<TimeRange> {
        let chunks = self.pending.iter().chain(&self.sealed);
        chunks
            .map(HistogramChunk::range)
            .chain(self.growing.range())
            .reduce(TimeRange::including)
    }

    /// A copy of the chunks that overlap `range`.
    pub fn freeze(&self, range: TimeRange) -> Vec<HistogramChunk> {
        let chunks = self.pending.iter().chain(&self.sealed);
        let mut found: Vec<_> = chunks
            .filter(|chunk| chunk.range().overlaps(range))
            .cloned()
            .collect();
        if self.growing.range().is_some_and(|own| own.overlaps(range)) {
            found.extend(self.growing.to_chunk());
        }
        found
    }

    /// Removes the histograms in `range`.
    pub fn delete(&mut self, range: TimeRange) -> Result<(), StoreError> {
        let keeps = |time| !range.contains(time);
        self.pending = filtered(&self.pending, range, keeps)?;
        let growing = self.growing.to_chunk();
        self.sealed = filtered(&self.sealed, range, keeps)?;
        if let Some(growing) = growing.filter(|chunk| chunk.range().overlaps(range)) {
            self.growing = GrowingHistograms::default();
            let mut columns = SampleColumns::default();
            growing.read(TimeRange::ALL, &mut columns)?;
            for (time, histogram) in columns.iter_histograms().filter(|(time, _)| keeps(*time)) {
                self.growing.push(time, histogram);
            }
        }
        Ok(())
    }

    /// Looks which histogram is the newest that is kept here; gives its time.
    pub fn find_newest(&mut self) -> Option<i64> {
        let end_ms = self.time_range()?.end_ms;
        self.newest = self.at(end_ms)?;
        Some(end_ms)
    }

    /// Lets every histogram before `before_ms` wait for the disk; returns all
    /// that wait.
    pub fn pending_block(&mut self, before_ms: i64) -> Result<Vec<HistogramChunk>, StoreError> {
        let old = TimeRange {
            start_ms: i64::MIN,
            end_ms: before_ms.saturating_sub(1),
        };
        let all: Vec<HistogramChunk> = self
            .sealed
            .iter()
            .cloned()
            .chain(self.growing.to_chunk())
            .collect();
        if all.iter().any(|chunk| chunk.range().overlaps(old)) {
            let leaving = filtered(&all, TimeRange::ALL, |time| old.contains(time))?;
            let staying = filtered(&all, old, |time| !old.contains(time))?;
            self.pending.extend(leaving);
            self.sealed = staying;
            self.growing = GrowingHistograms::default();
        }
        Ok(self.pending.clone())
    }

    /// Forgets what waited for the disk.
    pub fn drop_pending(&mut self) {
        self.pending = Vec::new();
    }

    /// How many histograms there are.
    pub fn count(&self) -> usize {
        let chunks = self.pending.iter().chain(&self.sealed);
        chunks.map(HistogramChunk::count).sum::<usize>() + self.growing.count()
    }

    /// How many chunks there are, and the bytes that all of this takes.
    pub fn chunks(&self) -> (usize, usize) {
        let chunks = self.pending.iter().chain(&self.sealed);
        let sealed_bytes: usize = chunks.map(HistogramChunk::own_bytes).sum();
        let own_bytes = size_of::<Self>() + self.newest.size_bytes();
        let growing = usize::from(self.growing.count() > 0);
        (
            self.pending.len() + self.sealed.len() + growing,
            own_bytes + sealed_bytes + self.growing.heap_bytes(),
        )
    }
}

/// The histograms with one more, in its place.
fn with_sample<'a>(
    columns: &'a SampleColumns,
    sample: &'a HistogramSample,
) -> impl Iterator<Item = HistogramSample> + 'a {
    let of = |(timestamp_ms, histogram): (i64, &Arc<Histogram>)| HistogramSample {
        timestamp_ms,
        histogram: Arc::clone(histogram),
    };
    let is_older = move |(time, _): &(i64, &Arc<Histogram>)| *time < sample.timestamp_ms;
    let older = columns.iter_histograms().take_while(is_older).map(of);
    let newer = columns.iter_histograms().skip_while(is_older).map(of);
    older.chain([sample.clone()]).chain(newer)
}

fn pack(samples: &[HistogramSample]) -> Vec<HistogramChunk> {
    let pairs = samples
        .iter()
        .map(|sample| (sample.timestamp_ms, &sample.histogram));
    HistogramChunk::pack(pairs).collect()
}

/// Chunks with only those histograms that are to be kept; none outside of
/// `range` is to go.
fn filtered(
    chunks: &[HistogramChunk],
    range: TimeRange,
    keeps: impl Fn(i64) -> bool,
) -> Result<Vec<HistogramChunk>, StoreError> {
    let mut kept = Vec::new();
    for chunk in chunks {
        if !chunk.range().overlaps(range) {
            kept.push(chunk.clone());
            continue;
        }
        let mut columns = SampleColumns::default();
        chunk.read(TimeRange::ALL, &mut columns)?;
        let pairs = columns.iter_histograms().filter(|(time, _)| keeps(*time));
        kept.extend(HistogramChunk::pack(pairs));
    }
    Ok(kept)
}
