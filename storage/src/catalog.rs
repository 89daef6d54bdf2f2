//! Which series there are, which reference comes next, and what was deleted
//! from blocks: one immutable file, replaced as a whole.
//!
//! The file is a run of frames like the WAL's ([`crate::wal::frame`]), each a
//! kind and its fields as varints:
//!
//! | kind | what it says       | fields                                                                 |
//! |------|--------------------|------------------------------------------------------------------------|
//! | 1    | about the file     | next reference, number of frames that follow                           |
//! | 2    | series             | deflated: (id − id before, bytes shared with the labels before, length of the rest, rest)… |
//! | 3    | what was deleted   | (block, id, number of ranges, (first time, last time)…)…               |
//!
//! Series stand in the order of their labels, each written as its difference
//! to the one before: a sixth of the text, of which deflating leaves a third.
//! An embedded database would take ten pages before the first series.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use series::{Labels, StoreError, TimeRange};
use tsdb::SeriesRef;
use tsdb::varint::{push_signed, push_unsigned, take_signed, take_unsigned};

use crate::error::{DiskContext, StorageError};
use crate::unfinished::Unfinished;
use crate::wal::frame::{Found, Frames, push_frame};

const ABOUT: u8 = 1;
const SERIES: u8 = 2;
const DELETED: u8 = 3;

/// A frame that has grown to this, before it is deflated, is followed by
/// another.
const FRAME_BYTES: usize = 1 << 20;

/// No frame inflates to more: its last series may have labels of a mebibyte.
const INFLATED_LIMIT_BYTES: u64 = 4 << 20;

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
    if !path.exists() {
        return Ok(Contents::default());
    }
    let bytes = std::fs::read(&path).on("read", &path)?;
    let damaged = || StoreError::Corrupt(format!("the catalog {}", path.display()));
    Ok(parse(&bytes).ok_or_else(damaged)?)
}

/// Replaces the catalog.
pub(crate) fn write(folder: &Path, contents: &mut Contents) -> Result<(), StorageError> {
    let path = path(folder);
    contents
        .series
        .sort_unstable_by(|(_, a), (_, b)| a.as_encoded().cmp(b.as_encoded()));
    let file = Unfinished::create(&path)?;
    let bytes = to_bytes(contents).on("deflate", &path)?;
    let mut temporary = File::create(file.temporary()).on("create", &path)?;
    temporary.write_all(&bytes).on("write", &path)?;
    temporary.sync_all().on("sync", &path)?;
    file.publish()?;
    Ok(())
}

fn to_bytes(contents: &Contents) -> std::io::Result<Vec<u8>> {
    let mut frames = Vec::new();
    let mut series = contents.series.as_slice();
    while !series.is_empty() {
        frames.push(series_frame(&mut series)?);
    }
    let mut deleted: Vec<(u64, SeriesRef, &[TimeRange])> = Vec::new();
    for (&block, of_block) in &contents.deleted {
        let all = of_block.iter();
        deleted.extend(all.map(|(&series, ranges)| (block, series, ranges.as_slice())));
    }
    let mut deleted = deleted.as_slice();
    while !deleted.is_empty() {
        frames.push(deleted_frame(&mut deleted));
    }
    let mut about = vec![ABOUT];
    push_unsigned(&mut about, u64::from(contents.next));
    push_unsigned(&mut about, frames.len() as u64);
    let mut bytes = Vec::new();
    push_frame(&mut bytes, &about);
    for frame in &frames {
        push_frame(&mut bytes, frame);
    }
    Ok(bytes)
}

/// The frame of the first series of `rest`, as many as it takes.
fn series_frame(rest: &mut &[(SeriesRef, Labels)]) -> std::io::Result<Vec<u8>> {
    let mut fields = Vec::new();
    let (mut id_before, mut before): (i64, &[u8]) = (0, b"");
    while let Some(((series, labels), after)) = rest.split_first()
        && fields.len() < FRAME_BYTES
    {
        *rest = after;
        let encoded = labels.as_encoded().as_bytes();
        let same = before.iter().zip(encoded).take_while(|(a, b)| a == b);
        let shared = same.count();
        let id = i64::from(series.to_u32());
        push_signed(&mut fields, id - id_before);
        push_unsigned(&mut fields, shared as u64);
        push_unsigned(&mut fields, (encoded.len() - shared) as u64);
        fields.extend_from_slice(&encoded[shared..]);
        (id_before, before) = (id, encoded);
    }
    let mut deflater = DeflateEncoder::new(vec![SERIES], Compression::default());
    deflater.write_all(&fields)?;
    deflater.finish()
}

