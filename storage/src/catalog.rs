//! Which series there are, which reference comes next, and what was deleted
//! from blocks: one immutable file, replaced as a whole.
//!
//! The file is a run of frames like the WAL's ([`crate::wal::frame`]), each a
//! kind and its fields as varints:
//!
//! | kind | what it says       | fields                                                                 |
//! |------|--------------------|------------------------------------------------------------------------|
//! | 1    | about the file     | next reference, number of frames that follow                           |
//! | 2    | series             | [`crate::series_labels`]                                               |
//! | 3    | what was deleted   | (block, id, number of ranges, (first time, last time)…)…               |
//!
//! An embedded database would take ten pages before the first series.
//!
//! A catalog that is lost costs no sample: the blocks and the WAL have the
//! labels of their series, too ([`crate::rebuild`]).

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use series::{Labels, TimeRange};
use tsdb::SeriesRef;
use tsdb::varint::{push_signed, push_unsigned, take_signed, take_unsigned};

use crate::error::{DiskContext, StorageError};
use crate::series_labels::{self, FRAME_BYTES};
use crate::unfinished::Unfinished;
use crate::wal::frame::{Found, Frames, push_frame};

const ABOUT: u8 = 1;
const SERIES: u8 = 2;
const DELETED: u8 = 3;

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

/// How much of the catalog could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Whole,
    /// There is no file.
    Missing,
    /// Some of it could not be read; the rest was.
    Damaged,
}

/// Reads the catalog; an empty one where there is none. A damaged file is kept
/// under another name, for whoever can mend it.
pub(crate) fn read(folder: &Path) -> Result<(Contents, Condition), StorageError> {
    let path = path(folder);
    if !path.exists() {
        return Ok((Contents::default(), Condition::Missing));
    }
    let bytes = std::fs::read(&path).on("read", &path)?;
    let (contents, is_whole) = parse(&bytes);
    if is_whole {
        return Ok((contents, Condition::Whole));
    }
    std::fs::copy(&path, path.with_extension("damaged")).on("copy", &path)?;
    Ok((contents, Condition::Damaged))
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
    let mut frame = vec![SERIES];
    frame.append(&mut series_labels::deflate(rest)?);
    Ok(frame)
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

/// Whether all of a catalog's bytes can be read.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    parse(bytes).1
}

/// What undamaged frames say, and whether that is all of it.
fn parse(bytes: &[u8]) -> (Contents, bool) {
    let mut contents = Contents::default();
    let mut missing = None;
    let mut is_whole = true;
    for found in Frames::new(bytes) {
        let frame = match found {
            Found::Payload(payload) => parse_frame(payload, &mut contents),
            Found::Damaged { .. } | Found::Torn { .. } => None,
        };
        match (frame, missing) {
            (Some(Frame::About { frames }), None) => missing = Some(frames),
            (Some(Frame::Other), Some(frames)) => missing = Some(frames - 1),
            _ => is_whole = false,
        }
    }
    is_whole &= missing == Some(0);
    (contents, is_whole)
}

enum Frame {
    /// So many other frames follow.
    About {
        frames: i64,
    },
    Other,
}

fn parse_frame(payload: &[u8], contents: &mut Contents) -> Option<Frame> {
    let (&kind, rest) = payload.split_first()?;
    match kind {
        ABOUT => {
            let frames = parse_about(rest, contents)?;
            return Some(Frame::About { frames });
        }
        SERIES => series_labels::inflate(rest, &mut contents.series)?,
        DELETED => parse_deleted(rest, &mut contents.deleted)?,
        _ => return None,
    }
    Some(Frame::Other)
}

/// Returns how many frames follow.
fn parse_about(mut rest: &[u8], contents: &mut Contents) -> Option<i64> {
    contents.next = take_unsigned(&mut rest)?.try_into().ok()?;
    take_unsigned(&mut rest)?.try_into().ok()
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
        let none = (Contents::default(), Condition::Missing);
        assert_eq!(read(folder.path()).unwrap(), none);
        for mut contents in [contents(0, 0), contents(700, 9), contents(8, FRAME_BYTES)] {
            write(folder.path(), &mut contents).unwrap();
            assert_eq!(read(folder.path()).unwrap(), (contents, Condition::Whole));
        }
    }

    #[test]
    fn damage_is_found_and_the_rest_is_read() {
        let mut contents = contents(8, FRAME_BYTES);
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &mut contents).unwrap();
        let bytes = std::fs::read(path(folder.path())).unwrap();
        for end in (0..bytes.len()).step_by(97) {
            assert!(!parse(&bytes[..end]).1, "{end} bytes");
        }
        for byte in (0..bytes.len()).step_by(97) {
            let mut damaged = bytes.clone();
            damaged[byte] ^= 0x10;
            let (left, is_whole) = parse(&damaged);
            assert!(!is_whole, "byte {byte}");
            // Each of the series has a frame of its own.
            assert!(
                left.series.len() >= contents.series.len() - 1,
                "byte {byte}"
            );
        }
        std::fs::write(path(folder.path()), &bytes[1..]).unwrap();
        assert_eq!(read(folder.path()).unwrap().1, Condition::Damaged);
        assert!(folder.path().join("catalog.damaged").exists());
    }
}
