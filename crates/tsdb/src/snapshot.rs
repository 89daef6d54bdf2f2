//! A selected series as it was when it was selected.

use std::sync::Arc;

use series::{Labels, SampleColumns, SeriesReader, StoreError, TimeRange};

use crate::append::SeriesRef;
use crate::frozen::FrozenSamples;
use crate::memory::MemorySeries;

/// What the head holds of one selected series; later writes do not change it.
pub struct Snapshot {
    pub(crate) series: Arc<MemorySeries>,
    pub(crate) samples: Option<FrozenSamples>,
}

impl Snapshot {
    /// The series' reference.
    pub fn series_ref(&self) -> SeriesRef {
        SeriesRef(self.series.id)
    }
}

impl SeriesReader for Snapshot {
    fn labels(&self) -> &Labels {
        &self.series.labels
    }

    fn read(&self, range: TimeRange, out: &mut SampleColumns) -> Result<(), StoreError> {
        match &self.samples {
            Some(samples) => samples.read(range, out),
            None => Ok(()),
        }
    }
}
