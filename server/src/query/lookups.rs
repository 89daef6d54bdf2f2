//! Questions about a source that are no panel's: an expression at one moment or
//! over any range, series, names, values, metadata.
//!
//! Contract: equal questions under way are one, and each goes through the gate.
//! None is answered from a cache: whoever speaks Prometheus' API reads what the
//! source has now.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use query::{InstantQuery, LatestQuery, QueryOptions, Question, SeriesQuery, Span};
use serde_json::Value;

use super::gate::Lane;
use super::singleflight::SingleFlight;
use super::{QueryError, QueryFrontend};
use crate::source::{Frame, Instant, LabelSet, Latest, MetricMetadata, SourceError};

type Answer<T> = Result<Arc<T>, QueryError>;
type Calls<K, T> = SingleFlight<K, Answer<T>>;
/// A path of Prometheus' API, and its parameters.
type Forward = (String, Vec<(String, String)>);

/// The questions under way, by kind.
#[derive(Default)]
pub struct Lookups {
    ranges: Calls<(Question, Span, QueryOptions), Frame>,
    instants: Calls<InstantQuery, Instant>,
    series: Calls<SeriesQuery, LabelSet<series::Labels>>,
    label_names: Calls<SeriesQuery, LabelSet<String>>,
    label_values: Calls<(String, SeriesQuery), LabelSet<String>>,
    metadata: Calls<Option<String>, Vec<MetricMetadata>>,
    forwards: Calls<Forward, Option<Value>>,
    latest: Calls<LatestQuery, Latest>,
    pings: Calls<(), ()>,
}

impl QueryFrontend {
    /// The answer to a question about a span, whatever its step stands on.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn range_query(
        &self,
        question: Question,
        span: Span,
        options: QueryOptions,
    ) -> Answer<Frame> {
        // An end between two steps evaluates nothing: equal work is equal.
        let span = span.whole_steps(question.take.step_ms());
        let key = (question, span, options);
        let (source, (question, span, options)) = (self.shared.source.clone(), key.clone());
        let call = async move { source.range_query(&question, span, &options).await };
        self.look_up(&self.shared.lookups.ranges, key, call).await
    }

    /// An expression's value at one moment.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn instant_query(&self, query: InstantQuery) -> Answer<Instant> {
        let (source, asked) = (self.shared.source.clone(), query.clone());
        let call = async move { source.instant_query(&asked).await };
        self.look_up(&self.shared.lookups.instants, query, call)
            .await
    }

    /// The label sets of the selected series, sorted.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn series(&self, query: SeriesQuery) -> Answer<LabelSet<series::Labels>> {
        let (source, asked) = (self.shared.source.clone(), query.clone());
        let call = async move { source.series(&asked).await };
        self.look_up(&self.shared.lookups.series, query, call).await
    }

    /// The label names of the selected series, sorted.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn label_names(&self, query: SeriesQuery) -> Answer<LabelSet<String>> {
        let (source, asked) = (self.shared.source.clone(), query.clone());
        let call = async move { source.label_names(&asked).await };
        self.look_up(&self.shared.lookups.label_names, query, call)
            .await
    }

    /// The values of label `name` over the selected series, sorted.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn label_values(&self, name: &str, query: SeriesQuery) -> Answer<LabelSet<String>> {
        let key = (name.to_owned(), query);
        let (source, (name, query)) = (self.shared.source.clone(), key.clone());
        let call = async move { source.label_values(&name, &query).await };
        self.look_up(&self.shared.lookups.label_values, key, call)
            .await
    }

    /// What exporters say of `metric`, or of every metric; sorted by name.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn metadata(&self, metric: Option<&str>) -> Answer<Vec<MetricMetadata>> {
        let key = metric.map(str::to_owned);
        let (source, metric) = (self.shared.source.clone(), key.clone());
        let call = async move { source.metadata(metric.as_deref()).await };
        self.look_up(&self.shared.lookups.metadata, key, call).await
    }

    /// The newest sample of each selected series.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn latest(&self, query: LatestQuery) -> Answer<Latest> {
        let (source, asked) = (self.shared.source.clone(), query.clone());
        let call = async move { source.latest(&asked).await };
        self.look_up(&self.shared.lookups.latest, query, call).await
    }

    /// What the server behind the source answers at a path below `/api/v1`, as
    /// it is; `None` where the source is our own store.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn forward(
        &self,
        path: &str,
        params: Vec<(String, String)>,
    ) -> Answer<Option<Value>> {
        let key = (path.to_owned(), params);
        let (source, (path, params)) = (self.shared.source.clone(), key.clone());
        let call = async move { source.forward(&path, &params).await };
        self.look_up(&self.shared.lookups.forwards, key, call).await
    }

    /// Whether the source answers, by the cheapest question there is.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn ping(&self) -> Result<(), QueryError> {
        let source = self.shared.source.clone();
        let call = async move { source.ping().await };
        let answer = self.look_up(&self.shared.lookups.pings, (), call).await;
        answer.map(|_| ())
    }

    async fn look_up<K, T>(
        &self,
        calls: &Calls<K, T>,
        key: K,
        call: impl Future<Output = Result<T, SourceError>> + Send + 'static,
    ) -> Answer<T>
    where
        K: Eq + Hash,
        T: Send + Sync + 'static,
    {
        let shared = Arc::clone(&self.shared);
        let work = async move {
            shared.counters.lookups.fetch_add(1, Relaxed);
            shared.gate.call(Lane::Lookup, call).await.map(Arc::new)
        };
        let (answer, _) = calls.run(key, work).await;
        answer.unwrap_or(Err(QueryError::Ended))
    }
}
