//! A chunk that no longer grows: a shared column of times, a packed column of
//! values.

use std::sync::Arc;

use series::{SampleColumns, StoreError, TimeRange};

use super::times::Times;
use super::values::{decode_values, encode_values};

/// Samples in ascending order of time, at least one; cloning shares them.
#[derive(Clone, Debug)]
pub struct Chunk {
    times: Arc<Times>,
    values: Arc<[u8]>,
}

impl Chunk {
    /// Compresses samples; `share` may swap the column of times for an equal
    /// one that is there already. `None` where there are no samples.
    pub fn new(
        timestamps_ms: &[i64],
        values: &[f64],
        share: impl FnOnce(Times) -> Arc<Times>,
    ) -> Option<Self> {
        debug_assert_eq!(timestamps_ms.len(), values.len());
        Some(Self {
            times: share(Times::new(timestamps_ms)?),
            values: encode_values(values).into(),
        })
    }

    /// The chunk of these times and these encoded values.
    pub fn from_parts(times: Arc<Times>, values: Arc<[u8]>) -> Self {
        Self { times, values }
    }

    /// The column of times.
    pub fn times(&self) -> &Arc<Times> {
        &self.times
    }

    /// The encoded column of values.
    pub fn values(&self) -> &[u8] {
        &self.values
    }

    /// The times of the first and the last sample.
    pub fn range(&self) -> TimeRange {
        self.times.range()
    }

    /// Appends the samples in `range` to `out`.
    ///
    /// # Errors
    /// Where the values do not decode.
    pub fn read(&self, range: TimeRange, out: &mut SampleColumns) -> Result<(), StoreError> {
        Self::read_parts(&self.times, &self.values, range, out)
    }

    /// As [`Self::read`], of parts that are borrowed.
    ///
    /// # Errors
    /// Where the values do not decode.
    pub fn read_parts(
        times: &Times,
        values: &[u8],
        range: TimeRange,
        out: &mut SampleColumns,
    ) -> Result<(), StoreError> {
        let wanted = times.indexes(range);
        if wanted.is_empty() {
            return Ok(());
        }
        decode_values(values, times.count(), wanted.clone(), &mut out.values)?;
        times.extend(wanted, &mut out.timestamps_ms);
        Ok(())
    }

    /// Bytes of memory that this chunk shares with no other.
    pub(crate) fn own_bytes(&self) -> usize {
        size_of::<Self>() + self.values.len()
    }
}
