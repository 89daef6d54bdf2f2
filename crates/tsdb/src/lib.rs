//! Samples to compressed chunks behind a label index: the in-memory store.
//!
//! [`Head`] takes samples by [`SeriesRef`] and answers selections through
//! [`series::SeriesStore`]. Contract: no I/O and no clock; every method may be
//! called from any thread, and no reader or writer waits for another longer
//! than it takes to copy one series' newest samples.

mod append;
mod chunk;
mod exemplars;
mod frozen;
mod head;
mod index;
mod ingest;
mod memory;
mod merge;
mod plan;
mod samples;
mod select;
mod shared_times;
mod snapshot;
mod statistics;
mod table;

pub use append::{AppendOutcome, Offence, Rejection, SeriesRef};
pub use chunk::{Chunk, HistogramChunk, Times, varint};
pub use exemplars::{Exemplar, ExemplarOutcome, ExemplarRing};
pub use head::{Head, HeadOptions, PendingSeries, SeriesLimitReached};
pub use merge::merge_tail;
pub use plan::{
    BlockSummary, blocks_to_compact, blocks_to_drop, first_hour_end, flush_before, truncate_before,
};
pub use snapshot::Snapshot;
pub use statistics::{Count, Statistics};
