//! A selected series: its samples in the blocks, then those in the head.

use series::{Labels, SampleColumns, SeriesReader, StoreError, TimeRange};
use tsdb::{Snapshot, merge_tail};

use crate::block::format::key;
use crate::block::list::BlockList;

/// A snapshot: neither writes nor compaction nor deletion change it.
pub(crate) struct StoredSeries {
    pub head: Snapshot,
    pub blocks: BlockList,
}

impl SeriesReader for StoredSeries {
    fn labels(&self) -> &Labels {
        self.head.labels()
    }

    fn read(&self, range: TimeRange, out: &mut SampleColumns) -> Result<(), StoreError> {
        let start = out.lengths();
        let mut in_blocks = Ok(());
        if self.blocks.len() > 0 {
            let key = key(self.head.series_ref(), self.head.labels());
            in_blocks = self.blocks.read(key, range, out);
        }
        let middle = out.lengths();
        self.head.read(range, out)?;
        merge_tail(out, start, middle);
        match in_blocks {
            Err(StoreError::Partial(damage)) => {
                Err(StoreError::Partial(format!("{}: {damage}", self.labels())))
            }
            other => other,
        }
    }
}
