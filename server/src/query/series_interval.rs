//! An expression -> how often the series that it selects are scraped, which is
//! what its rate window rests on.
//!
//! It is the interval of the slowest target behind those series: a window must
//! hold several scrapes of each. Whose series a metric's are is asked once for
//! all expressions of a page, and only where the source's intervals differ.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use promql::ast::Selector;
use query::SourceName;
use series::{METRIC_NAME, Matcher};

use super::lookup_cache::{LookupCache, Terms};
use super::scrape_interval::{FALLBACK_MS, INSTANCE, JOB, Target, shortest_ms};
use super::{QueryError, QueryFrontend, soon};
use crate::source::InstantValue;

const TERMS: Terms = Terms {
    limit: Duration::from_secs(10),
    ttl: Duration::from_secs(60),
    failure_ttl: Duration::from_secs(10),
};

type Jobs = BTreeMap<String, BTreeSet<String>>;

/// The jobs of metrics, by the metrics that are asked about.
pub struct JobsOfMetrics(LookupCache<Vec<String>, Arc<Jobs>>);

impl JobsOfMetrics {
    /// Nothing is known yet.
    pub fn new(source_name: &str) -> Self {
        Self(LookupCache::new(source_name.to_owned(), TERMS))
    }
}

/// The intervals of the series that a page's queries select.
#[derive(Clone, Debug)]
pub struct Intervals {
    shortest_ms: i64,
    /// By source and expression.
    by_query: HashMap<(SourceName, String), i64>,
}

impl From<i64> for Intervals {
    /// The same for every query.
    fn from(shortest_ms: i64) -> Self {
        Self {
            shortest_ms,
            by_query: HashMap::new(),
        }
    }
}

impl Default for Intervals {
    fn default() -> Self {
        Self::from(FALLBACK_MS)
    }
}

impl Intervals {
    /// The shortest one, by which steps are chosen.
    pub fn shortest_ms(&self) -> i64 {
        self.shortest_ms
    }

    /// That of the series that the expression selects from the source; the
    /// shortest one where it is not known.
    pub fn of(&self, source: &SourceName, expr: &str) -> i64 {
        let known = self.by_query.get(&(source.clone(), expr.to_owned()));
        known.copied().unwrap_or(self.shortest_ms)
    }

    /// Takes over that of an expression.
    pub fn insert(&mut self, source: &SourceName, expr: &str, interval_ms: i64) {
        let query = (source.clone(), expr.to_owned());
        self.by_query.insert(query, interval_ms);
    }
}

impl QueryFrontend {
    /// The shortest interval of the source's targets in milliseconds, as far as
    /// that is known soon.
    pub async fn shortest_interval_ms(&self) -> i64 {
        shortest_ms(&self.targets_soon().await).unwrap_or(FALLBACK_MS)
    }

    /// For each expression the interval of the slowest target behind the
    /// series that it selects, in milliseconds; the source's shortest one where
    /// that is not known.
    pub async fn intervals_ms(&self, exprs: &[String]) -> Vec<i64> {
        let targets = self.targets_soon().await;
        let fallback_ms = shortest_ms(&targets).unwrap_or(FALLBACK_MS);
        let mut known = targets.iter().filter_map(|target| target.interval_ms);
        if known.all(|interval_ms| interval_ms == fallback_ms) {
            return vec![fallback_ms; exprs.len()];
        }
        let selected: Vec<Vec<Selected>> = exprs.iter().map(|expr| selected(expr)).collect();
        let metrics = selected.iter().flatten().filter_map(|of| of.metric.clone());
        let metrics: BTreeSet<String> = metrics.collect();
        let jobs = self.jobs_of(metrics.into_iter().collect()).await;
        selected
            .iter()
            .map(|all| {
                let known = all.iter().filter_map(|of| of.slowest_ms(&targets, &jobs));
                known.max().unwrap_or(fallback_ms)
            })
            .collect()
    }

    /// The jobs whose targets export each of the metrics, as far as that is
    /// known soon.
    async fn jobs_of(&self, metrics: Vec<String>) -> Arc<Jobs> {
        if metrics.is_empty() {
            return Arc::default();
        }
        let frontend = self.clone();
        let lookup = soon(async move {
            let (asked, of) = (frontend.clone(), metrics.clone());
            let learn = async move { asked.learn_jobs(&of).await };
            frontend.shared.jobs.0.get(metrics, learn).await
        });
        lookup.await.and_then(Result::ok).unwrap_or_default()
    }

