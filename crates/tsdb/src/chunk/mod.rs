//! Samples to compressed chunks and back.

mod edit;
mod growing;
mod histograms;
mod list;
mod numbers;
mod sealed;
mod times;
mod values;
pub mod varint;

pub(crate) use edit::{pack, repack, split, without};
pub(crate) use growing::{FrozenChunk, GrowingChunk};
pub use histograms::HistogramChunk;
pub(crate) use histograms::{BUCKETS_LIMIT, GrowingHistograms};
pub use list::Chunks;
pub use sealed::Chunk;
pub use times::Times;
