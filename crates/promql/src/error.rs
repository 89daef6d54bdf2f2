//! Why an evaluation gave no value.

use series::StoreError;

/// Why an evaluation gave no value; its text is the HTTP API's `error`.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// The request itself is out of bounds.
    #[error("{0}")]
    BadData(String),
    /// The expression cannot be evaluated over this data.
    #[error("{0}")]
    Execution(String),
    /// The caller left.
    #[error("query was canceled in expression evaluation")]
    Canceled,
    /// The caller's patience ended.
    #[error("query timed out in expression evaluation")]
    TimedOut,
    /// More samples than [`crate::Limits::max_samples`] would be in memory.
    #[error("query processing would load too many samples into memory in query execution")]
    TooManySamples,
    /// A selector found more series than [`crate::Limits::max_series`].
    #[error("query selects {found} series, more than the limit of {limit}; narrow its selectors")]
    TooManySeries {
        /// How many a selector found.
        found: usize,
        /// How many it may.
        limit: usize,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl EvalError {
    /// The HTTP API's `errorType`.
    pub fn error_type(&self) -> &'static str {
        match self {
            Self::BadData(_) => "bad_data",
            Self::Execution(_) | Self::TooManySamples | Self::TooManySeries { .. } => "execution",
            Self::Canceled => "canceled",
            Self::TimedOut => "timeout",
            Self::Store(_) => "internal",
        }
    }
}
