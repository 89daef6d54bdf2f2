//! The data folder -> another folder with what it has now, which a store opens.
//!
//! Contract: every sample that was acknowledged before is in it, and none of it
//! changes with the folder. Files that never change are linked, not copied, where
//! both folders are of one file system: a snapshot costs no room until blocks of the
//! folder go.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::block::manifest;
use crate::disk::{BLOCK_EXTENSION, blocks_folder, wal_folder};
use crate::error::{DiskContext, StorageError};
use crate::store::Store;
use crate::wal::segment;
use crate::{catalog, folder_format, lock};

/// Where a store keeps its snapshots, in its data folder.
const FOLDER: &str = "snapshots";
/// Of a snapshot that is not finished.
const UNFINISHED: &str = "tmp";

impl Store {
    /// Makes a snapshot, and gives its name: that of a folder in `snapshots/`. With
    /// `skip_head` it has the blocks alone.
    ///
    /// # Errors
    /// [`StorageError::InMemory`] without a data folder; where the disk refuses.
    pub fn snapshot(&self, skip_head: bool) -> Result<String, StorageError> {
        let _alone = self.maintenance.lock();
        let disk = self.disk.as_ref().ok_or(StorageError::InMemory)?;
        let log_until = if skip_head {
            None
        } else {
            let last = disk.wal.rotate()?;
            disk.wal.sync()?;
            Some(last)
        };
        let name = new_name();
        copy(
            &disk.folder,
            &disk.folder.join(FOLDER).join(&name),
            log_until,
        )?;
        Ok(name)
    }
}

/// Makes a snapshot of a folder that no process uses.
///
/// # Errors
/// [`StorageError::Locked`] where one does; where `to` is there already, or the disk
/// refuses.
pub fn snapshot_folder(folder: &Path, to: &Path) -> Result<(), StorageError> {
    folder_format::read(folder)?;
    let _lock = lock::lock(folder)?;
    copy(folder, to, Some(u64::MAX))
}

/// The names of the snapshots in a folder, sorted.
///
/// # Errors
/// Where the folder cannot be read.
pub fn snapshots(folder: &Path) -> Result<Vec<String>, StorageError> {
    let folder = folder.join(FOLDER);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in folder.read_dir().on("read", &folder)? {
        let path = entry.on("read", &folder)?.path();
        if path.extension().is_none_or(|one| one != UNFINISHED)
            && let Some(name) = path.file_name()
        {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// As Prometheus names them: the time, and a number that is nobody else's.
fn new_name() -> String {
    let now = jiff::Timestamp::now();
    let number = now.as_nanosecond() as u64 ^ u64::from(std::process::id()).rotate_left(48);
    format!("{}-{number:016x}", now.strftime("%Y%m%dT%H%M%SZ"))
}

/// Copies blocks, their list, the catalog and, up to a number, the log.
fn copy(folder: &Path, to: &Path, log_until: Option<u64>) -> Result<(), StorageError> {
    if to.exists() {
        let reason = std::io::Error::from(ErrorKind::AlreadyExists);
        return Err(reason).on("create", to);
    }
    let unfinished = to.with_extension(UNFINISHED);
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished).on("remove", &unfinished)?;
    }
    let copied = fill(folder, &unfinished, log_until);
    if let Err(error) = copied {
        let _ = std::fs::remove_dir_all(&unfinished); // the next one of the name removes it
        return Err(error);
    }
    std::fs::rename(&unfinished, to).on("rename", &unfinished)?;
    sync_folder(to.parent().unwrap_or(Path::new(".")))
}

fn fill(folder: &Path, to: &Path, log_until: Option<u64>) -> Result<(), StorageError> {
    for part in [blocks_folder(to), wal_folder(to)] {
        std::fs::create_dir_all(&part).on("create", &part)?;
    }
    let from = blocks_folder(folder);
    for entry in from.read_dir().on("read", &from)? {
        let path = entry.on("read", &from)?.path();
        if path.extension().is_some_and(|one| one == BLOCK_EXTENSION) {
            place(&path, &blocks_folder(to))?;
        }
    }
    place_if_there(&manifest::path(&from), &blocks_folder(to))?;
    for file in [catalog::path(folder), folder_format::path(folder)] {
        place_if_there(&file, to)?;
    }
    let segments = segment::list(&wal_folder(folder))?;
    let until = log_until.unwrap_or(0);
    for one in segments.iter().filter(|one| one.number <= until) {
        place(&one.path, &wal_folder(to))?;
    }
    for part in [&blocks_folder(to), &wal_folder(to), to] {
        sync_folder(part)?;
    }
    Ok(())
}

fn place_if_there(file: &Path, folder: &Path) -> Result<(), StorageError> {
    if file.exists() {
        place(file, folder)
    } else {
        Ok(())
    }
}

/// Puts the file into the folder, too; its bytes are on disk then.
fn place(file: &Path, folder: &Path) -> Result<(), StorageError> {
    let to: PathBuf = folder.join(file.file_name().unwrap_or_default());
    if std::fs::hard_link(file, &to).is_ok() {
        return Ok(());
    }
    // Another file system, or one without links.
    std::fs::copy(file, &to).on("copy", file)?;
    let copied = File::open(&to).on("open", &to)?;
    copied.sync_all().on("sync", &to)
}

fn sync_folder(folder: &Path) -> Result<(), StorageError> {
    let file = File::open(folder).on("open", folder)?;
    file.sync_all().on("sync", folder)
}
