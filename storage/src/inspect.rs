//! A data folder -> what lies in it, and what of it is damaged. Nothing is changed,
//! and no lock is needed: a server may use the folder meanwhile.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use series::{SampleColumns, TimeRange};

use crate::block::format::key;
use crate::block::list::{BlockList, BlockView};
use crate::block::manifest;
use crate::block::reader::Block;
use crate::catalog;
use crate::disk::{BLOCK_EXTENSION, blocks_folder, wal_folder};
use crate::error::{DiskContext, StorageError};
use crate::folder_format::{self, FolderFormat};
use crate::lock::{self, Holder};
use crate::snapshot::snapshots;
use crate::wal::frame::{Found, Frames};
use crate::wal::reader::DamagedBlock;
use crate::wal::record::parse;
use crate::wal::segment;

/// What lies in a data folder.
#[derive(Debug)]
pub struct Inspection {
    /// What it says of itself.
    pub format: FolderFormat,
    /// The process that uses it now.
    pub holder: Option<Holder>,
    /// How many files the log has, and how many bytes.
    pub log: (usize, u64),
    /// The bytes of the catalog; `None` where there is none.
    pub catalog_bytes: Option<u64>,
    /// By the time of their first sample.
    pub blocks: Vec<BlockInfo>,
    /// Blocks that cannot be opened.
    pub damaged_blocks: Vec<DamagedBlock>,
    /// The numbers of blocks that are listed and not there.
    pub missing_blocks: Vec<u64>,
    /// The names of the snapshots.
    pub snapshots: Vec<String>,
}

/// What a block says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockInfo {
    /// Its file.
    pub path: PathBuf,
    /// The times of its first and last sample.
    pub range: TimeRange,
    /// How many samples.
    pub samples: u64,
    /// Of how many series.
    pub series: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// Something that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub path: PathBuf,
    /// What is wrong there.
    pub reason: String,
}

/// The blocks of a folder, and those that cannot be opened.
pub(crate) fn blocks_of(folder: &Path) -> Result<(Vec<Block>, Vec<DamagedBlock>), StorageError> {
    let folder = blocks_folder(folder);
    let (mut blocks, mut damaged) = (Vec::new(), Vec::new());
    for entry in folder.read_dir().on("read", &folder)? {
        let path = entry.on("read", &folder)?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str());
        let number = name.and_then(|name| u64::from_str_radix(name, 16).ok());
        let is_block = path.extension().is_some_and(|one| one == BLOCK_EXTENSION);
        let Some(number) = number.filter(|_| is_block) else {
            continue;
        };
        match Block::open(number, &path) {
            Ok(block) => blocks.push(block),
            // It was merged into another meanwhile.
            Err(StorageError::Disk { .. }) if !path.exists() => {}
            Err(error) => damaged.push(DamagedBlock {
                number,
                path,
                reason: error.to_string(),
            }),
        }
    }
    blocks.sort_by_key(|block| (block.about.range.start_ms, block.number));
    Ok((blocks, damaged))
}

/// Looks at a data folder.
///
/// # Errors
/// Where it is none, is of a later format, or cannot be read.
pub fn inspect(folder: &Path) -> Result<Inspection, StorageError> {
    let format = folder_format::read(folder)?;
    let (blocks, damaged_blocks) = blocks_of(folder)?;
    let mut missing = manifest::read(&blocks_folder(folder))?;
    for block in &blocks {
        missing.remove(&block.number);
        missing.retain(|number, _| !block.about.sources.contains(number));
    }
    for block in &damaged_blocks {
        missing.remove(&block.number);
    }
    let segments = segment::list(&wal_folder(folder))?;
    let catalog = std::fs::metadata(catalog::path(folder));
    Ok(Inspection {
        format,
        holder: lock::holder(folder)?,
        log: (
            segments.len(),
            segments.iter().map(|one| one.size_bytes).sum(),
        ),
        catalog_bytes: catalog.ok().map(|metadata| metadata.len()),
        blocks: blocks.iter().map(info).collect(),
        damaged_blocks,
        missing_blocks: missing.into_keys().collect(),
        snapshots: snapshots(folder)?,
    })
}

