//! The samples of one series at one moment, to be read while it goes on.

use series::{SampleColumns, StoreError, TimeRange};

use crate::chunk::{Chunks, FrozenChunk, HistogramChunk};
use crate::merge::merge_tail;

/// The samples of one series at one moment; cheap to take.
#[derive(Clone, Debug, Default)]
pub(crate) struct FrozenSamples {
    pub pending: Chunks,
    pub sealed: Chunks,
    pub growing: Option<FrozenChunk>,
    pub histograms: Vec<HistogramChunk>,
}

impl FrozenSamples {
    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
            && self.sealed.is_empty()
            && self.growing.is_none()
            && self.histograms.is_empty()
    }

    /// Appends the samples in `range`, ascending.
    pub fn read(&self, range: TimeRange, out: &mut SampleColumns) -> Result<(), StoreError> {
        let start = out.lengths();
        for chunk in self.pending.iter().chain(self.sealed.iter()) {
            let middle = out.lengths();
            chunk.read(range, out)?;
            merge_tail(out, start, middle);
        }
        if let Some(growing) = &self.growing {
            let middle = out.lengths();
            growing.decode(|time, value| {
                if range.contains(time) {
                    out.push(time, value);
                }
            });
            merge_tail(out, start, middle);
        }
        for chunk in &self.histograms {
            let middle = out.lengths();
            chunk.read(range, out)?;
            merge_tail(out, start, middle);
        }
        Ok(())
    }
}
