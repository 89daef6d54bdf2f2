//! What lies under the head in the data folder: `log/`, `blocks/` and
//! `catalog`. The WAL has what the blocks do not have yet.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};
use series::TimeRange;
use tsdb::{Head, SeriesRef};

use crate::block::list::{BlockList, BlockView};
use crate::block::manifest;
use crate::block::reader::Block;
use crate::catalog::{self, Contents};
use crate::error::{DiskContext, StorageError};
use crate::options::ReplayProgress;
use crate::rebuild;
use crate::store::Counters;
use crate::unfinished::{self, remove_if_there};
use crate::wal::reader::{DamagedBlock, Recovery, replay};
use crate::wal::record::{self, Record};
use crate::wal::segment;
use crate::wal::writer::Wal;

const BLOCK_EXTENSION: &str = "block";

pub(crate) struct Disk {
    pub wal: Wal,
    /// Shared while samples are in the head and not yet in the WAL's buffer:
    /// whoever has it alone knows that the WAL has been told of all of them.
    pub appending: RwLock<()>,
    pub folder: PathBuf,
    pub next_block: AtomicU64,
    pub counters: Mutex<Counters>,
    /// The next reference as the catalog knows it.
    pub saved_next: AtomicU64,
    /// The time before which samples left the head last.
    pub flushed_before_ms: AtomicI64,
    /// Numbers of blocks that could not be merged: some of them is damaged.
    pub uncompactable: Mutex<HashSet<u64>>,
    /// Numbers of blocks whose files somebody removed.
    pub missing_blocks: Mutex<HashSet<u64>>,
    /// Numbers of blocks that could not be opened.
    unreadable_blocks: Vec<u64>,
    blocks: RwLock<BlockList>,
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
        let wal_folder = create_folders(folder)?;
        let lock = lock(folder)?;
        let (mut catalog, condition) = catalog::read(folder)?;
        let (blocks, damaged_blocks) = open_blocks(folder, &mut catalog)?;
        rebuild::restore_series(head, &catalog, condition, &blocks);
        let missing_blocks = missing_blocks(folder, &blocks, &damaged_blocks)?;
        let unreadable_blocks: Vec<u64> = damaged_blocks.iter().map(|one| one.number).collect();
        let mut next_block = first_free_number(&blocks, &unreadable_blocks);
        let mut segments = segment::list(&wal_folder)?;
        let apply = |record, recovery: &mut Recovery| {
            if let Record::Truncate { block, .. } = record {
                next_block = next_block.max(block.saturating_add(1));
            }
            apply(head, &blocks, record, recovery);
        };
        let mut recovery = replay(&mut segments, apply, progress)?;
        recovery.catalog = rebuild::outcome(condition, head, &blocks);
        recovery.missing_blocks = missing_blocks;
        recovery.damaged_blocks = damaged_blocks;
        let disk = Self {
            wal: Wal::new(wal_folder, segments),
            appending: RwLock::default(),
            folder: folder.to_owned(),
            next_block: AtomicU64::new(next_block),
            counters: Mutex::default(),
            saved_next: AtomicU64::new(u64::from(catalog.next)),
            flushed_before_ms: AtomicI64::new(i64::MIN),
            uncompactable: Mutex::default(),
            missing_blocks: Mutex::new(recovery.missing_blocks.iter().copied().collect()),
            unreadable_blocks,
            blocks: RwLock::default(),
            _lock: lock,
        };
        disk.set_blocks(blocks);
        if recovery.catalog.is_some() {
            disk.save_catalog(head, &disk.blocks())?;
        }
        Ok((disk, recovery))
    }

    /// The blocks there are now.
    pub fn blocks(&self) -> BlockList {
        self.blocks.read().clone()
    }

    /// Replaces the blocks, in memory and in the list on disk.
    pub fn set_blocks(&self, blocks: BlockList) {
        let listed = blocks.iter().map(|view| view.block.number);
        let listed = listed.chain(self.unreadable_blocks.iter().copied());
        // Without a list no sample is lost, and a full disk must not keep what
        // makes room on it from going on.
        if let Err(error) = manifest::write(&blocks_folder(&self.folder), listed) {
            tracing::warn!("the list of blocks is not up to date: {error}");
        }
        *self.blocks.write() = blocks;
    }

    /// The path of a block.
    pub fn block_path(&self, number: u64) -> PathBuf {
        blocks_folder(&self.folder).join(format!("{number:016x}.{BLOCK_EXTENSION}"))
    }

    /// Writes down every series and every deletion.
    pub fn save_catalog(&self, head: &Head, blocks: &BlockList) -> Result<(), StorageError> {
        // A series that is created meanwhile is in the WAL.
        let next = head.next_ref().to_u32();
        let deleted = blocks.iter().filter(|view| !view.deleted.is_empty());
        let mut contents = Contents {
            next,
            series: head.series(),
            deleted: deleted
                .map(|view| (view.block.number, (*view.deleted).clone()))
                .collect(),
        };
        catalog::write(&self.folder, &mut contents)?;
        self.saved_next.store(u64::from(next), Ordering::Relaxed);
        Ok(())
    }

    /// Makes a deletion last, in the blocks and in the WAL.
    pub fn delete(
        &self,
        head: &Head,
        series: &[SeriesRef],
        range: TimeRange,
    ) -> Result<(), StorageError> {
        let blocks = BlockList::new(
            self.blocks()
                .iter()
                .map(|view| view.without(series, range))
                .collect(),
        );
        self.save_catalog(head, &blocks)?;
        self.set_blocks(blocks);
        let parts = series.chunks(record::DELETE_SERIES);
        parts.into_iter().try_for_each(|part| {
            let lsn = self.wal.add(&record::delete(range, part), None)?;
            self.wal.commit(lsn)
        })
    }

    /// Adds what the disk knows to the counters.
    pub fn counters(&self) -> Counters {
        let wal = self.wal.counters();
        let blocks = self.blocks();
        Counters {
            wal_bytes_written: wal.bytes,
            wal_records_written: wal.records,
            wal_write_failures: wal.failures,
            wal_bytes: wal.segments_bytes,
            blocks: blocks.len() as u64,
            blocks_bytes: blocks.iter().map(|view| view.block.size_bytes).sum(),
            blocks_samples: blocks.iter().map(|view| view.block.about.samples).sum(),
            blocks_damaged: self.unreadable_blocks.len() as u64,
            blocks_missing: self.missing_blocks.lock().len() as u64,
            damaged_rows: blocks
                .iter()
                .map(|view| view.block.damaged_rows() as u64)
                .sum(),
            ..*self.counters.lock()
        }
    }
}

