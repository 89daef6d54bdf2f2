//! Why a scrape failed: the words of `lastError`.

use std::time::Duration;

use exposition::{ParseError, ProtobufError, UnsupportedContentType};

use crate::net::HttpError;

/// Why a scrape brought nothing. Nothing of its page is stored then.
#[derive(Debug, thiserror::Error)]
pub enum ScrapeError {
    /// The page was not complete in time.
    #[error("the page was not complete after {timeout:?} (scrape_timeout)")]
    Timeout {
        /// How long was waited.
        timeout: Duration,
    },
    /// There was no answer, or none that could be read.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Another status than 200.
    #[error("server returned HTTP status {0}")]
    Status(reqwest::StatusCode),
    /// The page is longer than allowed.
    #[error(
        "body size limit exceeded: the page has more than {limit_bytes} bytes uncompressed (body_size_limit)"
    )]
    BodyTooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// The page is no metrics page by its content type.
    #[error(transparent)]
    ContentType(#[from] UnsupportedContentType),
    /// The page does not parse.
    #[error("the page is no metrics page: {error} (content type {content_type:?})")]
    Parse {
        /// Where and what.
        error: ParseError,
        /// What the server says the page is.
        content_type: String,
    },
    /// The page is no protobuf of metrics.
    #[error("the page is no metrics page: {error} (content type {content_type:?})")]
    Protobuf {
        /// Which message, and what is wrong.
        error: ProtobufError,
        /// What the server says the page is.
        content_type: String,
    },
    /// A native histogram has more buckets than allowed, also when joined.
    #[error(
        "a native histogram has more than {limit} buckets in the coarsest resolution \
         (native_histogram_bucket_limit)"
    )]
    TooManyBuckets {
        /// The limit.
        limit: usize,
    },
    /// More samples than allowed.
    #[error("sample limit exceeded: the page has more than {limit} samples (sample_limit)")]
    TooManySamples {
        /// The limit.
        limit: usize,
    },
    /// More metric families than allowed.
    #[error("the page describes more than {limit} metric families (TYPE, HELP and UNIT lines)")]
    TooManyFamilies {
        /// The limit.
        limit: usize,
    },
    /// A series has more labels than allowed.
    #[error("label_limit exceeded (metric: {metric}, number of labels: {count}, limit: {limit})")]
    TooManyLabels {
        /// The metric's name, shortened.
        metric: String,
        /// How many there are.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// A label's name or value is longer than allowed.
    #[error(
        "{key} exceeded (metric: {metric}, label name: {label}, length: {length}, limit: {limit})"
    )]
    LabelTooLong {
        /// Which limit.
        key: &'static str,
        /// The metric's name, shortened.
        metric: String,
        /// The label's name, shortened.
        label: String,
        /// Its length in bytes.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// Relabelling took the metric's name away.
    #[error("a series has no metric name after metric_relabel_configs")]
    NoMetricName,
    /// The job has more targets than allowed.
    #[error("target_limit exceeded (number of targets: {count}, limit: {limit})")]
    TooManyTargets {
        /// How many there are.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// The store does not take the series.
    #[error(transparent)]
    SeriesRefused(#[from] storage::SeriesRefused),
    /// The store cannot write.
    #[error(transparent)]
    Storage(#[from] storage::StorageError),
    /// The page could not be worked on.
    #[error("internal error: {0}")]
    Internal(String),
}

impl ScrapeError {
    /// What should not happen, in the words of the part that failed.
    pub(super) fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }
}
