//! Prometheus' remote write, 1.0 and 2.0: a snappy block of protobuf to series
//! with their samples and native histograms, and metadata.
//!
//! Contract: nothing is allocated for a block before its claimed size is
//! checked, and nothing is held beside the request's bytes but the places of
//! its symbols (2.0), one series' labels and one histogram. Field numbers are
//! those of Prometheus' `prompb/remote.proto`, `prompb/types.proto` and
//! `prompb/io/prometheus/write/v2/types.proto`. Start times are passed over.

mod exemplar;
mod histogram;
mod labels;
mod request;
mod series;
mod symbols;

pub use exemplar::WrittenExemplar;
pub use histogram::InvalidHistogramSample;
pub use labels::InvalidLabels;
pub use protobuf::Malformed;
pub use request::{Entry, Message, Request};
pub use series::{Extras, Series};
pub use symbols::InvalidSymbols;

/// Why a block is not taken apart.
#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    /// The bytes are damaged, or something else.
    #[error("the body is no snappy block: {0}")]
    Snappy(#[from] snap::Error),
    /// It would be larger than allowed.
    #[error("the request claims {claimed_bytes} bytes uncompressed, more than {max_bytes}")]
    TooLarge {
        /// What its head says.
        claimed_bytes: usize,
        /// What is allowed.
        max_bytes: usize,
    },
}

/// The request within a snappy block, of at most `max_bytes`.
///
/// # Errors
/// See [`BlockError`].
pub fn decompress(block: &[u8], max_bytes: usize) -> Result<Vec<u8>, BlockError> {
    let claimed_bytes = snap::raw::decompress_len(block)?;
    if claimed_bytes > max_bytes {
        return Err(BlockError::TooLarge {
            claimed_bytes,
            max_bytes,
        });
    }
    Ok(snap::raw::Decoder::new().decompress_vec(block)?)
}

#[cfg(test)]
mod tests;
