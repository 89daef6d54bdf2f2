//! A selected series as it was when it was selected.

use series::{Labels, SampleColumns, SeriesReader, StoreError, TimeRange};

pub(crate) struct Snapshot {
    pub labels: Labels,
    pub samples: SampleColumns,
}

impl SeriesReader for Snapshot {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn read(&self, range: TimeRange, out: &mut SampleColumns) -> Result<(), StoreError> {
        let times = &self.samples.timestamps_ms;
        let start = times.partition_point(|&time| time < range.start_ms);
        let end = times
            .partition_point(|&time| time <= range.end_ms)
            .max(start);
        out.timestamps_ms.extend_from_slice(&times[start..end]);
        out.values
            .extend_from_slice(&self.samples.values[start..end]);
        Ok(())
    }
}
