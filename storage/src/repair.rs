//! A damaged data folder -> one without damage, of all that can be read.
//!
//! Contract: what is taken out lies in `damaged/` afterwards, as it was; nothing is
//! deleted. The folder is as good as before if a repair ends early.

use std::path::{Path, PathBuf};

use series::{Labels, SampleColumns, TimeRange};
use tsdb::SeriesRef;

use crate::block::format::key;
use crate::block::list::{BlockList, BlockView};
use crate::block::manifest;
use crate::block::writer::BlockWriter;
use crate::disk::{Disk, blocks_folder, wal_folder};
use crate::error::{DiskContext, StorageError};
use crate::inspect::blocks_of;
use crate::options::Options;
use crate::store::Store;
use crate::wal::segment;
use crate::{folder_format, lock};

/// Where what is taken out is put.
const ASIDE: &str = "damaged";

/// What a repair did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repair {
    /// Files that now lie in `damaged/`.
    pub set_aside: Vec<PathBuf>,
    /// Series in blocks whose samples could not be read and are gone from them.
    pub lost_rows: u64,
    /// Damaged records of the log.
    pub lost_records: u64,
    /// Whether the catalog was made anew.
    pub catalog_rebuilt: bool,
}

/// Repairs a folder that no process uses.
///
/// # Errors
/// [`StorageError::Locked`] where one does; where the disk refuses.
pub fn repair(folder: &Path) -> Result<Repair, StorageError> {
    folder_format::read(folder)?;
    let mut repair = Repair::default();
    {
        let _lock = lock::lock(folder)?;
        repair.set_unreadable_blocks_aside(folder)?;
    }
    let options = Options {
        data_dir: Some(folder.to_owned()),
        // Nothing leaves but what is damaged.
        retention_ms: i64::MAX,
        ..Options::default()
    };
    let store = Store::open(&options, |_| {})?;
    repair.catalog_rebuilt = store.recovery().catalog.is_some();
    repair.lost_records = store.recovery().damaged_records;
    if repair.lost_records > 0 {
        repair.copy_log_aside(folder)?;
        // A block takes the place of the log, with all of it that can be read.
        store.flush_head()?;
    }
    if let Some(disk) = &store.disk {
        repair.salvage_blocks(&store, disk)?;
    }
    Ok(repair)
}

impl Repair {
    /// Blocks that cannot be opened go, and so do those that are listed and not there.
    fn set_unreadable_blocks_aside(&mut self, folder: &Path) -> Result<(), StorageError> {
        let (blocks, damaged) = blocks_of(folder)?;
        for block in damaged {
            self.link_aside(folder, &block.path)?;
            std::fs::remove_file(&block.path).on("remove", &block.path)?;
        }
        let listed = blocks
            .iter()
            .map(|block| (block.number, Some(block.about.range)));
        manifest::write(&blocks_folder(folder), listed)
    }

    fn copy_log_aside(&mut self, folder: &Path) -> Result<(), StorageError> {
        for segment in segment::list(&wal_folder(folder))? {
            self.link_aside(folder, &segment.path)?;
        }
        Ok(())
    }

    /// Writes each block with rows that cannot be read anew, without them.
    fn salvage_blocks(&mut self, store: &Store, disk: &Disk) -> Result<(), StorageError> {
        let views: Vec<BlockView> = disk.blocks().iter().cloned().collect();
        for view in views {
            let list = BlockList::new(vec![view.clone()]);
            let mut samples = SampleColumns::default();
            let all: Vec<(u64, Labels)> = keys(store, &view);
            let mut readable = Vec::new();
            for (key, labels) in &all {
                samples.clear();
                if list.read(*key, TimeRange::ALL, &mut samples).is_ok() {
                    readable.push((*key, labels));
                }
            }
            if readable.len() == all.len() {
                continue;
            }
            self.lost_rows += (all.len() - readable.len()) as u64;
            self.link_aside(&disk.folder, &view.block.path)?;
            let number = disk.new_block_number();
            let sources = view.block.about.sources.clone();
            let mut writer = BlockWriter::create(&disk.block_path(number), sources)?;
            for (key, labels) in readable {
                samples.clear();
                list.read(key, TimeRange::ALL, &mut samples)?;
                writer.add(key, Some(labels), &samples)?;
            }
            disk.publish(writer, number, &[view.block.number])?;
            let path = &view.block.path;
            std::fs::remove_file(path).on("remove", path)?;
        }
        disk.save_catalog(&store.head, &disk.blocks())
    }

    /// Has the file lie in `damaged/` as well.
    fn link_aside(&mut self, folder: &Path, file: &Path) -> Result<(), StorageError> {
        let aside = folder.join(ASIDE);
        std::fs::create_dir_all(&aside).on("create", &aside)?;
        let name = file.file_name().unwrap_or_default();
        let mut to = aside.join(name);
        for number in 1.. {
            if !to.exists() {
                break;
            }
            to = aside.join(format!("{}.{number}", name.to_string_lossy()));
        }
        if std::fs::hard_link(file, &to).is_err() {
            std::fs::copy(file, &to).on("copy", file)?;
        }
        self.set_aside.push(to);
        Ok(())
    }
}

/// The keys of a block's series that have labels, ascending.
fn keys(store: &Store, view: &BlockView) -> Vec<(u64, Labels)> {
    let series = view.block.about.series.iter().map(SeriesRef::from_u32);
    let mut keys: Vec<(u64, Labels)> = series
        .filter_map(|series| {
            let labels = store.head.labels_of(series)?;
            Some((key(series, &labels), labels))
        })
        .collect();
    keys.sort_unstable_by_key(|(key, _)| *key);
    keys
}
