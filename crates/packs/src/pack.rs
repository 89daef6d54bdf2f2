//! Packs: short TOML files that say how a system is recognised and what its
//! metrics mean.

use std::collections::BTreeMap;

use dashboard::Board;
use serde::Deserialize;

use crate::inventory::Inventory;
use crate::job::{JobModel, Success};
use crate::metrics::metrics_of;

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
    /// Which metrics give it away.
    pub recognise: Recognise,
    /// What its jobs are.
    #[serde(default, rename = "job")]
    pub jobs: Vec<JobModel>,
    /// What its values must not exceed.
    #[serde(default, rename = "limit")]
    pub limits: Vec<Limit>,
    /// What is to be known about its metrics.
    #[serde(default, rename = "quirk")]
    pub quirks: Vec<Quirk>,
}

/// Which metrics give a system away: all of `all`, one of `any` (where there
/// are some), none of `none`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
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

/// A value with bounds.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// What the value is.
    pub title: String,
    /// PromQL; each series of the result is held against the bounds.
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

/// Something to know about metrics, so that nobody is misled by them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quirk {
    /// The metrics that it is about.
    pub metrics: Vec<String>,
    /// What is to be known.
    pub about: String,
    /// Whether the metrics have no series before their first event, so that
    /// an absent one stands for 0.
    #[serde(default)]
    pub absent_is_zero: bool,
}

/// A recognised system: its pack, without what this source does not export.
#[derive(Clone, Debug)]
pub struct System {
    /// The pack's name.
    pub name: String,
    /// What people call the system.
    pub title: String,
    /// What it is.
    pub about: String,
    /// Its jobs, of which at least latency, success, workers or queue is there.
    pub jobs: Vec<JobModel>,
    /// Its limits.
    pub limits: Vec<Limit>,
    /// What is to be known about the metrics that are there.
    pub quirks: Vec<Quirk>,
    /// The board that ships for it, beside the overviews of its jobs.
    pub board: Option<Board>,
}

/// A pack that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The text is no TOML, or not of a pack's form; says line and column.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// A limit's expression is no PromQL.
    #[error("the limit `{title}`: `{expr}` is no PromQL: {reason}")]
    Limit {
        /// The limit's title.
        title: String,
        /// The expression.
        expr: String,
        /// What the parser says.
        reason: promql::ParseError,
    },
    /// Any source would be recognised as this system.
    #[error("`recognise` names no metric: give some in `all` or `any`")]
    RecognisesEverything,
}

impl Pack {
    /// Reads a pack's file.
    ///
    /// # Errors
    /// Where the text is no pack; the message says where.
    pub fn from_toml(text: &str) -> Result<Self, PackError> {
        let pack: Self = toml::from_str(text)?;
        for limit in &pack.limits {
            metrics_of(&limit.expr).map_err(|reason| PackError::Limit {
                title: limit.title.clone(),
                expr: limit.expr.clone(),
                reason,
            })?;
        }
        if pack.recognise.all.is_empty() && pack.recognise.any.is_empty() {
            return Err(PackError::RecognisesEverything);
        }
        Ok(pack)
    }

    /// Whether the source exports what gives the system away.
    pub fn recognises(&self, inventory: &Inventory) -> bool {
        self.recognise.matches(inventory)
    }

    /// The system, where the source exports what gives it away.
    pub fn recognise(&self, inventory: &Inventory) -> Option<System> {
        self.recognises(inventory).then(|| System {
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
                .filter(|limit| limit.is_available(inventory))
                .cloned()
                .collect(),
            board: crate::builtin::board(&self.name),
            quirks: self
                .quirks
                .iter()
                .filter(|quirk| quirk.metrics.iter().any(|name| inventory.has(name)))
                .cloned()
                .collect(),
        })
    }

    /// The metrics that are absent before their first event.
    pub fn may_be_absent(&self) -> impl Iterator<Item = &str> {
        let failures = self.jobs.iter().flat_map(JobModel::failure_counters);
        let quirks = self.quirks.iter().filter(|quirk| quirk.absent_is_zero);
        failures.chain(quirks.flat_map(|quirk| quirk.metrics.iter().map(String::as_str)))
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
        let there = |name: &String| inventory.has(name);
        self.all.iter().all(there)
            && (self.any.is_empty() || self.any.iter().any(there))
            && !self.none.iter().any(there)
            && self
                .labels
                .iter()
                .all(|(metric, label)| inventory.may_have_label(metric, label))
    }
}

impl Limit {
    fn is_available(&self, inventory: &Inventory) -> bool {
        metrics_of(&self.expr).is_ok_and(|names| names.iter().any(|name| inventory.has(name)))
    }
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
