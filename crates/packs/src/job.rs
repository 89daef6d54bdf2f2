//! The job model: what a system's latency, success, workers and queue are, as
//! `[[job]]` tables of `andon.toml` and packs say it.

use serde::Deserialize;

use crate::selector::{Selector, SelectorError};

/// Which metrics mean what; what a system does not export is left out.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Table")]
pub struct JobModel {
    /// Names the system in URLs: lower-case letters, digits, `-` and `_`.
    pub name: String,
    /// What people call the system.
    pub title: String,
    /// How long jobs take.
    pub latency: Option<Latency>,
    /// How many of them end well.
    pub success: Option<Success>,
    /// How many workers there are, and how many of them work.
    pub workers: Option<Workers>,
    /// A gauge of the jobs that wait.
    pub queue: Option<Selector>,
    /// How many jobs end, in parts.
    pub throughput: Option<Throughput>,
    /// Why jobs fail.
    pub failures: Vec<Failures>,
    /// What is good enough.
    pub objective: Objective,
    /// What its jobs are called: `jobs`, `requests`, `nodes`.
    pub noun: String,
    /// The labels of which each value is judged by itself: `site`.
    pub parts: Vec<String>,
}

/// How long jobs take.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// The family's name, without `_bucket`, `_sum` or `_count`.
    pub metric: Selector,
    /// What the family holds.
    #[serde(rename = "type")]
    pub latency_type: LatencyType,
    /// The metric's unit, as Grafana names it: `s` or `ms`.
    #[serde(default = "seconds")]
    pub unit: String,
    /// The label that splits the mean of a family without quantiles: `rpc`.
    pub by: Option<String>,
    /// The greatest finite bound of the buckets, as the source has it: no
    /// quantile is ever given above.
    #[serde(skip)]
    pub last_bucket: Option<f64>,
    /// Whether the source has it as a native histogram, without buckets.
    #[serde(skip)]
    pub is_native: bool,
}

fn seconds() -> String {
    "s".to_owned()
}

/// What a latency's family holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LatencyType {
    /// Classic buckets: any quantile, over all instances.
    Histogram,
    /// Quantiles that the system computed: of several instances the worst is shown.
    Summary,
    /// A sum and a count only: the mean.
    Mean,
}

/// How many jobs end well: two counters, from which follows the third.
#[derive(Clone, Debug, PartialEq)]
pub enum Success {
    /// All, and those that failed.
    TotalAndFailure {
        /// All jobs that ended.
        total: Selector,
        /// Those of them that failed; may be absent until the first does.
        failure: Selector,
    },
    /// All, and those that went well.
    TotalAndSuccess {
        /// All jobs that ended.
        total: Selector,
        /// Those of them that went well; may be absent until the first does.
        success: Selector,
    },
    /// Those that went well, and those that did not.
    SuccessAndFailure {
        /// Jobs that went well.
        success: Selector,
        /// Jobs that failed.
        failure: Selector,
    },
}

/// How many workers there are, and how many of them work.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workers {
    /// A gauge of the workers, or jobs, at work.
    pub busy: Selector,
    /// A gauge of all workers.
    pub capacity: Option<Selector>,
    /// How many there may be on each instance, where no metric says it.
    pub limit: Option<f64>,
    /// Whether the program counts `busy` up and down, so that it may drift, and
    /// be below zero.
    #[serde(default)]
    pub drifts: bool,
}

/// How many jobs end, in parts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throughput {
    /// A counter of jobs.
    pub metric: Selector,
    /// The label of the parts: `kind`.
    pub by: Option<String>,
}

/// Why jobs fail.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failures {
    /// A counter of failures; may be absent until the first.
    pub metric: Selector,
    /// The label that holds the reason.
    pub by: Option<String>,
    /// What the failures are called, where no label tells them apart.
    pub name: Option<String>,
}

/// What is good enough.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Objective {
    /// The share of jobs that shall end well, above 0 and below 1.
    pub success: f64,
    /// The time over which the error budget is counted: `1h`, `30d`.
    pub window: String,
    /// The p95 latency that is still good, in the latency's unit.
    pub latency: Option<f64>,
}

