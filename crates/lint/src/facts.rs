//! What is known beside the queries: what a source exports, how often.

use std::collections::BTreeSet;

use packs::{Inventory, Metric, SUFFIXES};
use series::MetricKind;

/// What is known of the source that queries are asked of. What is not known is
/// not checked.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What the source exports.
    pub exported: Option<Inventory>,
    /// Names that may be absent all the same: counters until their first
    /// event, and what rules record.
    pub may_be_absent: BTreeSet<String>,
    /// How often the source's targets are scraped, in milliseconds.
    pub scrape_interval_ms: Option<i64>,
}

/// Whoever scrapes or evaluates rules makes these: no exporter has them.
const MADE_BY_SCRAPING: [&str; 3] = ["up", "ALERTS", "ALERTS_FOR_STATE"];
const SCRAPE_PREFIX: &str = "scrape_";
const COUNTER_SUFFIX: &str = "_total";

impl Facts {
    /// What is known of a metric.
    pub fn metric(&self, name: &str) -> Option<&Metric> {
        self.exported.as_ref()?.get(name)
    }

    /// Whether the source is known, and does not export the metric.
    pub fn is_missing(&self, name: &str) -> bool {
        let is_made = MADE_BY_SCRAPING.contains(&name) || name.starts_with(SCRAPE_PREFIX);
        let exported = self.exported.as_ref();
        exported.is_some_and(|inventory| !inventory.has(name))
            && !is_made
            && !self.may_be_absent.contains(name)
    }

    /// The exported name that is most like this one, where one is like it: a
    /// letter is another (two in long names), or `_total` is there or not.
    /// Farther ones often mean something else: `correctable`, `uncorrectable`.
    pub fn nearest(&self, name: &str) -> Option<String> {
        let farthest = 1 + name.len() / 40;
        let near = self.names().filter_map(|candidate| {
            if is_total(&candidate, name) || is_total(name, &candidate) {
                return Some((farthest, candidate));
            }
            if candidate.len().abs_diff(name.len()) > farthest {
                return None;
            }
            let distance = strsim::damerau_levenshtein(name, &candidate);
            (distance <= farthest).then_some((distance, candidate))
        });
        near.min().map(|(_, nearest)| nearest)
    }

    /// The greatest finite bound of the buckets of `name`, or of the metric
    /// that it should be.
    pub fn last_bucket(&self, name: &str) -> Option<f64> {
        let known = self.metric(name).and_then(|metric| metric.last_bucket);
        known.or_else(|| self.metric(&self.nearest(name)?)?.last_bucket)
    }

    /// The names of all series.
    fn names(&self) -> impl Iterator<Item = String> {
        let metrics = self.exported.iter().flat_map(Inventory::iter);
        metrics.flat_map(|(name, metric)| {
            let suffixes: &[&str] = match metric.kind {
                MetricKind::Histogram | MetricKind::Summary => &SUFFIXES,
                _ => &[""],
            };
            suffixes.iter().map(move |suffix| format!("{name}{suffix}"))
        })
    }
}

/// Whether `name` is `of` with the suffix of counters.
fn is_total(name: &str, of: &str) -> bool {
    name.strip_suffix(COUNTER_SUFFIX) == Some(of)
}
