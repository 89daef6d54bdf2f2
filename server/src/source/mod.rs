//! Where data comes from: the one place that chooses between a Prometheus
//! upstream and the engine of our own.
//!
//! Everything above asks a [`Source`] and cannot tell which one answers.
//! Times are milliseconds since the Unix epoch; a range's end is included.

mod detect;
mod embedded;
mod error;
mod result;
mod upstream;

pub use detect::{Detected, detect};
pub use embedded::{Engine, EngineOptions, StoreCollector};
pub use error::{ApiErrorKind, SourceError};
pub use frame::{Annotations, Frame, QueryStats};
pub use result::{BuildInfo, Instant, InstantSample, InstantValue, LabelSet, MetricMetadata};
pub use upstream::{PrometheusClient, SourceConfig, UpstreamConfig};

use std::sync::Arc;
use std::time::Duration;

use series::TimeRange;

/// A question over time: one value a step for each series.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RangeQuery {
    /// PromQL.
    pub expr: String,
    /// The first evaluation.
    pub start_ms: i64,
    /// No evaluation is later.
    pub end_ms: i64,
    /// Above zero.
    pub step_ms: i64,
    /// See [`QueryOptions`].
    pub options: QueryOptions,
}

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

/// One source of data. Cloning shares it.
#[derive(Clone, Debug)]
pub enum Source {
    /// A server that speaks Prometheus' HTTP API.
    Upstream(Arc<PrometheusClient>),
    /// Our own.
    Embedded(Arc<Engine>),
}

impl Source {
    /// Evaluates an expression over time.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn range_query(&self, query: &RangeQuery) -> Result<Frame, SourceError> {
        match self {
            Self::Upstream(client) => client.range_query(query).await,
            Self::Embedded(engine) => engine.range_query(query).await,
        }
    }

    /// Evaluates an expression at one moment.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn instant_query(&self, query: &InstantQuery) -> Result<Instant, SourceError> {
        match self {
            Self::Upstream(client) => client.instant_query(query).await,
            Self::Embedded(engine) => engine.instant_query(query).await,
        }
    }

    /// The label sets of the selected series, sorted.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn series(
        &self,
        query: &SeriesQuery,
    ) -> Result<LabelSet<series::Labels>, SourceError> {
        match self {
            Self::Upstream(client) => client.series(query).await,
            Self::Embedded(engine) => engine.series(query).await,
        }
    }

    /// The label names of the selected series, sorted.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn label_names(&self, query: &SeriesQuery) -> Result<LabelSet<String>, SourceError> {
        match self {
            Self::Upstream(client) => client.label_names(query).await,
            Self::Embedded(engine) => engine.label_names(query).await,
        }
    }

    /// The values of label `name` over the selected series, sorted.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn label_values(
        &self,
        name: &str,
        query: &SeriesQuery,
    ) -> Result<LabelSet<String>, SourceError> {
        match self {
            Self::Upstream(client) => client.label_values(name, query).await,
            Self::Embedded(engine) => engine.label_values(name, query).await,
        }
    }

    /// What exporters say of `metric`, or of every metric; sorted by name.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn metadata(&self, metric: Option<&str>) -> Result<Vec<MetricMetadata>, SourceError> {
        match self {
            Self::Upstream(client) => client.metadata(metric).await,
            Self::Embedded(engine) => engine.metadata(metric),
        }
    }

    /// Asks the source whether it answers, with the cheapest question there is.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn ping(&self) -> Result<(), SourceError> {
        match self {
            Self::Upstream(client) => client.ping().await,
            Self::Embedded(engine) => engine.store().map(drop),
        }
    }

    /// What a server behind the source answers at a path below `/api/v1`, as it
    /// is; `None` where the source is our own.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn forward(
        &self,
        path: &str,
        params: &[(String, String)],
    ) -> Result<Option<serde_json::Value>, SourceError> {
        match self {
            Self::Upstream(client) => client.forward(path, params).await.map(Some),
            Self::Embedded(_) => Ok(None),
        }
    }

    /// Whether the source is the store of our own.
    pub fn is_own_store(&self) -> bool {
        matches!(self, Self::Embedded(_))
    }

    /// How far the source's clock was ahead of ours when it last answered; below
    /// zero where it was behind.
    pub fn clock_ahead_ms(&self) -> i64 {
        match self {
            Self::Upstream(client) => client.clock_ahead_ms(),
            Self::Embedded(_) => 0,
        }
    }

    /// The source in a few words: `prometheus at 127.0.0.1:9090`.
    pub fn describe(&self) -> String {
        match self {
            Self::Upstream(client) => client.describe(),
            Self::Embedded(_) => "andon's own store".to_owned(),
        }
    }
}
