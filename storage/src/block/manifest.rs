//! Which blocks there should be: `blocks/manifest`, a line a block.
//!
//! A block whose file somebody removes takes its samples along without a trace
//! else. The list is written before a file goes, and after one comes: a block
//! that is listed and not there was removed by somebody else.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::{DiskContext, StorageError};
use crate::unfinished::Unfinished;

fn path(folder: &Path) -> PathBuf {
    folder.join("manifest")
}

/// The numbers that are listed; none where there is no list, as in folders of
/// earlier builds.
pub(crate) fn read(folder: &Path) -> Result<BTreeSet<u64>, StorageError> {
    let path = path(folder);
    if !path.exists() {
        return Ok(BTreeSet::new());
    }
    // Lines that are no numbers list nothing: damage here costs no sample.
    let bytes = std::fs::read(&path).on("read", &path)?;
    let text = String::from_utf8_lossy(&bytes);
    let numbers = text.lines().map(|line| u64::from_str_radix(line, 16));
    Ok(numbers.flatten().collect())
}

/// Replaces the list.
pub(crate) fn write(folder: &Path, numbers: impl Iterator<Item = u64>) -> Result<(), StorageError> {
    let path = path(folder);
    let text: String = numbers.map(|number| format!("{number:016x}\n")).collect();
    let file = Unfinished::create(&path)?;
    std::fs::write(file.temporary(), text).on("write", file.temporary())?;
    file.publish()?;
    Ok(())
}
