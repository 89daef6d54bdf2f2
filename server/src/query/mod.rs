//! The query frontend: what views ask -> as few queries to the source as can be.
//!
//! A question (`query::Question`) is asked about times on its step, so that equal
//! work is equal to the letter. It is answered from the cache (`results_cache`),
//! which asks only for a range's new end; equal work under way is done once
//! (`singleflight`), and what is left goes through a gate: a bounded number at
//! once (`limiter`), and none while the source is away (`circuit_breaker`). What else is asked of a source (`lookups`) goes through
//! the same gate, and what is learned of it (`choices`, `metric_names`,
//! `scrape_interval`, `series_interval`) is held for a while, failures too (`lookup_cache`).
//!
//! Contract: nothing asks a source but through its frontend, and
//! [`QueryFrontends`] finds it by its name. An answer with a warning is passed on and never kept, since it may
//! be partial. The newest points are read again, since they may still change.

mod choices;
mod circuit_breaker;
mod frontends;
mod gate;
mod limiter;
mod lookup_cache;
mod lookups;
mod metric_names;
pub mod results_cache;
pub mod scrape_interval;
mod series_interval;
mod singleflight;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use query::{QueryOptions, Question, SourceName, Span};

use crate::source::{Frame, Source, SourceError};
use crate::supervise;
use choices::Choices;
pub use frontends::{NamedFrontend, QueryFrontends, Replaced};
use gate::{Gate, Lane};
pub use limiter::ConcurrencyLimits;
use lookups::Lookups;
use metric_names::MetricNames;
pub use metric_names::MissingMetric;
use results_cache::ResultsCache;
use scrape_interval::ScrapeIntervals;
pub use series_interval::Intervals;
use series_interval::JobsOfMetrics;
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
    /// What is asked besides a panel's samples took too long.
    #[error("{source_name} did not answer within {} s", .limit.as_secs_f64())]
    Late {
        /// The source in a few words.
        source_name: String,
        /// How long was waited.
        limit: Duration,
    },
    /// A board asks for a source that there is not.
    #[error("there is no source `{0}`: name one in andon.toml, or correct the board")]
    NoSource(SourceName),
    /// There is none at all.
    #[error("no source of data is configured")]
    NoSources,
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
    /// Questions other than panels', sent to the source.
    pub lookups: AtomicU64,
}

type Answer = Result<Arc<Frame>, QueryError>;

/// The query frontend before one source. Cloning shares it.
#[derive(Clone)]
pub struct QueryFrontend {
    shared: Arc<Shared>,
}

struct Shared {
    source: Source,
    gate: Gate,
    cache: ResultsCache,
    ranges: SingleFlight<(Question, Span), Answer>,
    lookups: Lookups,
    intervals: ScrapeIntervals,
    jobs: JobsOfMetrics,
    names: MetricNames,
    choices: Choices,
    counters: QueryCounters,
}

impl QueryFrontend {
    /// Stands before `source`, and caches ranges of up to about `cache_bytes`.
    pub fn new(source: Source, limits: ConcurrencyLimits, cache_bytes: u64) -> Self {
        let name = source.describe();
        Self {
            shared: Arc::new(Shared {
                source,
                gate: Gate::new(&name, limits),
                cache: ResultsCache::new(cache_bytes),
                ranges: SingleFlight::default(),
                lookups: Lookups::default(),
                intervals: ScrapeIntervals::new(&name),
                jobs: JobsOfMetrics::new(&name),
                names: MetricNames::new(&name),
                choices: Choices::new(&name),
                counters: QueryCounters::default(),
            }),
        }
    }

    /// Whether both stand before the same source, and share what they know of it.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Has certificates read anew for connections to come.
    pub fn forget_certificates(&self) {
        self.shared.source.forget_certificates();
    }

    /// The source in a few words: `prometheus at 127.0.0.1:9090`.
    pub fn describe(&self) -> String {
        self.shared.source.describe()
    }

    /// How far the source's clock was ahead of ours when it last answered; below
    /// zero where it was behind.
    pub fn clock_ahead_ms(&self) -> i64 {
        self.shared.source.clock_ahead_ms()
    }

    /// Whether the source is the store of our own.
    pub fn is_own_store(&self) -> bool {
        self.shared.source.is_own_store()
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
    pub fn ahead_of(&self, question: &Question) -> Option<usize> {
        self.shared.gate.ahead_of(question)
    }

    /// Of how many different queries ranges are cached, and their bytes, about.
    pub fn held(&self) -> (u64, u64) {
        self.shared.cache.size()
    }

    /// Frees the answers that nobody has asked for of late; whether there were any.
    pub fn drop_idle(&self) -> bool {
        self.shared.cache.drop_idle()
    }

    /// Why the source is away, as long as it is.
    pub fn outage(&self) -> Option<SourceError> {
        self.shared.gate.outage()
    }

    /// The answer to a question about a span.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn range(&self, question: &Question, span: Span) -> Answer {
        let counters = self.counters();
        counters.asked.fetch_add(1, Relaxed);
        if let Some(cached) = self.shared.cache.get(question, span) {
            counters.cache_hits.fetch_add(1, Relaxed);
            return Ok(cached);
        }
        let (shared, wanted) = (Arc::clone(&self.shared), question.clone());
        let work = async move { shared.fetch(&wanted, span).await };
        let (answer, coalesced) = self.shared.ranges.run((question.clone(), span), work).await;
        if coalesced {
            counters.coalesced.fetch_add(1, Relaxed);
        }
        answer.unwrap_or(Err(QueryError::Ended))
    }
}

/// A page or a panel does not wait longer for what would only serve it better.
const PATIENCE: Duration = Duration::from_secs(1);

/// What `lookup` gives, where it is there soon. It goes on by itself otherwise,
/// for whoever asks next.
async fn soon<T: Send + 'static>(lookup: impl Future<Output = T> + Send + 'static) -> Option<T> {
    let lookup = supervise::spawn("lookup", lookup);
    tokio::time::timeout(PATIENCE, lookup).await.ok()?.ok()?
}

impl Shared {
    async fn fetch(&self, question: &Question, span: Span) -> Answer {
        let plan = self.cache.plan(question, span);
        let (missing, options) = (plan.missing, QueryOptions::default());
        let call = async {
            self.counters.upstream.fetch_add(1, Relaxed);
            let answer = self.source.range_query(question, missing, &options).await;
            if answer.is_err() {
                self.counters.upstream_failed.fetch_add(1, Relaxed);
            }
            answer
        };
        let answer = self.gate.call(Lane::Panel(question), call).await?;
        Ok(self.cache.extend(question, plan, answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_long_for_what_only_serves_better() {
        let begun = tokio::time::Instant::now();
        assert_eq!(soon(std::future::ready(1)).await, Some(1));
        assert_eq!(soon(std::future::pending::<()>()).await, None);
        assert_eq!(begun.elapsed(), PATIENCE);
    }
}