fn deleted_frame(rest: &mut &[(u64, SeriesRef, &[TimeRange])]) -> Vec<u8> {
    let mut frame = vec![DELETED];
    while let Some(((block, series, ranges), after)) = rest.split_first()
        && frame.len() < FRAME_BYTES
    {
        *rest = after;
        push_unsigned(&mut frame, *block);
        push_unsigned(&mut frame, u64::from(series.to_u32()));
        push_unsigned(&mut frame, ranges.len() as u64);
        for range in *ranges {
            push_signed(&mut frame, range.start_ms);
            push_signed(&mut frame, range.end_ms);
        }
    }
    frame
}

/// `None` where any of it is damaged or missing.
fn parse(bytes: &[u8]) -> Option<Contents> {
    let mut contents = Contents::default();
    let mut missing = None;
    for found in Frames::new(bytes) {
        let Found::Payload(payload) = found else {
            return None;
        };
        let (&kind, rest) = payload.split_first()?;
        missing = match (kind, missing) {
            (ABOUT, None) => Some(parse_about(rest, &mut contents)?),
            (SERIES, Some(frames)) => {
                parse_series(&inflate(rest)?, &mut contents.series)?;
                Some(frames - 1)
            }
            (DELETED, Some(frames)) => {
                parse_deleted(rest, &mut contents.deleted)?;
                Some(frames - 1)
            }
            _ => return None,
        };
    }
    (missing == Some(0)).then_some(contents)
}

fn inflate(deflated: &[u8]) -> Option<Vec<u8>> {
    let mut fields = Vec::new();
    let mut inflater = DeflateDecoder::new(deflated).take(INFLATED_LIMIT_BYTES);
    inflater.read_to_end(&mut fields).ok()?;
    Some(fields)
}

/// Returns how many frames follow.
fn parse_about(mut rest: &[u8], contents: &mut Contents) -> Option<i64> {
    contents.next = take_unsigned(&mut rest)?.try_into().ok()?;
    take_unsigned(&mut rest)?.try_into().ok()
}

fn parse_series(mut rest: &[u8], out: &mut Vec<(SeriesRef, Labels)>) -> Option<()> {
    let rest = &mut rest;
    let (mut id, mut encoded) = (0_i64, Vec::new());
    while !rest.is_empty() {
        id = id.checked_add(take_signed(rest)?)?;
        encoded.truncate(take_unsigned(rest)?.try_into().ok()?);
        let length = take_unsigned(rest)?.try_into().ok()?;
        let (suffix, after) = rest.split_at_checked(length)?;
        *rest = after;
        encoded.extend_from_slice(suffix);
        let labels = Labels::from_encoded(str::from_utf8(&encoded).ok()?)?;
        out.push((SeriesRef::from_u32(id.try_into().ok()?), labels));
    }
    Some(())
}

fn parse_deleted(mut rest: &[u8], out: &mut HashMap<u64, Deletions>) -> Option<()> {
    let rest = &mut rest;
    while !rest.is_empty() {
        let block = take_unsigned(rest)?;
        let series = SeriesRef::from_u32(take_unsigned(rest)?.try_into().ok()?);
        let ranges = (0..take_unsigned(rest)?).map(|_| {
            Some(TimeRange {
                start_ms: take_signed(rest)?,
                end_ms: take_signed(rest)?,
            })
        });
        let ranges = ranges.collect::<Option<Vec<_>>>()?;
        out.entry(block).or_default().insert(series, ranges);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(count: u32, value_bytes: usize) -> Contents {
        let filler = "x".repeat(value_bytes);
        let labels = |id: u32| Labels::from_pairs([("a", format!("value {id:04}{filler}"))]);
        let range = TimeRange {
            start_ms: -5,
            end_ms: i64::MAX,
        };
        let deletions = HashMap::from([(SeriesRef::from_u32(7), vec![range, range])]);
        Contents {
            next: 900,
            series: (0..count)
                .map(|id| (SeriesRef::from_u32(id ^ 5), labels(id)))
                .collect(),
            deleted: HashMap::from([(3, deletions)]),
        }
    }

    #[test]
    fn comes_back_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), Contents::default());
        for mut contents in [contents(0, 0), contents(700, 9), contents(8, FRAME_BYTES)] {
            write(folder.path(), &mut contents).unwrap();
            assert_eq!(read(folder.path()).unwrap(), contents);
        }
    }

    #[test]
    fn a_damaged_catalog_is_an_error() {
        let bytes = to_bytes(&contents(700, 9)).unwrap();
        for end in 0..bytes.len() {
            assert!(parse(&bytes[..end]).is_none(), "{end} bytes");
        }
        for byte in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[byte] ^= 0x10;
            assert!(parse(&damaged).is_none(), "byte {byte}");
        }
    }
}
