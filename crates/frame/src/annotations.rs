//! What a source adds to an answer that it gives nevertheless.

use std::time::Duration;

/// Warnings, infos and the cost of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// The answer may be wrong or partial: each says why.
    pub warnings: Vec<String>,
    /// The query may not mean what its author meant.
    pub infos: Vec<String>,
    /// What the answer cost, where the source tells.
    pub stats: Option<QueryStats>,
}

/// What an answer cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryStats {
    /// Samples looked at, a window's counted at every step.
    pub queryable_samples: u64,
    /// The most samples held at once.
    pub peak_samples: u64,
    /// The wait for the query's turn.
    pub waited: Duration,
    /// From the question to the answer.
    pub total: Duration,
}
