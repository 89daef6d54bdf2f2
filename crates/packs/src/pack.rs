//! Packs: short TOML files that say how a system is recognised and what its
//! metrics mean.

use std::collections::{BTreeMap, BTreeSet};

use dashboard::duration;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::inventory::Inventory;
use crate::job::{JobModel, Success};
use crate::metrics::metrics_of;
use crate::system::{ShippedBoard, System};
use crate::targets::Targets;

/// What is known of a kind of system.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Names the pack; a user's pack replaces one of ours of the same name.
    pub name: String,
    /// What people call the system.
    pub title: String,
    /// What it is, in a sentence or two.
    #[serde(default)]
    pub about: String,
    /// How the names of its metrics begin: what the generic pack leaves alone.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// How long values are held, such as `5m`, of an exporter that shows each
    /// value once.
    #[serde(default, deserialize_with = "duration_ms")]
    pub hold_values_for: Option<u64>,
    /// Whether the board that ships for it is seen before the overviews of its jobs.
    #[serde(default)]
    pub board_first: bool,
    /// Which metrics give it away.
    pub recognise: Recognise,
    /// What its jobs are.
    #[serde(default, rename = "job")]
    pub jobs: Vec<JobModel>,
    /// What its values must not exceed.
    #[serde(default, rename = "limit")]
    pub limits: Vec<Limit>,
    /// What must not go missing.
    #[serde(default, rename = "watch")]
    pub watches: Vec<Watch>,
    /// What is to be known about its metrics.
    #[serde(default, rename = "quirk")]
    pub known_issues: Vec<KnownIssue>,
}

/// Which metrics give a system away: all of `all`, one of `any` (where there
/// are some), none of `none`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "RecogniseTable")]
pub struct Recognise {
    /// Each of them is there.
    pub all: Vec<String>,
    /// At least one of them is there.
    pub any: Vec<String>,
    /// None of them is there.
    pub none: Vec<String>,
    /// Labels that metrics of generic names must have, by metric.
    pub labels: BTreeMap<String, String>,
}

/// What is written, before it is found to recognise something.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RecogniseTable {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
    labels: BTreeMap<String, String>,
}

impl TryFrom<RecogniseTable> for Recognise {
    type Error = &'static str;

    fn try_from(table: RecogniseTable) -> Result<Self, &'static str> {
        if table.all.is_empty() && table.any.is_empty() {
            return Err("`recognise` names no metric: give some in `all` or `any`");
        }
        Ok(Self {
            all: table.all,
            any: table.any,
            none: table.none,
            labels: table.labels,
        })
    }
}

/// A value with bounds.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// What the value is.
    pub title: String,
    /// PromQL; each series of the result is held against the bounds.
    #[serde(deserialize_with = "promql_text")]
    pub expr: String,
    /// The least value that is still good.
    pub min: Option<f64>,
    /// The greatest value that is still good.
    pub max: Option<f64>,
    /// The value's unit, as Grafana names it.
    #[serde(default)]
    pub unit: String,
    /// What it means to be outside, and what to do.
    #[serde(default)]
    pub about: String,
}

/// Parts that come by themselves and must not go missing: peers, a task that
/// runs every minute.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// What is said of a part that is missing: `{{peer}} missing`.
    pub text: String,
    /// PromQL that gives a series for each part that was there within `$range`.
    #[serde(deserialize_with = "promql_over_range")]
    pub expr: String,
    /// A part that was not there for so long is missing: `5m`.
    #[serde(deserialize_with = "duration_text")]
    pub within: String,
}

/// Something to know about metrics, so that nobody is misled by them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownIssue {
    /// The metrics that it is about.
    pub metrics: Vec<String>,
    /// What is to be known.
    pub about: String,
    /// Whether the metrics have no series before their first event, so that
    /// an absent one stands for 0.
    #[serde(default)]
    pub absent_is_zero: bool,
}

/// A pack that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct PackError {
    /// Where, from 1.
    pub line: usize,
    /// Where in the line, in characters from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl PackError {
    fn new(text: &str, error: &toml::de::Error) -> Self {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: error.message().to_owned(),
        }
    }
}

/// A duration as Prometheus writes it, in milliseconds.
fn duration_ms<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let text = String::deserialize(deserializer)?;
    duration::parse(&text).map(Some).map_err(D::Error::custom)
}

/// A duration as Prometheus writes it, as it is written.
fn duration_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match duration::parse(&text) {
        Ok(_) => Ok(text),
        Err(error) => Err(D::Error::custom(error)),
    }
}

/// A text that is PromQL once `$range` is filled in.
fn promql_over_range<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let expr = String::deserialize(deserializer)?;
    if !expr.contains("$range") {
        return Err(D::Error::custom(format_args!(
            "`{expr}` does not say `$range`: write it where a range stands, as in `rate(a[$range])`"
        )));
    }
    match promql::parse(&expr.replace("$range", "5m")) {
        Ok(_) => Ok(expr),
        Err(error) => Err(D::Error::custom(format_args!(
            "`{expr}` is no PromQL: {error}"
        ))),
    }
}

impl Watch {
    /// What was there within `range`.
    pub(crate) fn over(&self, range: &str) -> String {
        self.expr.replace("$range", range)
    }
}

/// A text that is PromQL.
fn promql_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let expr = String::deserialize(deserializer)?;
    match promql::parse(&expr) {
        Ok(_) => Ok(expr),
        Err(error) => Err(D::Error::custom(format_args!(
            "`{expr}` is no PromQL: {error}"
        ))),
    }
}

