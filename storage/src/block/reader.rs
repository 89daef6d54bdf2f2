//! A block that is there: its rows to samples.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use redb::{Builder, ReadOnlyDatabase, ReadOnlyTable, ReadableDatabase, ReadableTable};
use series::{Labels, SampleColumns, StoreError, TimeRange};
use tsdb::{Chunk, HistogramChunk, SeriesRef, Times};

use super::format::{
    ABOUT, ABOUT_KEY, About, FORMAT_KEY, FORMAT_WITH_HISTOGRAMS, HISTOGRAMS, LABELS, SERIES, TIMES,
    take_chunk, verify_checksum,
};
use crate::error::{DatabaseContext, DiskContext, StorageError};
use crate::series_labels;

/// Bytes of pages that a block keeps in memory at most.
const CACHE_BYTES: usize = 16 << 20;

/// Decoded columns of times that a block keeps in memory at most.
const COLUMN_SLOTS: usize = 512;

/// A column of times and its number, where one is remembered.
type ColumnSlot = Option<(u32, Arc<Times>)>;

/// An immutable file of samples; open for as long as anybody reads it, even
/// after it was removed.
pub(crate) struct Block {
    pub number: u64,
    pub path: PathBuf,
    pub size_bytes: u64,
    pub about: About,
    series: ReadOnlyTable<u64, &'static [u8]>,
    /// `None` in a block without any.
    histograms: Option<ReadOnlyTable<u64, &'static [u8]>>,
    times: ReadOnlyTable<u32, &'static [u8]>,
    columns: Box<[Mutex<ColumnSlot>]>,
    /// The series whose rows were found damaged.
    damaged_keys: Mutex<HashSet<u64>>,
    format: u8,
    database: ReadOnlyDatabase,
}

impl Block {
    /// Opens the block at `path`.
    pub fn open(number: u64, path: &Path) -> Result<Self, StorageError> {
        guarded(|| Self::open_file(number, path))
    }

    fn open_file(number: u64, path: &Path) -> Result<Self, StorageError> {
        let size_bytes = path.metadata().on("read", path)?.len();
        let database = Builder::new()
            .set_cache_size(CACHE_BYTES)
            .open_read_only(path)
            .of("open", path)?;
        let transaction = database.begin_read().of("read", path)?;
        let about = transaction.open_table(ABOUT).of("read", path)?;
        let format = about.get(FORMAT_KEY).of("read", path)?;
        let format = format.map_or(1, |row| row.value().first().copied().unwrap_or(0));
        if format == 0 || format > FORMAT_WITH_HISTOGRAMS {
            let reason = format!(
                "a block of format {format}; this build reads up to {FORMAT_WITH_HISTOGRAMS}"
            );
            return Err(StoreError::Corrupt(reason).into());
        }
        let about = about.get(ABOUT_KEY).of("read", path)?;
        let about = about.ok_or_else(|| corrupt("a block without a description"))?;
        let histograms = if format < FORMAT_WITH_HISTOGRAMS {
            None
        } else {
            Some(transaction.open_table(HISTOGRAMS).of("read", path)?)
        };
        let block = Self {
            number,
            path: path.to_owned(),
            size_bytes,
            about: About::from_bytes(about.value())?,
            series: transaction.open_table(SERIES).of("read", path)?,
            histograms,
            times: transaction.open_table(TIMES).of("read", path)?,
            columns: (0..COLUMN_SLOTS).map(|_| Mutex::default()).collect(),
            damaged_keys: Mutex::default(),
            format,
            database,
        };
        Ok(block)
    }

    /// Whether this block was made of `other`, which is no longer needed.
    pub fn replaces(&self, other: &Self) -> bool {
        let sources = &self.about.sources;
        self.number > other.number
            && other
                .about
                .sources
                .iter()
                .all(|source| sources.contains(source))
    }

    /// Whether the block has samples of the series.
    pub fn holds(&self, series: SeriesRef) -> bool {
        self.about.series.contains(series.to_u32())
    }

    /// Whether the block is of a format that has the labels of its series.
    pub fn has_labels(&self) -> bool {
        self.format > 1
    }

    /// The labels of the block's series: fewer than all where it was written
    /// before blocks had labels, or where some cannot be read.
    pub fn labels(&self) -> Vec<(SeriesRef, Labels)> {
        let mut labels = Vec::new();
        if self.format > 1 {
            // What is damaged gives nothing; the caller counts what is missing.
            let read: Result<(), StorageError> = guarded(|| self.read_labels(&mut labels));
            drop(read);
        }
        labels
    }