impl Default for Objective {
    fn default() -> Self {
        Self {
            success: 0.99,
            window: "1h".to_owned(),
            latency: None,
        }
    }
}

/// A job model as it is written, before it is found to make sense.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    #[serde(default)]
    title: String,
    /// Label matchers that narrow every metric: `job="render-farm"`.
    #[serde(default)]
    matchers: String,
    latency: Option<Latency>,
    success: Option<SuccessTable>,
    workers: Option<Workers>,
    queue: Option<Selector>,
    throughput: Option<Throughput>,
    #[serde(default)]
    failures: Vec<Failures>,
    #[serde(default)]
    objective: Objective,
    #[serde(default = "jobs")]
    noun: String,
    #[serde(default)]
    parts: Vec<String>,
}

fn jobs() -> String {
    "jobs".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SuccessTable {
    total: Option<Selector>,
    success: Option<Selector>,
    failure: Option<Selector>,
}

/// A job model that makes no sense.
#[derive(Debug, thiserror::Error)]
enum JobModelError {
    #[error(
        "`name = \"{0}\"`: use lower-case letters, digits, `-` and `_`, since it is part of a URL"
    )]
    Name(String),
    #[error("`matchers`: {0}")]
    Matchers(SelectorError),
    #[error("`success`: give two of `total`, `success` and `failure`, the third follows from them")]
    Success,
    #[error("`objective.success = {0}`: it is a share above 0 and below 1, such as 0.99")]
    ObjectiveSuccess(f64),
    #[error("`objective.window`: {0}")]
    ObjectiveWindow(dashboard::duration::DurationError),
    #[error(
        "the job `{0}` has none of `latency`, `success`, `workers` and `queue`: there is nothing to show"
    )]
    Nothing(String),
}

impl TryFrom<SuccessTable> for Success {
    type Error = JobModelError;

    fn try_from(table: SuccessTable) -> Result<Self, JobModelError> {
        match (table.total, table.success, table.failure) {
            (Some(total), None, Some(failure)) => Ok(Self::TotalAndFailure { total, failure }),
            (Some(total), Some(success), None) => Ok(Self::TotalAndSuccess { total, success }),
            (None, Some(success), Some(failure)) => {
                Ok(Self::SuccessAndFailure { success, failure })
            }
            _ => Err(JobModelError::Success),
        }
    }
}

impl TryFrom<Table> for JobModel {
    type Error = JobModelError;

    fn try_from(table: Table) -> Result<Self, JobModelError> {
        table.check()?;
        let Table { name, matchers, .. } = table;
        let model = Self {
            title: if table.title.is_empty() {
                name.clone()
            } else {
                table.title
            },
            latency: table.latency,
            success: table.success.map(Success::try_from).transpose()?,
            workers: table.workers,
            queue: table.queue,
            throughput: table.throughput,
            failures: table.failures,
            objective: table.objective,
            noun: table.noun,
            parts: table.parts,
            name,
        };
        Ok(model.narrowed(&matchers))
    }
}

impl Table {
    fn check(&self) -> Result<(), JobModelError> {
        let mut chars = self.name.chars();
        if self.name.is_empty() || !chars.all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_')) {
            return Err(JobModelError::Name(self.name.clone()));
        }
        let probe = format!("m{{{}}}", self.matchers);
        Selector::new(&probe).map_err(JobModelError::Matchers)?;
        let target = self.objective.success;
        if !(target > 0.0 && target < 1.0) {
            return Err(JobModelError::ObjectiveSuccess(target));
        }
        dashboard::duration::parse(&self.objective.window)
            .map_err(JobModelError::ObjectiveWindow)?;
        let empty = self.latency.is_none()
            && self.success.is_none()
            && self.workers.is_none()
            && self.queue.is_none();
        if empty {
            return Err(JobModelError::Nothing(self.name.clone()));
        }
        Ok(())
    }
}

impl JobModel {
    /// The same model, of the series alone that `matchers` (`job="a"`) name.
    #[must_use]
    pub fn narrowed(mut self, matchers: &str) -> Self {
        for selector in self.selectors_mut() {
            *selector = selector.with_matchers(matchers);
        }
        self
    }

