//! Sealed chunks taken apart and packed again: what late samples, deletions
//! and the way to disk need.

use std::sync::Arc;

use series::{SampleColumns, StoreError, TimeRange};

use super::sealed::Chunk;

/// A chunk that late samples let grow beyond this is cut in two.
const CHUNK_SAMPLES_LIMIT: usize = 240;

/// The chunk of these samples, `None` where there are none.
pub(crate) fn pack(columns: &SampleColumns) -> Option<Chunk> {
    Chunk::new(&columns.timestamps_ms, &columns.values, Arc::new)
}

/// One chunk, or two where one would be too long.
pub(crate) fn repack(columns: &SampleColumns) -> impl Iterator<Item = Chunk> {
    let parts = if columns.len() > CHUNK_SAMPLES_LIMIT {
        2
    } else {
        1
    };
    let size = columns.len().div_ceil(parts);
    let times = columns.timestamps_ms.chunks(size);
    times
        .zip(columns.values.chunks(size))
        .filter_map(|(times, values)| Chunk::new(times, values, Arc::new))
        .collect::<Vec<_>>()
        .into_iter()
}

/// The parts of a chunk before and from a time.
pub(crate) fn split(chunk: &Chunk, before_ms: i64) -> Result<[Option<Chunk>; 2], StoreError> {
    let range = chunk.range();
    if range.end_ms < before_ms {
        return Ok([Some(chunk.clone()), None]);
    }
    if range.start_ms >= before_ms {
        return Ok([None, Some(chunk.clone())]);
    }
    let mut columns = SampleColumns::default();
    chunk.read(TimeRange::ALL, &mut columns)?;
    let at = columns
        .timestamps_ms
        .partition_point(|&time| time < before_ms);
    let new = SampleColumns::of_floats(
        columns.timestamps_ms.split_off(at),
        columns.values.split_off(at),
    );
    Ok([pack(&columns), pack(&new)])
}

/// Chunks without the samples in `range`.
pub(crate) fn without(chunks: &[Chunk], range: TimeRange) -> Result<Vec<Chunk>, StoreError> {
    let mut kept = Vec::new();
    for chunk in chunks {
        if !chunk.range().overlaps(range) {
            kept.push(chunk.clone());
            continue;
        }
        let mut all = SampleColumns::default();
        chunk.read(TimeRange::ALL, &mut all)?;
        let mut rest = SampleColumns::default();
        for sample in all.iter().filter(|s| !range.contains(s.timestamp_ms)) {
            rest.push(sample.timestamp_ms, sample.value);
        }
        kept.extend(pack(&rest));
    }
    Ok(kept)
}
