//! What a source is asked besides what panels show.

use std::time::Duration;

use series::TimeRange;

/// A question about one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InstantQuery {
    /// PromQL.
    pub expr: String,
    /// The time of the evaluation.
    pub at_ms: i64,
    /// See [`QueryOptions`].
    pub options: QueryOptions,
}

/// Which series are asked for their newest samples: selectors as PromQL writes them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LatestQuery {
    /// A series that any of them selects is meant.
    pub selectors: Vec<String>,
    /// The newest sample at this time.
    pub at_ms: i64,
}

/// What a question may ask besides its expression.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct QueryOptions {
    /// Gives up after this long; the source's own limit holds as well.
    pub timeout: Option<Duration>,
    /// How old a sample may be and still count; the source's own by default.
    pub lookback: Option<Duration>,
    /// Answers at most this many series; 0 is no limit.
    pub limit: usize,
}

/// Which series are asked for: selectors as PromQL writes them, in a time range.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SeriesQuery {
    /// `match[]`: a series that any of them selects is meant; empty is all.
    pub selectors: Vec<String>,
    /// When the series must have samples.
    pub range: TimeRange,
    /// Answers at most this many; 0 is no limit.
    pub limit: usize,
}

impl SeriesQuery {
    /// Every series with samples in the `recent_ms` before `now_ms`.
    pub fn all_recent(now_ms: i64, recent_ms: i64) -> Self {
        Self {
            selectors: Vec::new(),
            range: TimeRange {
                start_ms: now_ms - recent_ms,
                end_ms: now_ms,
            },
            limit: 0,
        }
    }
}
