//! What is known of targets, shaped as Prometheus' `/api/v1/targets`.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;
use serde::Serialize;
use series::Labels;

use super::config::PromDuration;
use super::families::KnownFamilies;
use super::ingest::Report;
use super::target::{Target, shown};
use crate::net::redact_url;

/// A target and how its latest scrape went.
#[derive(Debug)]
pub struct TargetState {
    /// The target.
    pub target: Target,
    latest: Mutex<Option<Latest>>,
    families: Mutex<KnownFamilies>,
}

#[derive(Clone, Debug)]
struct Latest {
    at_ms: i64,
    duration: Duration,
    error: Option<String>,
    warning: Option<String>,
    samples: usize,
}

impl TargetState {
    pub(super) fn new(target: Target) -> Self {
        Self {
            target,
            latest: Mutex::new(None),
            families: Mutex::default(),
        }
    }

    /// What its latest page described.
    pub(super) fn families(&self) -> KnownFamilies {
        self.families.lock().clone()
    }

    pub(super) fn set_families(&self, families: KnownFamilies) {
        *self.families.lock() = families;
    }

    /// Whether the latest scrape brought a page; `None` before the first one.
    pub(super) fn is_up(&self) -> Option<bool> {
        self.latest
            .lock()
            .as_ref()
            .map(|latest| latest.error.is_none())
    }

    pub(super) fn record(&self, at_ms: i64, report: &Report) {
        *self.latest.lock() = Some(Latest {
            at_ms,
            duration: report.duration,
            error: report.error.as_ref().map(ToString::to_string),
            warning: report.warning.clone(),
            samples: report.samples_scraped,
        });
    }

    pub(super) fn snapshot(&self, pool: &str) -> ActiveTarget {
        let latest = self.latest.lock().clone();
        let health = match &latest {
            None => Health::Unknown,
            Some(latest) if latest.error.is_none() => Health::Up,
            Some(_) => Health::Down,
        };
        let target = &self.target;
        let latest = latest.unwrap_or(Latest {
            at_ms: GO_ZERO_TIME_MS,
            duration: Duration::ZERO,
            error: None,
            warning: None,
            samples: 0,
        });
        ActiveTarget {
            discovered_labels: shown_pairs(&target.discovered),
            labels: pairs(&target.labels),
            scrape_pool: pool.to_owned(),
            scrape_url: redact_url(&target.url),
            global_url: redact_url(&target.url),
            last_error: latest.error.unwrap_or_default(),
            last_scrape: rfc3339(latest.at_ms),
            last_scrape_duration: latest.duration.as_secs_f64(),
            health,
            scrape_interval: PromDuration(target.interval).to_string(),
            scrape_timeout: PromDuration(target.timeout).to_string(),
            last_scrape_ms: (health != Health::Unknown).then_some(latest.at_ms),
            last_warning: latest.warning,
            samples: latest.samples,
        }
    }
}

/// What Prometheus gives for "never": year 1, Go's zero time.
const GO_ZERO_TIME_MS: i64 = -62_135_596_800_000;

/// Every target of every job.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Targets {
    /// Those that are scraped, by job and URL.
    pub active_targets: Vec<ActiveTarget>,
    /// Those that relabelling dropped, as many as are kept for show.
    pub dropped_targets: Vec<DroppedTarget>,
    /// How many were dropped, by job.
    pub dropped_target_counts: BTreeMap<String, usize>,
    /// By job, what is wrong with its discovery; ours, not in Prometheus' API.
    #[serde(skip)]
    pub problems: BTreeMap<String, Vec<String>>,
}

/// A target that is scraped.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveTarget {
    /// What discovery said, before relabelling.
    pub discovered_labels: BTreeMap<String, String>,
    /// What its series get.
    pub labels: BTreeMap<String, String>,
    /// The job it is configured in.
    pub scrape_pool: String,
    /// Where its page is.
    pub scrape_url: String,
    /// The same, as others reach it.
    pub global_url: String,
    /// Why the latest scrape failed, empty where it did not.
    pub last_error: String,
    /// When the latest scrape started, RFC 3339.
    pub last_scrape: String,
    /// Seconds the latest scrape took.
    pub last_scrape_duration: f64,
    /// How the latest scrape went.
    pub health: Health,
    /// Such as `15s`.
    pub scrape_interval: String,
    /// Such as `10s`.
    pub scrape_timeout: String,
    /// When the latest scrape started, milliseconds since the Unix epoch.
    #[serde(skip)]
    pub last_scrape_ms: Option<i64>,
    /// What was strange about the latest page though it was stored.
    #[serde(skip)]
    pub last_warning: Option<String>,
    /// Samples of the latest page.
    #[serde(skip)]
    pub samples: usize,
}

/// How a target's latest scrape went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// It brought a page.
    Up,
    /// It failed.
    Down,
    /// There was none yet.
    Unknown,
}

/// A target that relabelling dropped.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DroppedTarget {
    /// What discovery said, before relabelling.
    pub discovered_labels: BTreeMap<String, String>,
    /// The job it is configured in.
    pub scrape_pool: String,
}

/// What discovery said, without secrets.
pub(super) fn shown_pairs(labels: &Labels) -> BTreeMap<String, String> {
    pairs(&shown(labels))
}

fn pairs(labels: &Labels) -> BTreeMap<String, String> {
    let pairs = labels.iter();
    pairs
        .map(|label| (label.name.to_owned(), label.value.to_owned()))
        .collect()
}

fn rfc3339(time_ms: i64) -> String {
    Timestamp::from_millisecond(time_ms).map_or_else(|_| String::new(), |time| time.to_string())
}