    /// The names of the series that it reads, whichever of them are there.
    pub fn signs(&self) -> Vec<String> {
        let latency = self.latency.as_ref();
        let count = latency.map(|latency| latency.metric.with_suffix("_count"));
        let family = latency.map(|latency| latency.metric.name());
        let others = self.metrics().into_iter();
        let others = others.filter(|name| Some(name.as_str()) != family);
        let count = count.map(|count| count.name().to_owned());
        count.into_iter().chain(others).collect()
    }

    /// The names of the metrics and families that it reads, and of their series.
    pub(crate) fn metrics(&self) -> Vec<String> {
        let mut model = self.clone();
        let selectors = model.selectors_mut();
        let names = selectors.iter().map(|selector| selector.name().to_owned());
        names.collect()
    }

    fn selectors_mut(&mut self) -> Vec<&mut Selector> {
        let mut selectors: Vec<&mut Selector> = Vec::new();
        selectors.extend(self.latency.iter_mut().map(|latency| &mut latency.metric));
        match &mut self.success {
            Some(Success::TotalAndFailure { total, failure }) => selectors.extend([total, failure]),
            Some(Success::TotalAndSuccess { total, success }) => selectors.extend([total, success]),
            Some(Success::SuccessAndFailure { success, failure }) => {
                selectors.extend([success, failure]);
            }
            None => {}
        }
        if let Some(workers) = &mut self.workers {
            selectors.push(&mut workers.busy);
            selectors.extend(&mut workers.capacity);
        }
        selectors.extend(&mut self.queue);
        selectors.extend(self.throughput.iter_mut().map(|part| &mut part.metric));
        selectors.extend(self.failures.iter_mut().map(|part| &mut part.metric));
        selectors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(toml: &str, expected: Result<&str, &str>) {
        match (toml::from_str::<JobModel>(toml), expected) {
            (Ok(mut model), Ok(selectors)) => {
                let got: Vec<String> = model
                    .selectors_mut()
                    .iter()
                    .map(ToString::to_string)
                    .collect();
                assert_eq!(got.join(" "), selectors);
            }
            (Err(error), Err(part)) => {
                let error = error.to_string();
                assert!(error.contains(part), "{error}");
            }
            (got, _) => panic!("{toml} became {got:?}"),
        }
    }

    #[test]
    fn every_metric_is_narrowed_by_the_matchers() {
        check(
            r#"
            name = "farm"
            matchers = 'job="farm"'
            queue = "queue_jobs"
            latency = { metric = "job_seconds", type = "histogram" }
            success = { total = "jobs_total", failure = 'jobs_total{status="failed"}' }
            workers = { busy = "busy", capacity = "capacity" }
            throughput = { metric = "jobs_total", by = "kind" }
            failures = [{ metric = "errors_total", by = "reason" }]
            "#,
            Ok(concat!(
                r#"job_seconds{job="farm"} jobs_total{job="farm"} "#,
                r#"jobs_total{status="failed",job="farm"} busy{job="farm"} capacity{job="farm"} "#,
                r#"queue_jobs{job="farm"} jobs_total{job="farm"} errors_total{job="farm"}"#
            )),
        );
    }

    #[test]
    fn a_model_that_makes_no_sense_says_where() {
        let farm = |rest: &str| format!("name = \"farm\"\n{rest}");
        check("name = \"Farm 1\"", Err("part of a URL"));
        check(&farm(""), Err("nothing to show"));
        check(&farm("queue = \"sum(x)\""), Err("expected a selector"));
        check(&farm("success = { total = \"a\" }"), Err("give two of"));
        check(&farm("queues = \"x\""), Err("unknown field `queues`"));
        check(&farm("matchers = 'job='\nqueue = \"x\""), Err("`matchers`"));
        check(
            &farm("queue = \"x\"\nobjective = { success = 99 }"),
            Err("share above 0 and below 1"),
        );
        check(
            &farm("queue = \"x\"\nobjective = { window = \"a day\" }"),
            Err("`a day` is no duration"),
        );
    }
}
