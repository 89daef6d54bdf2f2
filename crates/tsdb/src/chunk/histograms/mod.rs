//! Native histograms to compressed chunks and back: each as what changed since
//! the one before.
//!
//! A sample is a byte of [`flags`], the change of the step of its time and,
//! unless it is a staleness marker: the layout where it is another than before,
//! the sum, and the counts (all, zero bucket, positive, negative ones). All
//! numbers are varints ([`super::varint`]):
//!
//! | what                | as                                                   |
//! |---------------------|------------------------------------------------------|
//! | floats              | bits that changed, bytes reversed                    |
//! | whole counts        | difference to the one before, zigzag                 |
//! | a count of no change | 0, then how many counts after it have none, either  |
//! | layout              | schema, zero threshold, custom values, spans         |
//!
//! The first is told apart from an empty histogram at time 0, and a bucket of a
//! new layout from 0. So a chunk needs nothing but its bytes, and integer and
//! float histograms may follow each other.

mod decode;
mod encode;

use std::sync::Arc;

use series::{Histogram, SampleColumns, StoreError, TimeRange};

use super::numbers::corrupt;
use super::varint::{push_signed, push_unsigned, take_signed, take_unsigned};
use decode::Decoder;
pub(crate) use encode::GrowingHistograms;

/// The bits of a sample's first byte.
mod flags {
    /// What is known of counter resets.
    pub const HINT: u8 = 0b11;
    /// The layout follows.
    pub const LAYOUT: u8 = 1 << 2;
    /// All counts are integers.
    pub const WHOLE: u8 = 1 << 3;
    /// This is a staleness marker: nothing follows but the time.
    pub const STALE: u8 = 1 << 4;
}

/// More buckets of one sign than this no histogram has; a finest schema over
/// all floats would have 524,288.
pub(crate) const BUCKETS_LIMIT: usize = 1 << 16;

/// Histograms in ascending order of time, at least one; cloning shares them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistogramChunk {
    range: TimeRange,
    count: u32,
    bytes: Arc<[u8]>,
}

impl HistogramChunk {
    /// The chunks of these histograms, in order: as many as they take.
    pub fn pack<'h>(
        samples: impl IntoIterator<Item = (i64, &'h Arc<Histogram>)>,
    ) -> impl Iterator<Item = Self> {
        let mut samples = samples.into_iter();
        std::iter::from_fn(move || {
            let mut growing = GrowingHistograms::default();
            for (timestamp_ms, histogram) in samples.by_ref() {
                growing.push(timestamp_ms, histogram);
                if growing.is_full() {
                    break;
                }
            }
            growing.to_chunk()
        })
    }

    /// The times of the first and the last histogram.
    pub fn range(&self) -> TimeRange {
        self.range
    }

    /// How many histograms there are.
    pub fn count(&self) -> usize {
        self.count as usize
    }

    /// Appends the histograms in `range` to `out`.
    ///
    /// # Errors
    /// Where the bytes do not decode.
    pub fn read(&self, range: TimeRange, out: &mut SampleColumns) -> Result<(), StoreError> {
        read(&self.bytes, range, out)
    }

    /// Appends the chunk as it is written to disk.
    pub fn push_to(&self, out: &mut Vec<u8>) {
        push_unsigned(out, u64::from(self.count));
        push_signed(out, self.range.start_ms);
        push_signed(out, self.range.end_ms);
        push_unsigned(out, self.bytes.len() as u64);
        out.extend_from_slice(&self.bytes);
    }

    /// Takes a chunk that [`Self::push_to`] wrote off the front, and appends
    /// its histograms in `range` to `out`.
    ///
    /// # Errors
    /// Where the bytes are no chunk.
    pub fn read_from(
        bytes: &mut &[u8],
        range: TimeRange,
        out: &mut SampleColumns,
    ) -> Result<(), StoreError> {
        let found = (|| {
            take_unsigned(bytes)?;
            let own = TimeRange {
                start_ms: take_signed(bytes)?,
                end_ms: take_signed(bytes)?,
            };
            let length = take_unsigned(bytes)?.try_into().ok()?;
            let (encoded, rest) = bytes.split_at_checked(length)?;
            *bytes = rest;
            Some((own, encoded))
        })();
        let (own, encoded) = found.ok_or_else(|| corrupt("a chunk of histograms"))?;
        if own.overlaps(range) {
            read(encoded, range, out)?;
        }
        Ok(())
    }

    /// Bytes of memory that the chunk takes.
    pub(crate) fn own_bytes(&self) -> usize {
        size_of::<Self>() + self.bytes.len()
    }
}

fn read(bytes: &[u8], range: TimeRange, out: &mut SampleColumns) -> Result<(), StoreError> {
    let start = out.lengths();
    let mut decoder = Decoder::new(bytes);
    loop {
        match decoder.advance() {
            Some(Ok(timestamp_ms)) if timestamp_ms > range.end_ms => return Ok(()),
            Some(Ok(timestamp_ms)) if timestamp_ms < range.start_ms => {}
            Some(Ok(timestamp_ms)) => out.push_histogram(timestamp_ms, decoder.histogram()),
            None => return Ok(()),
            Some(Err(error)) => {
                out.truncate(start);
                return Err(error);
            }
        }
    }
}

#[cfg(test)]
mod tests;
