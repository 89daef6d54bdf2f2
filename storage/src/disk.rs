//! What lies under the head in the data folder: `log/`.

use std::fs::File;
use std::path::Path;

use series::TimeRange;
use tsdb::{Head, SeriesRef};

use crate::error::{DiskContext, StorageError};
use crate::log::reader::{Recovery, replay};
use crate::log::record::{self, Record};
use crate::log::segment;
use crate::log::writer::Log;
use crate::options::ReplayProgress;
use crate::store::Counters;

pub(crate) struct Disk {
    pub log: Log,
    /// Held for as long as the store is open: one process a folder.
    _lock: File,
}

impl Disk {
    /// Opens the folder, which is created where there is none, and puts what
    /// it holds beyond the blocks into `head`.
    pub fn open(
        folder: &Path,
        head: &Head,
        progress: impl FnMut(ReplayProgress),
    ) -> Result<(Self, Recovery), StorageError> {
        let log_folder = folder.join("log");
        std::fs::create_dir_all(&log_folder).on("create", &log_folder)?;
        let lock = lock(folder)?;
        let mut segments = segment::list(&log_folder)?;
        let apply = |record, recovery: &mut Recovery| apply(head, record, recovery);
        let recovery = replay(&mut segments, apply, progress)?;
        let disk = Self {
            log: Log::new(log_folder, segments),
            _lock: lock,
        };
        Ok((disk, recovery))
    }

    /// Makes a deletion last.
    pub fn delete(&self, series: &[SeriesRef], range: TimeRange) -> Result<(), StorageError> {
        let position = self.log.add(&record::delete(range, series), None);
        self.log.commit(position)
    }

    pub fn count(&self, counters: &mut Counters) {
        let log = self.log.counters();
        counters.log_bytes_written = log.bytes;
        counters.log_records_written = log.records;
        counters.log_write_failures = log.failures;
        counters.log_bytes = log.segments_bytes;
    }
}

/// Does again what the head did when the record was written.
fn apply(head: &Head, record: Record, recovery: &mut Recovery) {
    match record {
        Record::Series(all) => {
            for (series, labels) in all {
                head.restore_series(series, &labels);
            }
        }
        Record::Samples(samples) => {
            let outcome = head.restore(&samples);
            recovery.count(samples.len() as u64, outcome.unknown_series);
        }
        Record::Delete { range, series } => {
            // What does not decode cannot be read either.
            let _ = head.delete(&series, range);
        }
        Record::Leave { .. } => {}
    }
}

fn lock(folder: &Path) -> Result<File, StorageError> {
    let path = folder.join("lock");
    let file = File::create(&path).on("create", &path)?;
    file.try_lock()
        .map_err(std::io::Error::from)
        .on("lock (is another process using the folder?)", &path)?;
    Ok(file)
}
