//! The store as the server sees it: the head in memory over the disk, if any.

use std::sync::atomic::{AtomicI64, Ordering};

use parking_lot::Mutex;
use series::{Labels, Matcher, Metadata, SeriesReader, SeriesStore, StoreError, TimeRange};
use tsdb::{
    ExemplarRing, Head, HeadOptions, SeriesRef, Statistics, first_hour_end, truncate_before,
};

use crate::block::list::BlockList;
use crate::counters::Counters;
use crate::disk::Disk;
use crate::error::{SeriesRefused, StorageError};
use crate::exemplars::Exemplars;
use crate::options::{Options, ReplayProgress};
use crate::reader::StoredSeries;
use crate::wal::reader::Recovery;
use crate::wal::record::LABELS_LIMIT_BYTES;

/// Nobody has said yet what time it is.
const NO_APPEND: i64 = i64::MIN;

/// Samples in memory and on disk.
pub struct Store {
    pub(crate) head: Head,
    pub(crate) disk: Option<Disk>,
    options: Options,
    recovery: Recovery,
    /// The latest time that the last append allowed: what lies behind it comes
    /// from a clock that was ahead, and nothing is planned by it.
    /// [`NO_APPEND`] before the first.
    pub(crate) latest_ms: AtomicI64,
    pub(crate) exemplars: Mutex<Exemplars>,
    /// Held by whoever moves samples between head and blocks.
    pub(crate) maintenance: Mutex<()>,
}

impl Store {
    /// Opens the store, replaying what the WAL holds; `progress` is told how
    /// far that is.
    ///
    /// # Errors
    /// Where the folder cannot be read or written. Damaged records are left
    /// out and listed in [`Self::recovery`], they are no error.
    pub fn open(
        options: &Options,
        progress: impl FnMut(ReplayProgress),
    ) -> Result<Self, StorageError> {
        let head = Head::new(HeadOptions {
            out_of_order_window_ms: options.out_of_order_window_ms,
            max_series: options.max_series,
        });
        let (disk, recovery) = match &options.data_dir {
            None => (None, Recovery::default()),
            Some(folder) => {
                let (disk, recovery) = Disk::open(folder, &head, progress)?;
                (Some(disk), recovery)
            }
        };
        Ok(Self {
            head,
            disk,
            options: options.clone(),
            recovery,
            latest_ms: AtomicI64::new(NO_APPEND),
            exemplars: Mutex::new(Exemplars {
                ring: ExemplarRing::new(options.max_exemplars),
                added: 0,
                refused: 0,
            }),
            maintenance: Mutex::default(),
        })
    }

    /// What opening found in the WAL.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// The reference of the series with these labels, created where there is
    /// none. Keep it: appending by reference costs a fraction of a lookup.
    ///
    /// # Errors
    /// Where the series is new and there are too many, or its labels are too
    /// long for the WAL.
    pub fn series_ref(&self, labels: &Labels) -> Result<SeriesRef, SeriesRefused> {
        let bytes = labels.as_encoded().len();
        if bytes > LABELS_LIMIT_BYTES {
            return Err(SeriesRefused::LongLabels { bytes });
        }
        let series = self.head.series_ref(labels, |series, labels| {
            if let Some(disk) = &self.disk {
                disk.wal.add_series(series, labels);
            }
        });
        Ok(series?)
    }

    /// The series that are created from now on have this reference or a higher one.
    pub fn next_ref(&self) -> SeriesRef {
        self.head.next_ref()
    }

