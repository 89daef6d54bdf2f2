//! Which series there are, which reference comes next, and what was deleted
//! from blocks: one immutable file, replaced as a whole.
//!
//! | table   | key               | value                                       |
//! |---------|-------------------|---------------------------------------------|
//! | about   | `next reference`  | the reference that the next new series gets |
//! | series  | number of a group | checksum, (id, bytes shared with the labels before, length of the rest, rest)… |
//! | deleted | block, id         | checksum, (first time, last time)…          |
//!
//! A group holds neighbours in the order of their labels, each written as its
//! difference to the one before: a sixth of the text.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use redb::{Builder, Database, ReadableDatabase, ReadableTable, TableDefinition, TableError};
use series::{Labels, StoreError, TimeRange};
use tsdb::SeriesRef;
use tsdb::varint::{push_signed, push_unsigned, take_signed, take_unsigned};

use crate::block::format::{seal, unseal};
use crate::error::{DatabaseContext, StorageError};
use crate::unfinished::Unfinished;

const ABOUT: TableDefinition<&str, u32> = TableDefinition::new("about");
const SERIES: TableDefinition<u32, &[u8]> = TableDefinition::new("series");
const DELETED: TableDefinition<(u64, u32), &[u8]> = TableDefinition::new("deleted");

const NEXT_REFERENCE: &str = "next reference";
const GROUP_SERIES: usize = 256;

/// What was deleted from one block, by series.
pub(crate) type Deletions = HashMap<SeriesRef, Vec<TimeRange>>;

/// What the catalog says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Contents {
    pub next: u32,
    pub series: Vec<(SeriesRef, Labels)>,
    /// By the number of the block.
    pub deleted: HashMap<u64, Deletions>,
}

/// The path of the catalog in the data folder.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join("catalog")
}

/// Reads the catalog; an empty one where there is none.
pub(crate) fn read(folder: &Path) -> Result<Contents, StorageError> {
    let path = path(folder);
    let mut contents = Contents::default();
    if !path.exists() {
        return Ok(contents);
    }
    let database = Builder::new().open_read_only(&path).of("open", &path)?;
    let transaction = database.begin_read().of("read", &path)?;
    let about = transaction.open_table(ABOUT).of("read", &path)?;
    let next = about.get(NEXT_REFERENCE).of("read", &path)?;
    contents.next = next.map_or(0, |next| next.value());
    let groups = transaction.open_table(SERIES).of("read", &path)?;
    for group in groups.iter().of("read", &path)? {
        let (_, group) = group.of("read", &path)?;
        read_group(unseal(group.value())?, &mut contents.series)?;
    }
    let deleted = match transaction.open_table(DELETED) {
        Err(TableError::TableDoesNotExist(_)) => return Ok(contents),
        deleted => deleted.of("read", &path)?,
    };
    for entry in deleted.iter().of("read", &path)? {
        let (key, ranges) = entry.of("read", &path)?;
        let (block, id) = key.value();
        let ranges = read_ranges(unseal(ranges.value())?)?;
        let of_block = contents.deleted.entry(block).or_default();
        of_block.insert(SeriesRef::from_u32(id), ranges);
    }
    Ok(contents)
}

/// Replaces the catalog.
pub(crate) fn write(folder: &Path, contents: &mut Contents) -> Result<(), StorageError> {
    let path = path(folder);
    let file = Unfinished::create(&path)?;
    let mut database = Database::create(file.temporary()).of("create", &path)?;
    let transaction = database.begin_write().of("write", &path)?;
    transaction
        .open_table(ABOUT)
        .of("write", &path)?
        .insert(NEXT_REFERENCE, contents.next)
        .of("write", &path)?;
    contents
        .series
        .sort_unstable_by(|(_, a), (_, b)| a.as_encoded().cmp(b.as_encoded()));
    {
        let mut groups = transaction.open_table(SERIES).of("write", &path)?;
        for (number, group) in (0..).zip(contents.series.chunks(GROUP_SERIES)) {
            let bytes = seal(&group_bytes(group));
            groups.insert(number, bytes.as_slice()).of("write", &path)?;
        }
        let mut deleted = transaction.open_table(DELETED).of("write", &path)?;
        for (&block, of_block) in &contents.deleted {
            for (series, ranges) in of_block {
                let bytes = seal(&ranges_bytes(ranges));
                deleted
                    .insert((block, series.to_u32()), bytes.as_slice())
                    .of("write", &path)?;
            }
        }
    }
    transaction.commit().of("write", &path)?;
    // The file was made larger than it needed to be.
    database.compact().of("compact", &path)?;
    drop(database);
    file.publish()?;
    Ok(())
}

fn group_bytes(group: &[(SeriesRef, Labels)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut before: &[u8] = b"";
    for (series, labels) in group {
        let encoded = labels.as_encoded().as_bytes();
        let same = before.iter().zip(encoded).take_while(|(a, b)| a == b);
        let shared = same.count();
        push_unsigned(&mut out, u64::from(series.to_u32()));
        push_unsigned(&mut out, shared as u64);
        push_unsigned(&mut out, (encoded.len() - shared) as u64);
        out.extend_from_slice(&encoded[shared..]);
        before = encoded;
    }
    out
}

fn read_group(mut rest: &[u8], out: &mut Vec<(SeriesRef, Labels)>) -> Result<(), StoreError> {
    let corrupt = || StoreError::Corrupt("a group of series in the catalog".to_owned());
    let mut encoded = Vec::new();
    while !rest.is_empty() {
        let entry = (|| {
            let rest = &mut rest;
            let series = SeriesRef::from_u32(take_unsigned(rest)?.try_into().ok()?);
            encoded.truncate(take_unsigned(rest)?.try_into().ok()?);
            let length = take_unsigned(rest)?.try_into().ok()?;
            let (suffix, after) = rest.split_at_checked(length)?;
            *rest = after;
            encoded.extend_from_slice(suffix);
            let labels = Labels::from_encoded(str::from_utf8(&encoded).ok()?)?;
            Some((series, labels))
        })();
        out.push(entry.ok_or_else(corrupt)?);
    }
    Ok(())
}

fn ranges_bytes(ranges: &[TimeRange]) -> Vec<u8> {
    let mut out = Vec::new();
    for range in ranges {
        push_signed(&mut out, range.start_ms);
        push_signed(&mut out, range.end_ms);
    }
    out
}

fn read_ranges(mut rest: &[u8]) -> Result<Vec<TimeRange>, StoreError> {
    let mut ranges = Vec::new();
    while !rest.is_empty() {
        let range = (|| {
            Some(TimeRange {
                start_ms: take_signed(&mut rest)?,
                end_ms: take_signed(&mut rest)?,
            })
        })();
        ranges.push(range.ok_or_else(|| StoreError::Corrupt("a deletion".to_owned()))?);
    }
    Ok(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), Contents::default());
        let labels = |id: u32| Labels::from_pairs([("a", format!("value {}", id % 700))]);
        let range = TimeRange {
            start_ms: -5,
            end_ms: i64::MAX,
        };
        let deletions = HashMap::from([(SeriesRef::from_u32(7), vec![range, range])]);
        let mut contents = Contents {
            next: 900,
            series: (0..700)
                .map(|id| (SeriesRef::from_u32(id), labels(id)))
                .collect(),
            deleted: HashMap::from([(3, deletions)]),
        };
        write(folder.path(), &mut contents).unwrap();
        assert_eq!(read(folder.path()).unwrap(), contents);
        contents.deleted.clear();
        write(folder.path(), &mut contents).unwrap();
        assert_eq!(read(folder.path()).unwrap(), contents);
    }
}
