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
use crate::block::manifest::{self, Listed};
use crate::block::reader::Block;
use crate::catalog::{self, Contents};
use crate::counters::Counters;
use crate::error::{DiskContext, StorageError};
use crate::options::ReplayProgress;
use crate::unfinished::{self, remove_if_there};
use crate::wal::reader::{DamagedBlock, Recovery, replay};
use crate::wal::record::{self, Record};
use crate::wal::segment;
use crate::wal::writer::Wal;
use crate::{folder_format, lock, rebuild};

pub(crate) const BLOCK_EXTENSION: &str = "block";

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
    /// How many blocks could not be opened.
    unreadable_blocks: usize,
    /// Blocks that could not be opened or were not there: they stay listed.
    lost: Listed,
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
        folder_format::read(folder)?;
        let wal_folder = create_folders(folder)?;
        let lock = lock::lock(folder)?;
        let (mut catalog, condition) = catalog::read(folder)?;
        let (blocks, damaged_blocks) = open_blocks(folder, &mut catalog)?;
        rebuild::restore_series(head, &catalog, condition, &blocks);
        let lost = lost_blocks(folder, &blocks, &damaged_blocks)?;
        let mut next_block = first_free_number(&blocks, &lost);
        let mut segments = segment::list(&wal_folder)?;
        let apply = |record, recovery: &mut Recovery| {
            if let Record::Truncate { block, .. } = record {
                next_block = next_block.max(block.saturating_add(1));
            }
            apply(head, &blocks, record, recovery);
        };
        let mut recovery = replay(&mut segments, apply, progress)?;
        recovery.catalog = rebuild::outcome(condition, head, &blocks);
        let is_damaged = |number: &u64| damaged_blocks.iter().any(|one| one.number == *number);
        let missing = lost.keys().filter(|number| !is_damaged(number));
        recovery.missing_blocks = missing.copied().collect();
        recovery.lost_ranges = lost
            .iter()
            .filter_map(|(number, range)| Some((block_path(folder, *number), (*range)?)))
            .collect();
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
            unreadable_blocks: recovery.damaged_blocks.len(),
            lost,
            blocks: RwLock::default(),
            _lock: lock,
        };
        disk.set_blocks(blocks);
        if recovery.catalog.is_some() {
            disk.save_catalog(head, &disk.blocks())?;
        }
        // A full disk must not keep what makes room on it from being opened.
        if let Err(error) = folder_format::write(folder) {
            tracing::warn!("the folder does not say who writes it: {error}");
        }
        Ok((disk, recovery))
    }

    /// The blocks there are now.
    pub fn blocks(&self) -> BlockList {
        self.blocks.read().clone()
    }

    /// Replaces the blocks, in memory and in the list on disk.
    pub fn set_blocks(&self, blocks: BlockList) {
        let listed = blocks.iter().map(|view| &view.block);
        let listed = listed.map(|block| (block.number, Some(block.about.range)));
        let listed = listed.chain(self.lost.iter().map(|(number, range)| (*number, *range)));
        // Without a list no sample is lost, and a full disk must not keep what
        // makes room on it from going on.
        if let Err(error) = manifest::write(&blocks_folder(&self.folder), listed) {
            tracing::warn!("the list of blocks is not up to date: {error}");
        }
        *self.blocks.write() = blocks;
    }

    /// The path of a block.
    pub fn block_path(&self, number: u64) -> PathBuf {
        block_path(&self.folder, number)
    }

    /// A number that no other block has.
    pub fn new_block_number(&self) -> u64 {
        self.next_block.fetch_add(1, Ordering::Relaxed)
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
            blocks_damaged: self.unreadable_blocks as u64,
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
    let wal_folder = wal_folder(folder);
    for folder in [&wal_folder, &blocks_folder(folder)] {
        std::fs::create_dir_all(folder).on("create", folder)?;
    }
    Ok(wal_folder)
}

/// The folder of the WAL.
pub(crate) fn wal_folder(folder: &Path) -> PathBuf {
    folder.join("log")
}

/// The folder of the blocks.
pub(crate) fn blocks_folder(folder: &Path) -> PathBuf {
    folder.join("blocks")
}

/// The path of a block in a data folder.
pub(crate) fn block_path(folder: &Path, number: u64) -> PathBuf {
    blocks_folder(folder).join(format!("{number:016x}.{BLOCK_EXTENSION}"))
}

/// The number after those of all blocks.
fn first_free_number(blocks: &BlockList, lost: &Listed) -> u64 {
    let numbers = blocks.iter().map(|view| &view.block.number);
    let newest = numbers.chain(lost.keys()).max().copied();
    newest.map_or(1, |number| number.saturating_add(1))
}

/// The blocks that cannot be opened, and those that are listed and have no file.
fn lost_blocks(
    folder: &Path,
    blocks: &BlockList,
    damaged: &[DamagedBlock],
) -> Result<Listed, StorageError> {
    let mut listed = manifest::read(&blocks_folder(folder))?;
    for view in blocks.iter() {
        // What a block was made of has gone in good order.
        listed.remove(&view.block.number);
        listed.retain(|number, _| !view.block.about.sources.contains(number));
    }
    for block in damaged {
        listed.entry(block.number).or_default();
    }
    Ok(listed)
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