    /// Deletes the samples in `range` of the series that pass all matchers.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn delete_series(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
    ) -> Result<(), StorageError> {
        let _alone = self.maintenance.lock();
        let series = self.head.matching_refs(matchers);
        if let Some(disk) = &self.disk {
            disk.delete(&self.head, &series, range)?;
        }
        Ok(self.head.delete(&series, range)?)
    }

    /// Removes what was deleted from the blocks for good. What the WAL still has of it
    /// goes with the WAL, when the head is flushed.
    ///
    /// # Errors
    /// Where the disk refuses; trying again later is safe.
    pub fn clean_tombstones(&self) -> Result<(), StorageError> {
        let _alone = self.maintenance.lock();
        match &self.disk {
            Some(disk) => disk.clean_tombstones(&self.head),
            None => Ok(()),
        }
    }

    /// Syncs the WAL; flushes, compacts and drops what is due. To be called
    /// every few seconds from a thread that may block; never holds up appends
    /// or queries.
    ///
    /// # Errors
    /// Where the disk refuses; trying again later is safe.
    pub fn maintain(&self) -> Result<(), StorageError> {
        let _alone = self.maintenance.lock();
        match &self.disk {
            Some(disk) => disk.maintain(&self.head, &self.options, self.latest_ms()),
            None => Ok(self.drop_expired()?),
        }
    }

    /// Moves all of the head into a block, so that the next start has no log to
    /// replay: for an end in good order. Without it nothing is lost either.
    ///
    /// # Errors
    /// Where the disk refuses; the WAL then has what the block lacks.
    pub fn flush_head(&self) -> Result<(), StorageError> {
        let _alone = self.maintenance.lock();
        if let (Some(disk), Some(range)) = (&self.disk, self.head.time_range()) {
            disk.flush_head(&self.head, range.end_ms.saturating_add(1))?;
        }
        Ok(())
    }

    /// The labels of at most `limit` of the series that pass all matchers and
    /// have samples in `range`: those that came first.
    pub fn labels(&self, matchers: &[Matcher], range: TimeRange, limit: usize) -> Vec<Labels> {
        let (labels, _) = self.consistent(range, |blocks| {
            self.head
                .labels(matchers, range, limit, |series| blocks.holds(series))
        });
        labels
    }

    /// Keeps what an exporter declares of metric `name`, in memory only: every
    /// scrape declares it again.
    pub fn set_metadata(&self, name: &str, metadata: &Metadata) {
        self.head.set_metadata(name, metadata);
    }

    /// What is declared of metric `name`, or of every metric; sorted by name.
    pub fn metadata(&self, name: Option<&str>) -> Vec<(String, Metadata)> {
        self.head.metadata(name)
    }

    /// How many series the store knows; cheap.
    pub fn series_count(&self) -> usize {
        self.head.series_count()
    }

    /// Size and the `rows` most frequent names, for `/api/v1/status/tsdb`.
    pub fn statistics(&self, rows: usize) -> Statistics {
        self.head.statistics(rows)
    }

    /// What the store has done since it was opened.
    pub fn counters(&self) -> Counters {
        let of_disk = self.disk.as_ref().map(Disk::counters);
        let catalog = self.recovery.catalog;
        let exemplars = self.exemplars.lock();
        Counters {
            exemplars: exemplars.ring.len() as u64,
            exemplars_added: exemplars.added,
            exemplars_refused: exemplars.refused,
            wal_records_damaged: self.recovery.damaged_records,
            catalogs_rebuilt: u64::from(catalog.is_some()),
            series_without_labels: catalog.map_or(0, |catalog| catalog.series_without_labels),
            ..of_disk.unwrap_or_default()
        }
    }

    /// Without a disk, what retention no longer keeps leaves for nowhere.
    fn drop_expired(&self) -> Result<(), StoreError> {
        let Some(latest_ms) = self.latest_ms() else {
            return Ok(());
        };
        let range = self.head.time_range().map(|range| range.until(latest_ms));
        let due = range.and_then(|range| truncate_before(range, self.options.retention_ms));
        due.map_or(Ok(()), |before_ms| self.truncate(before_ms))?;
        let limit_bytes = self.options.retention_bytes.unwrap_or(u64::MAX);
        while self.head.sample_bytes() > limit_bytes {
            let Some(before_ms) = self.head.time_range().and_then(first_hour_end) else {
                break;
            };
            self.truncate(before_ms)?;
        }
        Ok(())
    }

    /// The latest time that samples may have by now.
    fn latest_ms(&self) -> Option<i64> {
        let latest_ms = self.latest_ms.load(Ordering::Relaxed);
        (latest_ms != NO_APPEND).then_some(latest_ms)
    }

    fn truncate(&self, before_ms: i64) -> Result<(), StoreError> {
        self.head.pending_block(before_ms)?;
        self.head.truncate();
        self.head.gc_series(|_| false);
        Ok(())
    }

    /// The blocks, and what the head has in `range` beside them: taken so that
    /// samples on their way from the head to a block are in one of the two.
    fn consistent<T>(&self, range: TimeRange, in_head: impl Fn(&BlockList) -> T) -> (T, BlockList) {
        let Some(disk) = &self.disk else {
            let none = BlockList::default();
            return (in_head(&none), none);
        };
        loop {
            let blocks = disk.blocks();
            let overlapping = blocks.overlapping(range);
            let found = in_head(&overlapping);
            if disk.blocks().is(&blocks) {
                return (found, overlapping);
            }
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Some(disk) = &self.disk {
            // There is nobody left to tell; the system still writes it out.
            let _ = disk.wal.sync();
        }
    }
}

impl SeriesStore for Store {
    fn select(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
    ) -> Result<Vec<Box<dyn SeriesReader>>, StoreError> {
        let (found, blocks) = self.consistent(range, |blocks| {
            self.head
                .snapshots(matchers, range, |series| blocks.holds(series))
        });
        let stored = found.into_iter().map(|head| {
            let blocks = blocks.clone();
            Box::new(StoredSeries { head, blocks }) as _
        });
        Ok(stored.collect())
    }

    fn label_names(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        let (names, _) = self.consistent(range, |blocks| {
            self.head
                .label_names(matchers, range, limit, |series| blocks.holds(series))
        });
        Ok(names)
    }

    fn label_values(
        &self,
        name: &str,
        matchers: &[Matcher],
        range: TimeRange,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        let (values, _) = self.consistent(range, |blocks| {
            self.head
                .label_values(name, matchers, range, limit, |series| blocks.holds(series))
        });
        Ok(values)
    }
}
