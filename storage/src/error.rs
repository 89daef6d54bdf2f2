//! Why the disk under the store could not do something.

use std::path::{Path, PathBuf};

use crate::folder_format::FOLDER_VERSION;
use crate::lock::Holder;
use crate::wal::record::LABELS_LIMIT_BYTES;

/// Why the store could not keep or find something.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The disk refused; nothing that was acknowledged is lost.
    #[error("cannot {action} {path}: {source}", path = path.display())]
    Disk {
        /// What was tried, such as `write`.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The WAL still refuses what it refused before.
    #[error("the log cannot be written: {reason}")]
    WalUnavailable {
        /// What the system said.
        reason: String,
    },
    /// A record that the WAL could not read back.
    #[error("a record of {bytes} bytes is too large for the log")]
    LargeRecord {
        /// Its size.
        bytes: usize,
    },
    /// Another process uses the data folder.
    #[error("{folder} is in use by another process: {holder}", folder = folder.display())]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// Who, where and since when.
        holder: Holder,
    },
    /// A later build has written the data folder; nothing in it was touched.
    #[error("{folder} is of format {version}, written by {written_by}; this build reads up to {FOLDER_VERSION}: run that version, or give another folder", folder = folder.display())]
    LaterFormat {
        /// The folder.
        folder: PathBuf,
        /// Of its format.
        version: u32,
        /// The program and its version.
        written_by: String,
    },
    /// The data folder does not say its format.
    #[error("{path} says no version; write `version 1` into it if the folder is Andon's", path = path.display())]
    NoFormat {
        /// The file that is to say it.
        path: PathBuf,
    },
    /// There is no data folder.
    #[error("samples are kept in memory alone: start with --data-dir")]
    InMemory,
    /// A block or the catalog cannot be read or written.
    #[error("cannot {action} {path}: {reason}", path = path.display())]
    Database {
        /// What was tried, such as `write`.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the embedded store said.
        reason: String,
    },
    /// Stored bytes do not decode.
    #[error(transparent)]
    Store(#[from] series::StoreError),
}

/// Why a series was not created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeriesRefused {
    /// There are as many series as may be.
    #[error(transparent)]
    Limit(#[from] tsdb::SeriesLimitReached),
    /// The WAL could not read it back.
    #[error("the series' labels take {bytes} bytes, more than {LABELS_LIMIT_BYTES}")]
    LongLabels {
        /// How much its labels take.
        bytes: usize,
    },
}

/// Adds the file and the action to what the system said.
pub(crate) trait DiskContext<T> {
    fn on(self, action: &'static str, path: &Path) -> Result<T, StorageError>;
}

impl<T> DiskContext<T> for std::io::Result<T> {
    fn on(self, action: &'static str, path: &Path) -> Result<T, StorageError> {
        self.map_err(|source| StorageError::Disk {
            action,
            path: path.to_owned(),
            source,
        })
    }
}

/// Adds the file and the action to what the embedded store said.
pub(crate) trait DatabaseContext<T> {
    fn of(self, action: &'static str, path: &Path) -> Result<T, StorageError>;
}

impl<T, E: Into<redb::Error>> DatabaseContext<T> for Result<T, E> {
    fn of(self, action: &'static str, path: &Path) -> Result<T, StorageError> {
        self.map_err(|error| StorageError::Database {
            action,
            path: path.to_owned(),
            reason: error.into().to_string(),
        })
    }
}