impl Pack {
    /// Reads a pack's file.
    ///
    /// # Errors
    /// Where the text is no pack; the message says where.
    pub fn from_toml(text: &str) -> Result<Self, PackError> {
        toml::from_str(text).map_err(|error| PackError::new(text, &error))
    }

    /// Whether the source exports what gives the system away.
    pub fn recognises(&self, inventory: &Inventory) -> bool {
        self.recognise.matches(inventory)
    }

    /// The system, where the source exports what gives it away.
    pub fn recognise(&self, inventory: &Inventory) -> Option<System> {
        if !self.recognises(inventory) {
            return None;
        }
        let system = System {
            name: self.name.clone(),
            title: self.title.clone(),
            about: self.about.clone(),
            jobs: self
                .jobs
                .iter()
                .filter_map(|job| job.available(inventory))
                .collect(),
            limits: self
                .limits
                .iter()
                .filter(|limit| is_available(&limit.expr, inventory))
                .cloned()
                .collect(),
            watches: self
                .watches
                .iter()
                .filter(|watch| is_available(&watch.over("5m"), inventory))
                .cloned()
                .collect(),
            board: self.shipped_board(),
            known_issues: self
                .known_issues
                .iter()
                .filter(|issue| {
                    issue.absent_is_zero || issue.metrics.iter().any(|name| inventory.has(name))
                })
                .cloned()
                .collect(),
            targets: Targets::default(),
            signs: self.signs(inventory),
        };
        Some(system.with_targets(inventory, &Targets::default()))
    }

    /// What gives the system away, and the metrics of its jobs and limits, as far
    /// as they are there.
    fn signs(&self, inventory: &Inventory) -> Vec<String> {
        let given_away = self.recognise.all.iter().chain(&self.recognise.any);
        let of_jobs = self.jobs.iter().flat_map(JobModel::metrics);
        let of_limits = self.limits.iter();
        let of_limits = of_limits.filter_map(|limit| metrics_of(&limit.expr).ok());
        let names = given_away.cloned().chain(of_jobs);
        let names: BTreeSet<String> = names.chain(of_limits.flatten()).collect();
        inventory.series_of(&names)
    }

    fn shipped_board(&self) -> Option<ShippedBoard> {
        let is_taken = self.jobs.iter().any(|job| job.name == self.name);
        let suffix = if is_taken { "-details" } else { "" };
        Some(ShippedBoard {
            id: format!("{}{suffix}", self.name).into(),
            board: crate::builtin::board(&self.name)?,
            is_first: self.board_first,
        })
    }

    /// The metrics that are absent before their first event.
    pub fn may_be_absent(&self) -> impl Iterator<Item = &str> {
        let failures = self.jobs.iter().flat_map(JobModel::failure_counters);
        let known_issues = self
            .known_issues
            .iter()
            .filter(|issue| issue.absent_is_zero);
        failures.chain(known_issues.flat_map(|issue| issue.metrics.iter().map(String::as_str)))
    }

    /// Whether the metric belongs to the system.
    pub fn claims(&self, metric: &str) -> bool {
        self.prefixes
            .iter()
            .any(|prefix| metric.starts_with(prefix))
    }
}

impl Recognise {
    fn matches(&self, inventory: &Inventory) -> bool {
        self.all.iter().all(|name| inventory.has(name))
            && (self.any.is_empty() || self.any.iter().any(|name| inventory.has(name)))
            && !self.none.iter().any(|name| inventory.has(name))
            && self
                .labels
                .iter()
                .all(|(metric, label)| inventory.may_have_label(metric, label))
    }
}

/// Whether the source exports one of the metrics that an expression names.
fn is_available(expr: &str, inventory: &Inventory) -> bool {
    metrics_of(expr).is_ok_and(|names| names.iter().any(|name| inventory.has(name)))
}

impl JobModel {
    /// The counters that may be absent until the first failure.
    fn failure_counters(&self) -> impl Iterator<Item = &str> {
        let success = self.success.iter().flat_map(|success| match success {
            Success::TotalAndFailure { failure, .. } => vec![failure],
            Success::TotalAndSuccess { success, .. } => vec![success],
            Success::SuccessAndFailure { success, failure } => vec![success, failure],
        });
        let failures = self.failures.iter().map(|failures| &failures.metric);
        success.chain(failures).map(crate::Selector::name)
    }

    /// The model without what the source does not export, where something is
    /// left. Counters of failures stay: they may be absent until the first.
    pub fn available(&self, inventory: &Inventory) -> Option<Self> {
        let has = |selector: &crate::Selector| inventory.has(selector.name());
        let mut job = self.clone();
        job.latency = job.latency.filter(|latency| has(&latency.metric));
        if let Some(latency) = &mut job.latency {
            let family = inventory.get(latency.metric.name());
            latency.last_bucket = family.and_then(|family| family.last_bucket);
            latency.is_native = inventory.is_native_histogram(latency.metric.name());
        }
        job.success = job.success.filter(|success| match success {
            Success::TotalAndFailure { total, .. } | Success::TotalAndSuccess { total, .. } => {
                has(total)
            }
            Success::SuccessAndFailure { success, failure } => has(success) || has(failure),
        });
        job.workers = job.workers.filter(|workers| has(&workers.busy));
        if let Some(workers) = &mut job.workers {
            workers.capacity = workers.capacity.take().filter(has);
        }
        job.queue = job.queue.filter(has);
        job.throughput = job.throughput.filter(|throughput| has(&throughput.metric));
        let is_there = job.latency.is_some()
            || job.success.is_some()
            || job.workers.is_some()
            || job.queue.is_some();
        is_there.then_some(job)
    }
}
