//! The data itself -> how often each target of a source is scraped, so that
//! steps and rate windows are right without configuration.
//!
//! A target's interval is the median distance of the raw samples of its `up`,
//! or what our own scraper is configured with. A source's is the shortest one
//! of its targets. Where there is no `up` (pushed data), [`FALLBACK_MS`] stands.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::Mutex;
use query::InstantQuery;
use series::{LabeledSeries, Labels};

use super::lookup_cache::{LookupCache, Terms};
use super::{QueryError, QueryFrontend, soon};
use crate::clock::now_ms;
use crate::source::InstantValue;

/// Prometheus' usual setting.
pub const FALLBACK_MS: i64 = 15_000;

/// Holds a sample of every target that is not stale.
const ALL: &str = "up[5m]";
/// Holds several of those that are scraped rarely.
const RARE_WINDOW: &str = "[20m]";

pub(super) const JOB: &str = "job";
pub(super) const INSTANCE: &str = "instance";

const TERMS: Terms = Terms {
    limit: Duration::from_secs(10),
    ttl: Duration::from_secs(60),
    failure_ttl: Duration::from_secs(2),
};

/// One target of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its label `job`.
    pub job: String,
    /// Its label `instance`.
    pub instance: String,
    /// Milliseconds; `None` where there are too few samples to tell.
    pub interval_ms: Option<i64>,
}

impl Target {
    /// A target of a scraper that is configured with `interval`.
    pub fn configured(labels: &Labels, interval: Duration) -> Self {
        let interval_ms = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX);
        Self {
            interval_ms: Some(round_to_second(interval_ms)),
            ..Self::of(labels)
        }
    }

    fn of(labels: &Labels) -> Self {
        Self {
            job: labels.get(JOB).unwrap_or_default().to_owned(),
            instance: labels.get(INSTANCE).unwrap_or_default().to_owned(),
            interval_ms: None,
        }
    }
}

/// Tells what our own scraper is configured with.
pub type ConfiguredTargets = Box<dyn Fn() -> Vec<Target> + Send + Sync>;

/// The targets of a source.
pub type Targets = Arc<Vec<Target>>;

/// The targets as they were last learned, and what is configured.
pub struct ScrapeIntervals {
    learned: LookupCache<(), Targets>,
    /// Better than nothing while the source does not tell.
    last: Mutex<Targets>,
    configured: OnceLock<ConfiguredTargets>,
}

impl ScrapeIntervals {
    /// Nothing is known yet.
    pub fn new(source_name: &str) -> Self {
        Self {
            learned: LookupCache::new(source_name.to_owned(), TERMS).whole_where(are_known),
            last: Mutex::default(),
            configured: OnceLock::new(),
        }
    }
}

fn are_known(targets: &Targets) -> bool {
    !targets.is_empty() && targets.iter().all(|target| target.interval_ms.is_some())
}

impl QueryFrontend {
    /// Has our own scraper say what it is configured with; once.
    pub fn set_configured_targets(&self, configured: ConfiguredTargets) {
        // There is one scraper.
        let _ = self.shared.intervals.configured.set(configured);
    }

    /// The shortest interval of the source's targets in milliseconds, learned
    /// again every minute; `None` where nothing tells.
    pub async fn scrape_interval_ms(&self) -> Option<i64> {
        shortest_ms(&self.targets().await)
    }

    /// The source's targets as they were learned last, where it does not tell
    /// soon.
    pub(super) async fn targets_soon(&self) -> Targets {
        let frontend = self.clone();
        let targets = soon(async move { frontend.targets().await });
        let targets = targets.await;
        targets.unwrap_or_else(|| Arc::clone(&self.shared.intervals.last.lock()))
    }

    /// The source's targets as they were learned last, where it does not tell.
    async fn targets(&self) -> Targets {
        let frontend = self.clone();
        let learn = async move { frontend.learn_targets().await };
        let learned = self.shared.intervals.learned.get((), learn).await;
        let mut last = self.shared.intervals.last.lock();
        if let Ok(targets) = learned {
            *last = targets;
        }
        Arc::clone(&last)
    }

