//! The samples of one series in memory.
//!
//! Samples arrive in the growing chunk; a full one is sealed. Chunks ascend
//! and do not overlap: a late sample is put into the chunk it belongs to,
//! which is decoded and packed again. What is on its way to disk waits in
//! `pending`, readable until the disk has it. Native histograms lie beside the
//! floats; a time has one of the two.

mod histograms;
mod insert;
mod leave;

use series::TimeRange;

use crate::chunk::{Chunk, Chunks, GrowingChunk};
use crate::frozen::FrozenSamples;
use histograms::HistogramSamples;

/// Samples of a sealed chunk: half an hour at the usual 15 s.
const CHUNK_SAMPLES: usize = 120;

/// What storing one sample came to.
pub(crate) enum Stored {
    New,
    /// The same value was there already.
    Repeated,
}

/// What the newest sample is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum NewestKind {
    /// There is none.
    #[default]
    None,
    Float,
    Histogram,
}

/// What is taken of a batch.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    /// How much older than the newest sample a sample may be.
    pub window_ms: i64,
    /// A newest sample later than this counts as one of then, for a clock that
    /// was ahead must not end the series.
    pub latest_ms: i64,
}

/// The samples of one series.
#[derive(Default)]
pub(crate) struct Samples {
    /// The series has left the index: whoever still holds it must not write.
    retired: bool,
    /// There were no samples when the series was last looked at.
    was_empty: bool,
    newest_kind: NewestKind,
    /// The time of the newest sample, wherever it is kept.
    newest_ms: i64,
    /// Its bits where it is a float.
    newest_bits: u64,
    pending: Chunks,
    sealed: Chunks,
    growing: GrowingChunk,
    /// `None` where there are none, as of nearly every series.
    histograms: Option<Box<HistogramSamples>>,
}

impl Samples {
    /// The times of the first and the last sample.
    pub fn time_range(&self) -> Option<TimeRange> {
        let sealed = self.pending.iter().chain(self.sealed.iter());
        let histograms = self.histograms.as_deref();
        sealed
            .map(Chunk::range)
            .chain(self.growing.range())
            .chain(histograms.and_then(HistogramSamples::time_range))
            .reduce(TimeRange::including)
    }

    /// A copy of what overlaps `range`, `None` where nothing does.
    pub fn freeze(&self, range: TimeRange) -> Option<FrozenSamples> {
        let sealed = self.pending.iter().chain(self.sealed.iter());
        let in_growing = self.growing.range().is_some_and(|own| own.overlaps(range));
        let histograms = self.histograms.as_deref();
        let histograms = histograms.map_or(Vec::new(), |all| all.freeze(range));
        if !in_growing
            && histograms.is_empty()
            && !sealed.map(Chunk::range).any(|own| own.overlaps(range))
        {
            return None;
        }
        Some(FrozenSamples {
            pending: self.pending.clone(),
            sealed: self.sealed.clone(),
            growing: in_growing.then(|| self.growing.frozen()),
            histograms,
        })
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
        let floats =
            sealed.map(|chunk| chunk.times().count()).sum::<usize>() + self.growing.count();
        floats
            + self
                .histograms
                .as_deref()
                .map_or(0, HistogramSamples::count)
    }

    /// How many chunks there are, and their bytes.
    pub fn chunks(&self) -> (usize, usize) {
        let sealed = self.pending.iter().chain(self.sealed.iter());
        let bytes = sealed.map(Chunk::own_bytes).sum::<usize>() + self.growing.heap_bytes();
        let growing = usize::from(self.growing.count() > 0);
        let histograms = self.histograms.as_deref();
        let (chunks, histogram_bytes) = histograms.map_or((0, 0), HistogramSamples::chunks);
        (
            self.pending.len() + self.sealed.len() + growing + chunks,
            bytes + histogram_bytes,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_of_floats_pays_nothing_for_histograms() {
        // As much as when there were none: the head holds millions of these.
        assert_eq!(size_of::<Samples>(), 120);
        let samples = Samples::default();
        assert_eq!(samples.chunks(), (0, 0));
    }
}
