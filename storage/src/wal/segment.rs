//! The files of the WAL: `log/0000000000000001.log` and on, in hexadecimal.

use std::path::{Path, PathBuf};

use crate::error::{DiskContext, StorageError};

const EXTENSION: &str = "log";

/// One file of the WAL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub number: u64,
    pub path: PathBuf,
    pub size_bytes: u64,
    /// The newest sample it holds; `None` where it holds none.
    pub newest_ms: Option<i64>,
}

/// The path of a segment.
pub(crate) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:016x}.{EXTENSION}"))
}

/// The segments in `folder`, oldest first; what they hold is not known yet.
pub(crate) fn list(folder: &Path) -> Result<Vec<Segment>, StorageError> {
    let mut segments = Vec::new();
    for entry in folder.read_dir().on("read", folder)? {
        let entry = entry.on("read", folder)?;
        let path = entry.path();
        let is_segment = path.extension().is_some_and(|one| one == EXTENSION);
        let name = path.file_stem().and_then(|stem| stem.to_str());
        let number = name.and_then(|name| u64::from_str_radix(name, 16).ok());
        let Some(number) = number.filter(|_| is_segment) else {
            continue;
        };
        let size_bytes = entry.metadata().on("read", &path)?.len();
        segments.push(Segment {
            number,
            path,
            size_bytes,
            newest_ms: None,
        });
    }
    segments.sort_unstable_by_key(|segment| segment.number);
    Ok(segments)
}