    async fn learn_targets(&self) -> Result<Targets, QueryError> {
        let mut targets = self.targets_in(ALL).await?;
        let unclear = targets.iter().filter(|target| target.interval_ms.is_none());
        let jobs: BTreeSet<String> = unclear.map(|target| regex::escape(&target.job)).collect();
        if !jobs.is_empty() {
            let jobs: Vec<String> = jobs.into_iter().collect();
            let rare = format!("up{{{JOB}=~{:?}}}{RARE_WINDOW}", jobs.join("|"));
            overrule(&mut targets, self.targets_in(&rare).await?);
        }
        if let Some(configured) = self.shared.intervals.configured.get() {
            overrule(&mut targets, configured());
        }
        Ok(Arc::new(targets))
    }

    async fn targets_in(&self, expr: &str) -> Result<Vec<Target>, QueryError> {
        Ok(match self.value(expr).await? {
            InstantValue::Matrix(series) => series.iter().map(target).collect(),
            _ => Vec::new(),
        })
    }

    /// The value of an expression now.
    pub(super) async fn value(&self, expr: &str) -> Result<InstantValue, QueryError> {
        let query = InstantQuery {
            expr: expr.to_owned(),
            at_ms: now_ms(),
            options: Default::default(),
        };
        Ok(self.instant_query(query).await?.value.clone())
    }
}

/// The shortest interval that is known.
pub(super) fn shortest_ms(targets: &[Target]) -> Option<i64> {
    let known = targets.iter().filter_map(|target| target.interval_ms);
    known.min()
}

/// What is known better takes the place of what is known of the same targets.
fn overrule(targets: &mut Vec<Target>, better: Vec<Target>) {
    for target in better {
        let is_same =
            |known: &&mut Target| (&known.job, &known.instance) == (&target.job, &target.instance);
        match targets.iter_mut().find(is_same) {
            Some(known) => known.interval_ms = target.interval_ms.or(known.interval_ms),
            None => targets.push(target),
        }
    }
}

fn target(up: &LabeledSeries) -> Target {
    let times = &up.samples.timestamps_ms;
    let mut distances: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    distances.sort_unstable();
    let median = distances.get(distances.len() / 2).copied();
    Target {
        interval_ms: median.map(round_to_second),
        ..Target::of(&up.labels)
    }
}

/// Scrapes jitter by milliseconds, settings do not.
fn round_to_second(interval_ms: i64) -> i64 {
    (interval_ms.saturating_add(500) / 1_000 * 1_000).max(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use series::SampleColumns;

    fn check(series: &[&[i64]], expected: Option<i64>) {
        let up = |times: &&[i64]| LabeledSeries {
            samples: SampleColumns::of_floats(times.to_vec(), vec![1.0; times.len()]),
            ..LabeledSeries::default()
        };
        let targets: Vec<Target> = series.iter().map(|times| target(&up(times))).collect();
        assert_eq!(shortest_ms(&targets), expected);
    }

    #[test]
    fn the_shortest_median_distance_counts() {
        check(&[], None);
        check(&[&[1_000]], None);
        check(&[&[0, 15_003, 29_999, 45_000]], Some(15_000));
        check(&[&[0, 15_000, 30_000, 120_000, 135_000]], Some(15_000));
        check(&[&[0, 60_000], &[0, 5_000, 10_000]], Some(5_000));
        check(&[&[0, 200, 400]], Some(1_000));
    }

    #[test]
    fn what_is_configured_overrules_what_the_data_tells() {
        let of = |job: &str, interval_ms| Target {
            job: job.to_owned(),
            instance: "i".to_owned(),
            interval_ms,
        };
        let labels = Labels::from_pairs([(JOB, "a"), (INSTANCE, "i")]);
        let mut targets = vec![target(&LabeledSeries {
            labels,
            ..LabeledSeries::default()
        })];
        overrule(&mut targets, vec![of("a", Some(60_000)), of("b", None)]);
        assert_eq!(targets, [of("a", Some(60_000)), of("b", None)]);
        overrule(&mut targets, vec![of("a", None)]);
        assert_eq!(targets[0], of("a", Some(60_000)));
    }
}
