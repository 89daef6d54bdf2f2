//! Native histograms: counts of observations by buckets whose bounds follow
//! from a schema, or are listed ("custom buckets", NHCB).
//!
//! Contract: counts are floats and absolute, so that a histogram can be a rate
//! or a mean; which are stored as integers is for the store to know. Operations
//! mean what those of Prometheus 3.5 mean (`model/histogram`), and give an
//! error where two histograms have no common buckets. None panics, whatever
//! the spans and counts are; [`Histogram::validate`] says which are sound.

mod arithmetic;
mod bounded;
mod bounds;
mod bucket;
mod classic;
mod layout;
mod reset;
mod validate;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use arithmetic::HistogramMismatch;
pub use bucket::Bucket;
pub use classic::{ClassicHistogram, ClassicHistogramError};
pub use layout::{Buckets, Span};
pub use validate::InvalidHistogram;

use crate::{is_stale_nan, stale_nan};

/// The schema of custom buckets: their upper bounds are the custom values.
pub const CUSTOM_BUCKETS_SCHEMA: i32 = -53;

/// The coarsest of the exponential schemas: a bucket is 2^16 times as wide as
/// the one before.
pub const MIN_EXPONENTIAL_SCHEMA: i32 = -4;

/// The finest of the exponential schemas: a power of two has 2^8 buckets.
pub const MAX_EXPONENTIAL_SCHEMA: i32 = 8;

/// What is known of whether a counter started anew before a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CounterResetHint {
    /// Nothing: the counts must be compared.
    #[default]
    Unknown,
    /// It did.
    Reset,
    /// It did not.
    NotReset,
    /// The histogram is no counter: its counts may sink.
    Gauge,
}

/// One histogram: how often values were observed, by buckets.
///
/// Bucket `i` of schema `n` holds values up to 2^(i·2^-n), from the bound of
/// the bucket before on. The zero bucket holds those between `-zero_threshold`
/// and `zero_threshold`, both included.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// What is known of counter resets.
    pub counter_reset_hint: CounterResetHint,
    /// Into how many buckets, as a power of two, a power of two is divided:
    /// -4 to 8, or [`CUSTOM_BUCKETS_SCHEMA`].
    pub schema: i32,
    /// Half the width of the zero bucket.
    pub zero_threshold: f64,
    /// Observations in the zero bucket.
    pub zero_count: f64,
    /// Observations in all, NaN ones included, which are in no bucket.
    pub count: f64,
    /// The sum of all observed values; the staleness marker makes the whole
    /// histogram one.
    pub sum: f64,
    /// Buckets of positive values, from zero up, and all custom ones.
    pub positive: Buckets,
    /// Buckets of negative values, from zero down.
    pub negative: Buckets,
    /// The upper bounds of custom buckets, ascending; that of the last bucket,
    /// infinity, is left out. Empty with an exponential schema.
    pub custom_values: Arc<[f64]>,
}

impl Histogram {
    /// The staleness marker as a histogram.
    pub fn stale() -> Self {
        Self {
            sum: stale_nan(),
            ..Self::default()
        }
    }

    /// Whether this is the staleness marker.
    pub fn is_stale(&self) -> bool {
        is_stale_nan(self.sum)
    }

    /// Whether the bounds of the buckets are listed.
    pub fn uses_custom_buckets(&self) -> bool {
        self.schema == CUSTOM_BUCKETS_SCHEMA
    }

    /// Whether the two are the same data: all counts bit by bit, and the same
    /// buckets, empty ones included. Hints do not count.
    pub fn same_data(&self, other: &Self) -> bool {
        self.schema == other.schema
            && same_bits(self.count, other.count)
            && same_bits(self.sum, other.sum)
            && self.custom_values == other.custom_values
            && self.zero_threshold == other.zero_threshold
            && same_bits(self.zero_count, other.zero_count)
            && self.negative.same_data(&other.negative)
            && self.positive.same_data(&other.positive)
    }

    /// What the histogram takes in memory, for accounting.
    pub fn size_bytes(&self) -> usize {
        let custom = size_of_val(&*self.custom_values);
        size_of::<Self>() + self.positive.size_bytes() + self.negative.size_bytes() + custom
    }
}

fn same_bits(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits()
}
