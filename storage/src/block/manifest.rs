//! Which blocks there should be: `blocks/manifest`, a line a block: its number in
//! hexadecimal, and the times of its first and last sample.
//!
//! A block whose file somebody removes takes its samples along without a trace
//! else. The list is written before a file goes, and after one comes: a block
//! that is listed and not there was removed by somebody else. It stays listed, so
//! that whoever asks for its times is told, until the folder is repaired.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use series::TimeRange;

use crate::error::{DiskContext, StorageError};
use crate::unfinished::Unfinished;

/// The blocks that are listed by number, with their times; lists of earlier builds
/// say none.
pub(crate) type Listed = BTreeMap<u64, Option<TimeRange>>;

pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join("manifest")
}

/// What is listed; nothing where there is no list, as in folders of earlier builds.
pub(crate) fn read(folder: &Path) -> Result<Listed, StorageError> {
    let path = path(folder);
    if !path.exists() {
        return Ok(Listed::new());
    }
    // Lines that are no numbers list nothing: damage here costs no sample.
    let bytes = std::fs::read(&path).on("read", &path)?;
    Ok(String::from_utf8_lossy(&bytes)
        .lines()
        .filter_map(parse)
        .collect())
}

fn parse(line: &str) -> Option<(u64, Option<TimeRange>)> {
    let mut words = line.split_whitespace();
    let number = u64::from_str_radix(words.next()?, 16).ok()?;
    let mut times = words.map_while(|word| word.parse::<i64>().ok());
    let range = times.next().zip(times.next());
    let range = range.map(|(start_ms, end_ms)| TimeRange { start_ms, end_ms });
    Some((number, range))
}

/// Replaces the list.
pub(crate) fn write(
    folder: &Path,
    blocks: impl Iterator<Item = (u64, Option<TimeRange>)>,
) -> Result<(), StorageError> {
    let path = path(folder);
    let lines = blocks.map(|(number, range)| match range {
        Some(TimeRange { start_ms, end_ms }) => format!("{number:016x} {start_ms} {end_ms}\n"),
        None => format!("{number:016x}\n"),
    });
    let text: String = lines.collect();
    let file = Unfinished::create(&path)?;
    std::fs::write(file.temporary(), text).on("write", file.temporary())?;
    file.publish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_list_blocks_with_their_times_or_without() {
        let range = TimeRange {
            start_ms: -5,
            end_ms: 7,
        };
        let folder = tempfile::tempdir().unwrap();
        let blocks = [(1, Some(range)), (0xff, None)];
        write(folder.path(), blocks.into_iter()).unwrap();
        assert_eq!(read(folder.path()).unwrap(), blocks.into_iter().collect());
        assert_eq!(parse("what 1 2"), None);
        assert_eq!(parse("00a 1 x"), Some((10, None)));
    }
}
