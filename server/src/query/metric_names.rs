//! Which metrics a source exports: tells a metric that nobody has ever exported
//! from one that has no samples in a panel's range.
//!
//! The names of late are one question for all panels. A metric that is not
//! among them is asked for on its own, over all that the source keeps, and then
//! among what targets say of their metrics, before it is said never to have
//! been exported.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use query::{Question, SeriesQuery};
use series::{METRIC_NAME, Matcher, TimeRange};

use super::lookup_cache::{LookupCache, Terms};
use super::{QueryError, QueryFrontend, soon};
use crate::clock::now_ms;

/// The names of metrics that were exported within this time are looked up at once.
const RECENT_MS: i64 = 6 * 3_600 * 1_000;
const RECENT: Terms = Terms {
    limit: Duration::from_secs(10),
    ttl: Duration::from_secs(30),
    failure_ttl: Duration::from_secs(30),
};

/// A metric that appears again is among those of late soon enough.
const EVER: Terms = Terms {
    ttl: Duration::from_secs(300),
    ..RECENT
};

/// What is known of a source's metrics.
pub struct MetricNames {
    recent: LookupCache<(), Arc<HashSet<String>>>,
    /// By metric, whether it was ever exported.
    ever: LookupCache<String, bool>,
}

impl MetricNames {
    /// Nothing is known yet.
    pub fn new(source_name: &str) -> Self {
        Self {
            recent: LookupCache::new(source_name.to_owned(), RECENT),
            ever: LookupCache::new(source_name.to_owned(), EVER),
        }
    }
}

/// A metric without a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MissingMetric {
    /// No target has it on its page.
    NeverExported(String),
    /// A target has it on its page, and no sample of it was stored.
    NotStored(String),
}

/// What the names of series have after the name that a target declares.
const SERIES_SUFFIXES: [&str; 5] = ["_total", "_bucket", "_count", "_sum", "_created"];

impl QueryFrontend {
    /// A metric that `question` names and the source has no sample of, if any.
    /// `None` where that is not known soon.
    pub async fn missing_metric(&self, question: &Question) -> Option<MissingMetric> {
        let named = packs::metrics_of(&question.text).ok()?;
        let frontend = self.clone();
        let lookup = soon(async move {
            for metric in named {
                if !frontend.exports(&metric).await? {
                    return frontend.missing(metric).await.map(Some);
                }
            }
            Ok::<_, QueryError>(None)
        });
        lookup.await?.ok()?
    }

    async fn missing(&self, metric: String) -> Result<MissingMetric, QueryError> {
        let suffixes = SERIES_SUFFIXES.iter();
        let declared = suffixes.filter_map(|suffix| metric.strip_suffix(suffix));
        for name in std::iter::once(metric.as_str()).chain(declared) {
            if !self.metadata(Some(name)).await?.is_empty() {
                return Ok(MissingMetric::NotStored(metric));
            }
        }
        Ok(MissingMetric::NeverExported(metric))
    }

    async fn exports(&self, metric: &str) -> Result<bool, QueryError> {
        let names = &self.shared.names;
        let frontend = self.clone();
        let all = async move {
            let recent = SeriesQuery::all_recent(now_ms(), RECENT_MS);
            let found = frontend.label_values(METRIC_NAME, recent).await?;
            Ok(Arc::new(found.items.iter().cloned().collect()))
        };
        if names.recent.get((), all).await?.contains(metric) {
            return Ok(true);
        }
        let (frontend, wanted) = (self.clone(), metric.to_owned());
        let one = async move { frontend.has_ever_exported(&wanted).await };
        names.ever.get(metric.to_owned(), one).await
    }

    async fn has_ever_exported(&self, metric: &str) -> Result<bool, QueryError> {
        let kept = SeriesQuery {
            selectors: vec![format!("{{{}}}", Matcher::equal(METRIC_NAME, metric))],
            range: TimeRange {
                start_ms: 0, // some servers take a start that is left out for yesterday's
                end_ms: now_ms(),
            },
            limit: 1,
        };
        let found = self.label_values(METRIC_NAME, kept).await?;
        Ok(!found.items.is_empty())
    }
}