/// Creates what is not there yet; returns the folder of the WAL.
fn create_folders(folder: &Path) -> Result<PathBuf, StorageError> {
    let wal_folder = folder.join("log");
    for folder in [&wal_folder, &blocks_folder(folder)] {
        std::fs::create_dir_all(folder).on("create", folder)?;
    }
    Ok(wal_folder)
}

fn blocks_folder(folder: &Path) -> PathBuf {
    folder.join("blocks")
}

/// The number after those of all blocks.
fn first_free_number(blocks: &BlockList, unreadable: &[u64]) -> u64 {
    let numbers = blocks.iter().map(|view| &view.block.number);
    let newest = numbers.chain(unreadable).max().copied();
    newest.map_or(1, |number| number.saturating_add(1))
}

/// The blocks that are listed and have no file.
fn missing_blocks(
    folder: &Path,
    blocks: &BlockList,
    damaged: &[DamagedBlock],
) -> Result<Vec<u64>, StorageError> {
    let mut listed = manifest::read(&blocks_folder(folder))?;
    for view in blocks.iter() {
        // What a block was made of has gone in good order.
        listed.remove(&view.block.number);
        listed.retain(|number| !view.block.about.sources.contains(number));
    }
    for block in damaged {
        listed.remove(&block.number);
    }
    Ok(listed.into_iter().collect())
}

/// Opens every block that can be read, and removes what was replaced or never
/// finished; returns those that cannot be read beside them.
fn open_blocks(
    folder: &Path,
    catalog: &mut Contents,
) -> Result<(BlockList, Vec<DamagedBlock>), StorageError> {
    let folder = blocks_folder(folder);
    let (mut blocks, mut damaged) = (Vec::new(), Vec::new());
    for entry in folder.read_dir().on("read", &folder)? {
        let path = entry.on("read", &folder)?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str());
        let number = name.and_then(|name| u64::from_str_radix(name, 16).ok());
        match (path.extension().and_then(|one| one.to_str()), number) {
            (Some(BLOCK_EXTENSION), Some(number)) => match Block::open(number, &path) {
                Ok(block) => blocks.push(block),
                Err(error @ StorageError::Disk { .. }) => return Err(error),
                Err(error) => damaged.push(DamagedBlock {
                    number,
                    path,
                    reason: error.to_string(),
                }),
            },
            (Some(unfinished::EXTENSION), Some(_)) => remove_if_there(&path)?,
            _ => {}
        }
    }
    Ok((views(blocks, catalog)?, damaged))
}

/// The blocks that are in force; what they were made of goes.
fn views(blocks: Vec<Block>, catalog: &mut Contents) -> Result<BlockList, StorageError> {
    let replaced: Vec<u64> = blocks
        .iter()
        .filter(|block| blocks.iter().any(|other| other.replaces(block)))
        .map(|block| block.number)
        .collect();
    let mut views = Vec::new();
    for block in blocks {
        if replaced.contains(&block.number) {
            std::fs::remove_file(&block.path).on("remove", &block.path)?;
            continue;
        }
        let deleted = catalog.deleted.remove(&block.number).unwrap_or_default();
        views.push(BlockView {
            block: Arc::new(block),
            deleted: Arc::new(deleted),
        });
    }
    Ok(BlockList::new(views))
}

/// Does again what the head did when the record was written.
fn apply(head: &Head, blocks: &BlockList, record: Record, recovery: &mut Recovery) {
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
        Record::Histograms(samples) => {
            let outcome = head.restore_histograms(&samples);
            recovery.count(samples.len() as u64, outcome.unknown_series);
        }
        // What does not decode cannot be read either.
        Record::Delete { range, series } => drop(head.delete(&series, range)),
        Record::Truncate { block, before_ms } => {
            let is_there = |view: &BlockView| view.block.about.sources.contains(&block);
            if blocks.iter().any(is_there) && head.pending_block(before_ms).is_ok() {
                head.truncate();
            }
        }
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
