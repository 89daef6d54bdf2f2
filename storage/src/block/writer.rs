//! Samples to a new block.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{Database, TableDefinition, WriteTransaction};
use roaring::RoaringBitmap;
use series::{Labels, SampleColumns, TimeRange};
use tsdb::{Chunk, HistogramChunk, SeriesRef, Times};

use super::format::{
    ABOUT, ABOUT_KEY, About, FORMAT, FORMAT_KEY, FORMAT_WITH_HISTOGRAMS, HISTOGRAMS, LABELS,
    SERIES, TIMES, push_chunk, series_of, with_checksum,
};
use crate::error::{DatabaseContext, StorageError};
use crate::series_labels;
use crate::unfinished::Unfinished;

/// Samples of one chunk at most: long enough for pco to do its best, short
/// enough that a query of minutes decodes microseconds' worth.
const CHUNK_SAMPLES: usize = 1024;

/// Columns of times that are remembered while a block is written; the series
/// of one metric come together, and each target has its own.
const COLUMN_SLOTS: usize = 8192;

/// Bytes of pages that the embedded store holds while it writes.
const CACHE_BYTES: usize = 32 << 20;

/// Writes a block in ascending order of key.
pub(crate) struct BlockWriter {
    path: PathBuf,
    transaction: WriteTransaction,
    database: Database,
    file: Unfinished,
    columns: Vec<Option<(Arc<Times>, u32)>>,
    next_column: u32,
    labels: Vec<(SeriesRef, Labels)>,
    format: u8,
    about: About,
}

impl BlockWriter {
    /// A writer of the block at `path`, which is not there before
    /// [`Self::finish`].
    pub fn create(path: &Path, sources: Vec<u64>) -> Result<Self, StorageError> {
        let file = Unfinished::create(path)?;
        let database = Database::builder()
            .set_cache_size(CACHE_BYTES)
            .create(file.temporary())
            .of("create", path)?;
        let transaction = database.begin_write().of("write", path)?;
        Ok(Self {
            path: path.to_owned(),
            file,
            database,
            transaction,
            columns: vec![None; COLUMN_SLOTS],
            next_column: 0,
            labels: Vec::new(),
            format: FORMAT,
            about: About {
                range: TimeRange {
                    start_ms: i64::MAX,
                    end_ms: i64::MIN,
                },
                samples: 0,
                sources,
                series: RoaringBitmap::new(),
            },
        })
    }

    /// Adds the samples of one series, if any. Labels that nobody knows any
    /// more are `None`.
    pub fn add(
        &mut self,
        key: u64,
        labels: Option<&Labels>,
        samples: &SampleColumns,
    ) -> Result<(), StorageError> {
        if samples.is_empty() {
            return Ok(());
        }
        self.add_floats(key, samples)?;
        self.add_histograms(key, samples)?;
        self.about.series.insert(series_of(key).to_u32());
        self.labels
            .extend(labels.map(|labels| (series_of(key), labels.clone())));
        Ok(())
    }

    fn add_floats(&mut self, key: u64, samples: &SampleColumns) -> Result<(), StorageError> {
        let mut row = Vec::new();
        let times = samples.timestamps_ms.chunks(CHUNK_SAMPLES);
        for (times, values) in times.zip(samples.values.chunks(CHUNK_SAMPLES)) {
            let Some(chunk) = Chunk::new(times, values, Arc::new) else {
                continue;
            };
            let column = self.column(chunk.times())?;
            push_chunk(&mut row, column, chunk.values());
            self.about.add(chunk.range(), times.len());
        }
        self.insert(SERIES, key, &row)
    }

    fn add_histograms(&mut self, key: u64, samples: &SampleColumns) -> Result<(), StorageError> {
        let mut row = Vec::new();
        for chunk in HistogramChunk::pack(samples.iter_histograms()) {
            chunk.push_to(&mut row);
            self.about.add(chunk.range(), chunk.count());
            self.format = FORMAT_WITH_HISTOGRAMS;
        }
        self.insert(HISTOGRAMS, key, &row)
    }

    /// Adds a row, if there is anything in it.
    fn insert(
        &self,
        table: TableDefinition<u64, &[u8]>,
        key: u64,
        row: &[u8],
    ) -> Result<(), StorageError> {
        if row.is_empty() {
            return Ok(());
        }
        let mut table = self.transaction.open_table(table).of("write", &self.path)?;
        table
            .insert(key, with_checksum(row).as_slice())
            .of("write", &self.path)?;
        Ok(())
    }

    /// Makes the block last and names it; `None` where it has no samples.
    pub fn finish(self) -> Result<Option<PathBuf>, StorageError> {
        let Self {
            path,
            file,
            mut database,
            transaction,
            mut labels,
            format,
            about,
            ..
        } = self;
        if about.samples == 0 {
            return Ok(None);
        }
        write_about(&transaction, format, &about).of("write", &path)?;
        labels.sort_unstable_by(|(_, a), (_, b)| a.as_encoded().cmp(b.as_encoded()));
        write_labels(&transaction, &labels).of("write", &path)?;
        transaction.commit().of("write", &path)?;
        // The file was made larger than it needed to be.
        database.compact().of("compact", &path)?;
        drop(database);
        Ok(Some(file.publish()?))
    }

    /// The number of a column of times; an equal one is found again.
    fn column(&mut self, times: &Arc<Times>) -> Result<u32, StorageError> {
        let slot = slot(times);
        if let Some((known, number)) = &self.columns[slot]
            && known == times
        {
            return Ok(*number);
        }
        let number = self.next_column;
        self.next_column += 1;
        self.columns[slot] = Some((Arc::clone(times), number));
        let mut table = self.transaction.open_table(TIMES).of("write", &self.path)?;
        table
            .insert(number, with_checksum(&times.to_bytes()).as_slice())
            .of("write", &self.path)?;
        Ok(number)
    }
}

fn write_about(
    transaction: &WriteTransaction,
    format: u8,
    about: &About,
) -> Result<(), redb::Error> {
    // A block of histograms alone has these tables as well.
    transaction.open_table(SERIES)?;
    transaction.open_table(TIMES)?;
    let mut table = transaction.open_table(ABOUT)?;
    table.insert(FORMAT_KEY, [format].as_slice())?;
    table.insert(ABOUT_KEY, about.to_bytes().as_slice())?;
    Ok(())
}

fn write_labels(
    transaction: &WriteTransaction,
    labels: &[(SeriesRef, Labels)],
) -> Result<(), redb::Error> {
    let mut table = transaction.open_table(LABELS)?;
    let mut rest = labels;
    for number in 0.. {
        if rest.is_empty() {
            break;
        }
        let row = series_labels::deflate(&mut rest)?;
        table.insert(number, with_checksum(&row).as_slice())?;
    }
    Ok(())
}

fn slot(times: &Times) -> usize {
    let range = times.range();
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&range.start_ms.to_le_bytes());
    bytes[8..16].copy_from_slice(&range.end_ms.to_le_bytes());
    bytes[16..].copy_from_slice(&(times.count() as u64).to_le_bytes());
    crc32fast::hash(&bytes) as usize % COLUMN_SLOTS
}
