//! Files that are written under another name and appear as a whole.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{DiskContext, StorageError};

/// Marks files that are not finished; opening removes them.
pub(crate) const EXTENSION: &str = "tmp";

/// A file on its way to `path`; removed when dropped before it got there, so
/// that an attempt that found the disk full leaves no bytes behind.
pub(crate) struct Unfinished {
    path: PathBuf,
    temporary: PathBuf,
}

impl Unfinished {
    /// A place for the file; what an attempt before left there goes.
    pub fn create(path: &Path) -> Result<Self, StorageError> {
        let temporary = path.with_extension(EXTENSION);
        remove_if_there(&temporary)?;
        Ok(Self {
            path: path.to_owned(),
            temporary,
        })
    }

    /// Where to write meanwhile.
    pub fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// Gives the file, whose bytes are on disk, its name.
    pub fn publish(self) -> Result<PathBuf, StorageError> {
        std::fs::rename(&self.temporary, &self.path).on("rename", &self.temporary)?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let folder_file = File::open(folder).on("open", folder)?;
        folder_file.sync_all().on("sync", folder)?;
        Ok(self.path.clone())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next attempt.
        let _ = std::fs::remove_file(&self.temporary);
    }
}

/// Removes a file that may not be there.
pub(crate) fn remove_if_there(path: &Path) -> Result<(), StorageError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).on("remove", path),
        _ => Ok(()),
    }
}