fn info(block: &Block) -> BlockInfo {
    BlockInfo {
        path: block.path.clone(),
        range: block.about.range,
        samples: block.about.samples,
        series: block.about.series.len(),
        bytes: block.size_bytes,
    }
}

/// Reads everything in a data folder; what cannot be read, or is not there.
///
/// # Errors
/// As [`inspect`].
pub fn check(folder: &Path) -> Result<Vec<Damage>, StorageError> {
    let inspection = inspect(folder)?;
    let mut damage = Vec::new();
    for block in inspection.damaged_blocks {
        let (path, reason) = (block.path, block.reason);
        damage.push(Damage { path, reason });
    }
    for number in inspection.missing_blocks {
        damage.push(Damage {
            path: blocks_folder(folder).join(format!("{number:016x}.{BLOCK_EXTENSION}")),
            reason: "the file was removed, and its samples with it".to_owned(),
        });
    }
    let (blocks, _) = blocks_of(folder)?;
    for block in blocks {
        damage.extend(check_block(block));
    }
    let path = catalog::path(folder);
    if path.exists() && !catalog::is_whole(&std::fs::read(&path).on("read", &path)?) {
        let reason = "a part of it is damaged; the blocks and the log have what it says";
        damage.push(Damage {
            path,
            reason: reason.to_owned(),
        });
    }
    for segment in segment::list(&wal_folder(folder))? {
        let bytes = std::fs::read(&segment.path).on("read", &segment.path)?;
        damage.extend(check_log(&segment.path, &bytes));
    }
    Ok(damage)
}

/// Rows of a block that cannot be read, and labels that are gone.
fn check_block(block: Block) -> Vec<Damage> {
    let path = block.path.clone();
    let labels = block.labels();
    let mut keys: BTreeSet<u64> = labels
        .iter()
        .map(|(one, labels)| key(*one, labels))
        .collect();
    keys.extend(block.keys().map_while(Result::ok));
    let without_labels = block.about.series.len().saturating_sub(labels.len() as u64);
    let (expected, has_labels) = (block.about.samples, block.has_labels());
    let list = BlockList::new(vec![BlockView {
        block: block.into(),
        deleted: std::sync::Arc::default(),
    }]);
    let mut damage = Vec::new();
    let (mut rows, mut samples) = (0_u64, 0_u64);
    let mut columns = SampleColumns::default();
    for key in keys {
        columns.clear();
        if list.read(key, TimeRange::ALL, &mut columns).is_err() {
            rows += 1;
        }
        samples += columns.len() as u64 + columns.iter_histograms().count() as u64;
    }
    if rows > 0 {
        let lost = expected.saturating_sub(samples);
        let reason = format!("{rows} series with {lost} samples cannot be read");
        damage.push(Damage {
            path: path.clone(),
            reason,
        });
    }
    if has_labels && without_labels > 0 {
        let reason = format!("the labels of {without_labels} series cannot be read");
        damage.push(Damage { path, reason });
    }
    damage
}

fn check_log(path: &Path, bytes: &[u8]) -> Vec<Damage> {
    let mut frames = Frames::new(bytes);
    let mut damage = Vec::new();
    while let Some(found) = frames.next() {
        let reason = match found {
            Found::Payload(payload) if parse(payload).is_some() => continue,
            Found::Payload(payload) => {
                let (bytes, offset) = (payload.len(), frames.position());
                format!("a record of {bytes} bytes before byte {offset} is none")
            }
            Found::Damaged { offset, bytes } => {
                format!("{bytes} bytes from byte {offset} on are damaged")
            }
            // The end of the process cut it off before it was acknowledged.
            Found::Torn { .. } => continue,
        };
        damage.push(Damage {
            path: path.to_owned(),
            reason,
        });
    }
    damage
}
