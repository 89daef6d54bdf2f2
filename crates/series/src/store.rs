//! The seam between whoever holds samples and whoever evaluates over them.
//!
//! A query selects series first (labels only), then reads each series' samples
//! once, from any thread; nothing is decoded that is not read.

use crate::{Labels, Matcher, SampleColumns, TimeRange};

/// Why a store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Stored bytes do not decode; says which.
    #[error("corrupt data: {0}")]
    Corrupt(String),
    /// Some samples cannot be read; those that can have been given.
    #[error("{0}")]
    Partial(String),
    /// The disk under the store failed.
    #[error("storage: {0}")]
    Io(#[from] std::io::Error),
}

impl StoreError {
    /// Whether stored bytes are at fault, which trying again does not mend.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Corrupt(_) | Self::Partial(_))
    }
}

/// One selected series: a snapshot that later writes, deletes and compactions
/// do not disturb.
pub trait SeriesReader: Send + Sync {
    /// The series' labels.
    fn labels(&self) -> &Labels;

    /// Appends the samples in `range` to `out`, timestamps strictly ascending,
    /// staleness markers included.
    ///
    /// # Errors
    /// Where a chunk cannot be read or decoded. After [`StoreError::Partial`]
    /// `out` has all the other samples.
    fn read(&self, range: TimeRange, out: &mut SampleColumns) -> Result<(), StoreError>;
}

/// Whoever holds series.
pub trait SeriesStore: Send + Sync {
    /// Every series that passes all matchers and may have samples in `range`,
    /// each once, in no particular order.
    ///
    /// # Errors
    /// Where the index cannot be read.
    fn select(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
    ) -> Result<Vec<Box<dyn SeriesReader>>, StoreError>;

    /// The label names of the series that `matchers` select in `range`, sorted:
    /// the first `limit` of them.
    ///
    /// # Errors
    /// Where the index cannot be read.
    fn label_names(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
        limit: usize,
    ) -> Result<Vec<String>, StoreError>;

    /// The values of label `name` over the series that `matchers` select in
    /// `range`, sorted: the first `limit` of them.
    ///
    /// # Errors
    /// Where the index cannot be read.
    fn label_values(
        &self,
        name: &str,
        matchers: &[Matcher],
        range: TimeRange,
        limit: usize,
    ) -> Result<Vec<String>, StoreError>;
}
