//! The query frontend: what views ask -> as few queries to the source as can be.
//!
//! A question is first brought into normal form ([`normalize`]): times on the step,
//! so that equal work is equal to the letter. It is then answered from the
//! cache (`results_cache`), which asks only for a range's new end; equal work under
//! way is joined (`singleflight`), and what is left waits for its turn (`guard`).
//!
//! Contract: an answer with a warning is passed on and never kept, since it may
//! be partial. The newest points are read again, since they may still change.

mod circuit_breaker;
mod gate;
mod limiter;
mod metric_names;
pub mod normalize;
pub mod results_cache;
pub mod scrape_interval;
mod singleflight;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::source::{Range, RangeQuery, Source, SourceError};
use gate::{Gate, Lane};
pub use limiter::ConcurrencyLimits;
use normalize::{NormalizedQuery, Span};
use results_cache::ResultsCache;
use singleflight::SingleFlight;

/// Why the frontend did not answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum QueryError {
    /// The source did not.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Too many queries wait for the source already.
    #[error("{waiting} queries already wait for {source_name}; this one was turned away")]
    Busy {
        /// Queries before this one.
        waiting: usize,
        /// The source in a few words.
        source_name: String,
    },
    /// A board asks for a source that there is not.
    #[error("there is no source `{0}`: name one in andon.toml, or correct the board")]
    NoSource(String),
    /// The work ended without an answer.
    #[error("the query ended without an answer; this is a fault of Andon's, see its log")]
    Ended,
}

/// Counts that show what the frontend saves.
#[derive(Debug, Default)]
pub struct QueryCounters {
    /// Questions of views.
    pub asked: AtomicU64,
    /// Answered without the source.
    pub cache_hits: AtomicU64,
    /// Answered by equal work under way.
    pub coalesced: AtomicU64,
    /// Sent to the source.
    pub upstream: AtomicU64,
    /// Of those, failed.
    pub upstream_failed: AtomicU64,
}

type Answer = Result<Arc<Range>, QueryError>;

/// The frontends of all sources by name, the default one first. Cloning shares them.
#[derive(Clone)]
pub struct QueryFrontends(Arc<[(String, QueryFrontend)]>);

impl QueryFrontends {
    /// The frontends of at least one source; the first is the default.
    pub fn new(frontends: Vec<(String, QueryFrontend)>) -> Self {
        Self(frontends.into())
    }

    /// Every frontend with its source's name.
    pub fn iter(&self) -> impl Iterator<Item = &(String, QueryFrontend)> {
        self.0.iter()
    }

    /// The frontend of the source that a board names: the default one where it
    /// names none, or where there is only one.
    pub fn get(&self, name: &str) -> Option<&QueryFrontend> {
        let is_meant = |(candidate, _): &&(String, QueryFrontend)| candidate == name;
        let only = || {
            self.0
                .first()
                .filter(|_| name.is_empty() || self.0.len() == 1)
        };
        self.0
            .iter()
            .find(is_meant)
            .or_else(only)
            .map(|(_, frontend)| frontend)
    }
}

/// The query frontend before one source. Cloning shares it.
#[derive(Clone)]
pub struct QueryFrontend {
    shared: Arc<Shared>,
}

struct Shared {
    source: Source,
    gate: Gate,
    cache: ResultsCache,
    ranges: SingleFlight<(NormalizedQuery, Span), Answer>,
    interval: scrape_interval::ScrapeInterval,
    names: metric_names::MetricNames,
    counters: QueryCounters,
}

impl QueryFrontend {
    /// Stands before `source`, and caches ranges of up to about `cache_bytes`.
    pub fn new(source: Source, limits: ConcurrencyLimits, cache_bytes: u64) -> Self {
        let gate = Gate::new(&source.describe(), limits);
        Self {
            shared: Arc::new(Shared {
                source,
                gate,
                cache: ResultsCache::new(cache_bytes),
                ranges: SingleFlight::default(),
                interval: scrape_interval::ScrapeInterval::default(),
                names: metric_names::MetricNames::default(),
                counters: QueryCounters::default(),
            }),
        }
    }

    /// The source behind the frontend.
    pub fn source(&self) -> &Source {
        &self.shared.source
    }

    /// See [`QueryCounters`].
    pub fn counters(&self) -> &QueryCounters {
        &self.shared.counters
    }

    /// How many queries wait for a permit.
    pub fn waiting(&self) -> usize {
        self.shared.gate.waiting()
    }

    /// How many queries are before this one, while it waits for a permit.
    pub fn ahead_of(&self, query: &NormalizedQuery) -> Option<usize> {
        self.shared.gate.ahead_of(query)
    }

    /// Of how many different queries ranges are cached, and their bytes, about.
    pub fn held(&self) -> (u64, u64) {
        self.shared.cache.size()
    }

    /// Why the source is away, as long as it is.
    pub fn outage(&self) -> Option<SourceError> {
        self.shared.gate.outage()
    }

    /// Takes over how asking the source went where that was not by the frontend.
    pub fn report(&self, error: Option<&SourceError>) {
        self.shared.gate.report(error);
    }

    /// The scrape interval of the source's data, learned from the data and
    /// learned again every minute.
    pub async fn scrape_interval_ms(&self, now_ms: i64) -> i64 {
        self.shared.interval.get(&self.shared.source, now_ms).await
    }

    /// A metric that `query` names and the source does not export, if any.
    pub async fn missing_metric(&self, query: &NormalizedQuery, now_ms: i64) -> Option<String> {
        let named = packs::metrics_of(&query.expr).ok()?;
        let exported = self.shared.names.get(&self.shared.source, now_ms).await?;
        named.into_iter().find(|metric| !exported.contains(metric))
    }

    /// The values of `query` over `span`.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn range(&self, query: &NormalizedQuery, span: Span) -> Answer {
        let counters = self.counters();
        counters.asked.fetch_add(1, Relaxed);
        if let Some(cached) = self.shared.cache.get(query, span) {
            counters.cache_hits.fetch_add(1, Relaxed);
            return Ok(cached);
        }
        let (shared, wanted) = (Arc::clone(&self.shared), query.clone());
        let work = async move { shared.fetch(&wanted, span).await };
        let (answer, coalesced) = self.shared.ranges.run((query.clone(), span), work).await;
        if coalesced {
            counters.coalesced.fetch_add(1, Relaxed);
        }
        answer.unwrap_or(Err(QueryError::Ended))
    }
}

impl Shared {
    async fn fetch(&self, query: &NormalizedQuery, span: Span) -> Answer {
        let plan = self.cache.plan(query, span);
        let missing = range_query(query, plan.missing);
        let call = async {
            self.counters.upstream.fetch_add(1, Relaxed);
            let answer = self.source.range_query(&missing).await;
            if answer.is_err() {
                self.counters.upstream_failed.fetch_add(1, Relaxed);
            }
            answer
        };
        let answer = self.gate.call(Lane::Panel(query), call).await?;
        Ok(self.cache.extend(query, plan, answer))
    }
}

fn range_query(query: &NormalizedQuery, span: Span) -> RangeQuery {
    RangeQuery {
        expr: query.expr.to_string(),
        start_ms: span.start_ms,
        end_ms: span.end_ms,
        step_ms: query.step_ms,
        options: Default::default(),
    }
}