    fn read_labels(&self, out: &mut Vec<(SeriesRef, Labels)>) -> Result<(), StorageError> {
        let transaction = self.database.begin_read().of("read", &self.path)?;
        let table = transaction.open_table(LABELS).of("read", &self.path)?;
        for row in table.iter().of("read", &self.path)? {
            let (_, row) = row.of("read", &self.path)?;
            if let Ok(deflated) = verify_checksum(row.value()) {
                let _ = series_labels::inflate(deflated, out);
            }
        }
        Ok(())
    }

    /// Takes down that the row under `key` cannot be read; says whether that
    /// is news.
    pub fn note_damage(&self, key: u64) -> bool {
        self.damaged_keys.lock().insert(key)
    }

    /// Rows that were found damaged since the block was opened.
    pub fn damaged_rows(&self) -> usize {
        self.damaged_keys.lock().len()
    }

    /// Appends the samples in `range` of the series under `key`, ascending.
    pub fn read(
        &self,
        key: u64,
        range: TimeRange,
        out: &mut SampleColumns,
    ) -> Result<(), StoreError> {
        guarded(|| {
            if let Some(row) = self.series.get(key).map_err(unreadable)? {
                self.read_row(row.value(), range, out)?;
            }
            let Some(histograms) = &self.histograms else {
                return Ok(());
            };
            match histograms.get(key).map_err(unreadable)? {
                Some(row) => read_histograms(row.value(), range, out),
                None => Ok(()),
            }
        })
    }

    /// Appends the samples in `range` of a row.
    fn read_row(
        &self,
        row: &[u8],
        range: TimeRange,
        out: &mut SampleColumns,
    ) -> Result<(), StoreError> {
        let mut rest = verify_checksum(row)?;
        while !rest.is_empty() {
            let (column, values) = take_chunk(&mut rest)?;
            let times = self.column(column)?;
            Chunk::read_parts(&times, values, range, out)?;
        }
        Ok(())
    }

    /// The keys of the floats, ascending.
    pub fn keys(&self) -> Keys<'_> {
        keys_of(Some(&self.series))
    }

    /// The keys of the native histograms, ascending.
    pub fn histogram_keys(&self) -> Keys<'_> {
        keys_of(self.histograms.as_ref())
    }

    fn column(&self, number: u32) -> Result<Arc<Times>, StoreError> {
        let mut slot = self.columns[number as usize % COLUMN_SLOTS].lock();
        if let Some((known, times)) = slot.as_ref()
            && *known == number
        {
            return Ok(Arc::clone(times));
        }
        let row = self.times.get(number).map_err(unreadable)?;
        let row = row.ok_or_else(|| corrupt("a chunk without times"))?;
        let times = Arc::new(Times::from_bytes(verify_checksum(row.value())?)?);
        *slot = Some((number, Arc::clone(&times)));
        Ok(times)
    }
}

/// Keys of a block, or why one cannot be read.
pub(crate) type Keys<'b> = Box<dyn Iterator<Item = Result<u64, StoreError>> + 'b>;

fn keys_of<'b>(table: Option<&'b ReadOnlyTable<u64, &'static [u8]>>) -> Keys<'b> {
    let Some(table) = table else {
        return Box::new(std::iter::empty());
    };
    match table.iter() {
        Ok(rows) => Box::new(rows.map(|row| Ok(row.map_err(unreadable)?.0.value()))),
        Err(error) => Box::new(std::iter::once(Err(unreadable(error)))),
    }
}

/// Appends the histograms in `range` of a row.
fn read_histograms(
    row: &[u8],
    range: TimeRange,
    out: &mut SampleColumns,
) -> Result<(), StoreError> {
    let mut rest = verify_checksum(row)?;
    while !rest.is_empty() {
        HistogramChunk::read_from(&mut rest, range, out)?;
    }
    Ok(())
}

/// The embedded store trusts its own pages, and panics over damaged ones: that
/// is an error like any other damage, and costs this block alone.
fn guarded<T, E: From<StoreError>>(read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(corrupt("a damaged page in a block").into()))
}

fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}

fn unreadable(error: redb::StorageError) -> StoreError {
    match error {
        redb::StorageError::Io(error) => StoreError::Io(error),
        other => StoreError::Corrupt(other.to_string()),
    }
}
