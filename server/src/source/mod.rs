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
pub use result::{
    BuildInfo, Instant, InstantSample, InstantValue, LabelSet, Latest, MetricMetadata,
};
pub use upstream::{PrometheusClient, SourceConfig, UpstreamConfig};

use std::sync::Arc;

use query::{InstantQuery, LatestQuery, QueryOptions, Question, SeriesQuery, Span};

/// One source of data. Cloning shares it.
#[derive(Clone, Debug)]
pub enum Source {
    /// A server that speaks Prometheus' HTTP API.
    Upstream(Arc<PrometheusClient>),
    /// Our own.
    Embedded(Arc<Engine>),
}

impl Source {
    /// Answers a question about a span.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn range_query(
        &self,
        question: &Question,
        span: Span,
        options: &QueryOptions,
    ) -> Result<Frame, SourceError> {
        match self {
            Self::Upstream(client) => client.range_query(question, span, options).await,
            Self::Embedded(engine) => engine.range_query(question, span, options).await,
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

    /// The newest sample of each selected series. An upstream is asked at its `/federate`,
    /// whose answer is about its own present.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn latest(&self, query: &LatestQuery) -> Result<Latest, SourceError> {
        match self {
            Self::Upstream(client) => client.federate(&query.selectors).await.map(Latest::Page),
            Self::Embedded(engine) => engine.latest(query).await.map(Latest::Samples),
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

    /// Has certificates read anew for connections to come.
    pub fn forget_certificates(&self) {
        if let Self::Upstream(client) = self {
            client.forget_certificates();
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
