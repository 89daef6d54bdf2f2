//! Tables, keys and rows of a block.

use redb::TableDefinition;
use roaring::RoaringBitmap;
use series::{Labels, StoreError, TimeRange};
use tsdb::SeriesRef;
use tsdb::varint::{push_signed, push_unsigned, take_signed, take_unsigned};

pub(crate) const ABOUT: TableDefinition<&str, &[u8]> = TableDefinition::new("about");
pub(super) const TIMES: TableDefinition<u32, &[u8]> = TableDefinition::new("times");
pub(crate) const SERIES: TableDefinition<u64, &[u8]> = TableDefinition::new("series");
/// Since format 3: the chunks of native histograms, each with its own times.
pub(crate) const HISTOGRAMS: TableDefinition<u64, &[u8]> = TableDefinition::new("histograms");
/// Since format 2.
pub(super) const LABELS: TableDefinition<u32, &[u8]> = TableDefinition::new("labels");

/// The key of the description in [`ABOUT`].
pub(super) const ABOUT_KEY: &str = "about";

/// The key of the format's version in [`ABOUT`], one byte; format 1 has none.
pub(crate) const FORMAT_KEY: &str = "format";

/// The format that is written, and that builds without native histograms read.
/// Format 1 has no labels.
pub(super) const FORMAT: u8 = 2;

/// The format of a block that has native histograms: what would leave them out
/// refuses the block.
pub(super) const FORMAT_WITH_HISTOGRAMS: u8 = 3;

/// The key of a series: series of one metric are neighbours.
pub(crate) fn key(series: SeriesRef, labels: &Labels) -> u64 {
    let metric = crc32fast::hash(labels.metric_name().as_bytes());
    u64::from(metric) << 32 | u64::from(series.to_u32())
}

/// The series of a key.
pub(crate) fn series_of(key: u64) -> SeriesRef {
    SeriesRef::from_u32(key as u32)
}

/// What a block says of itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct About {
    pub range: TimeRange,
    pub samples: u64,
    /// The numbers under which the WAL says that samples left for this block
    /// or for one that was merged into it.
    pub sources: Vec<u64>,
    /// The series that have samples.
    pub series: RoaringBitmap,
}

impl About {
    /// Counts the samples of a chunk.
    pub fn add(&mut self, range: TimeRange, samples: usize) {
        self.range = self.range.including(range);
        self.samples += samples as u64;
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        push_signed(&mut out, self.range.start_ms);
        push_signed(&mut out, self.range.end_ms);
        push_unsigned(&mut out, self.samples);
        push_unsigned(&mut out, self.sources.len() as u64);
        for &source in &self.sources {
            push_unsigned(&mut out, source);
        }
        // Writing to memory does not fail; a block without it reads as corrupt.
        let _ = self.series.serialize_into(&mut out);
        with_checksum(&out)
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let mut rest = verify_checksum(bytes)?;
        let header = (|| {
            let rest = &mut rest;
            let range = TimeRange {
                start_ms: take_signed(rest)?,
                end_ms: take_signed(rest)?,
            };
            let samples = take_unsigned(rest)?;
            let count = take_unsigned(rest)?;
            let sources: Option<Vec<u64>> = (0..count).map(|_| take_unsigned(rest)).collect();
            Some((range, samples, sources?))
        })();
        let (range, samples, sources) = header.ok_or_else(corrupt_description)?;
        let series = RoaringBitmap::deserialize_from(rest).map_err(|_| corrupt_description())?;
        Ok(Self {
            range,
            samples,
            sources,
            series,
        })
    }
}

fn corrupt_description() -> StoreError {
    StoreError::Corrupt("a block's description".to_owned())
}

/// The bytes behind their checksum.
pub(crate) fn with_checksum(bytes: &[u8]) -> Vec<u8> {
    [&crc32fast::hash(bytes).to_le_bytes(), bytes].concat()
}

/// The bytes that [`with_checksum`] was given.
pub(crate) fn verify_checksum(bytes: &[u8]) -> Result<&[u8], StoreError> {
    let found = bytes.split_first_chunk();
    match found {
        Some((checksum, bytes)) if u32::from_le_bytes(*checksum) == crc32fast::hash(bytes) => {
            Ok(bytes)
        }
        _ => Err(StoreError::Corrupt("a row's checksum is wrong".to_owned())),
    }
}

/// Appends one chunk to a row: the number of its column of times, its values.
pub(super) fn push_chunk(row: &mut Vec<u8>, column: u32, values: &[u8]) {
    push_unsigned(row, u64::from(column));
    push_unsigned(row, values.len() as u64);
    row.extend_from_slice(values);
}

/// Takes one chunk off the front of a row.
pub(super) fn take_chunk<'a>(row: &mut &'a [u8]) -> Result<(u32, &'a [u8]), StoreError> {
    let found = (|| {
        let column = take_unsigned(row)?.try_into().ok()?;
        let length = take_unsigned(row)?.try_into().ok()?;
        let (values, rest) = row.split_at_checked(length)?;
        *row = rest;
        Some((column, values))
    })();
    found.ok_or_else(|| StoreError::Corrupt("a row's chunk".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_comes_back() {
        let about = About {
            range: TimeRange {
                start_ms: -5,
                end_ms: i64::MAX,
            },
            samples: 9,
            sources: vec![1, 300],
            series: (0..1000).chain([u32::MAX]).collect(),
        };
        let mut bytes = about.to_bytes();
        assert_eq!(About::from_bytes(&bytes).unwrap(), about);
        bytes[7] ^= 1;
        assert!(About::from_bytes(&bytes).is_err());
    }

    #[test]
    fn series_of_a_metric_are_neighbours() {
        let labels = |metric| Labels::from_pairs([("__name__", metric)]);
        let of = |id, metric| key(SeriesRef::from_u32(id), &labels(metric));
        assert_eq!(of(1, "up") + 1, of(2, "up"));
        assert_ne!(of(1, "up") >> 32, of(1, "down") >> 32);
        assert_eq!(series_of(of(7, "up")), SeriesRef::from_u32(7));
    }
}