    async fn learn_jobs(&self, metrics: &[String]) -> Result<Arc<Jobs>, QueryError> {
        let names: Vec<String> = metrics.iter().map(|name| regex::escape(name)).collect();
        let names = names.join("|");
        let expr = format!("group by ({METRIC_NAME}, {JOB}) ({{{METRIC_NAME}=~{names:?}}})");
        let mut jobs = Jobs::new();
        if let InstantValue::Vector(found) = self.value(&expr).await? {
            for one in found {
                let job = one.labels.get(JOB).unwrap_or_default().to_owned();
                let metric = one.labels.metric_name().to_owned();
                jobs.entry(metric).or_default().insert(job);
            }
        }
        Ok(Arc::new(jobs))
    }
}

/// What of a selector tells whose series it selects.
struct Selected {
    metric: Option<String>,
    /// Of `job` and `instance`.
    matchers: Vec<Matcher>,
}

/// The selectors of an expression; none where it is not PromQL.
fn selected(expr: &str) -> Vec<Selected> {
    let Ok(expr) = promql::parse(expr) else {
        return Vec::new();
    };
    let usages = expr.usages().into_iter();
    usages.map(|usage| Selected::of(usage.selector)).collect()
}

impl Selected {
    fn of(selector: &Selector) -> Self {
        let matchers = selector.matchers.iter();
        Self {
            metric: selector.name.clone(),
            matchers: matchers
                .filter(|matcher| [JOB, INSTANCE].contains(&matcher.name()))
                .cloned()
                .collect(),
        }
    }

    /// The interval of the slowest of the targets whose series are selected.
    fn slowest_ms(&self, targets: &[Target], jobs: &Jobs) -> Option<i64> {
        let selected = targets.iter().filter(|target| self.is_of(target, jobs));
        selected.filter_map(|target| target.interval_ms).max()
    }

    /// Whether series of the target may be among those that are selected.
    fn is_of(&self, target: &Target, jobs: &Jobs) -> bool {
        let exports = match &self.metric {
            Some(metric) => jobs
                .get(metric)
                .is_some_and(|jobs| jobs.contains(&target.job)),
            // Without a metric's name, only a target that is named is meant.
            None => !self.matchers.is_empty(),
        };
        exports
            && self.matchers.iter().all(|matcher| {
                if matcher.name() == JOB {
                    matcher.matches(&target.job)
                } else {
                    matcher.matches(&target.instance)
                }
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expr: &str, expected: Option<i64>) {
        let target = |job: &str, instance: &str, seconds: i64| Target {
            job: job.to_owned(),
            instance: instance.to_owned(),
            interval_ms: Some(seconds * 1_000),
        };
        let targets = [
            target("quick", "q", 1),
            target("batch", "b1", 35),
            target("batch", "b2", 60),
        ];
        let jobs = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let jobs = Jobs::from([
            ("seen".to_owned(), jobs(&["quick"])),
            ("rows".to_owned(), jobs(&["batch"])),
            ("both".to_owned(), jobs(&["quick", "batch"])),
            ("pushed".to_owned(), jobs(&["", "elsewhere"])),
        ]);
        let all = selected(expr);
        let slowest = all.iter().filter_map(|of| of.slowest_ms(&targets, &jobs));
        assert_eq!(slowest.max().map(|ms| ms / 1_000), expected, "{expr}");
    }

    #[test]
    fn the_slowest_target_behind_the_selected_series_counts() {
        check("rate(seen[1m])", Some(1));
        check("rate(rows[1m])", Some(60));
        check("rate(rows{instance='b1'}[1m])", Some(35));
        check("rate(both[1m])", Some(60));
        check("rate(both{job=~'q.*'}[1m])", Some(1));
        check("sum(rate(seen[1m])) / sum(rate(rows[1m]))", Some(60));
        check("rate({__name__=~'r.*', job='batch'}[1m])", Some(60));
    }

    #[test]
    fn of_series_that_no_target_exports_nothing_is_known() {
        check("rate(pushed[1m])", None);
        check("rate(unknown{job='batch'}[1m])", None);
        check("rate({__name__=~'r.*'}[1m])", None);
        check("rate(", None);
    }
}
