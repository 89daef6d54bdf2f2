//! Systems that no pack knows, by the conventions of metric names.
//!
//! Metrics of one namespace (the name up to its first `_`) make one system,
//! where they hold a histogram of durations or a counter of outcomes. What is
//! a guess is guessed by words alone and in the order of the names, so that the
//! same metrics always give the same board.

use std::collections::{BTreeMap, BTreeSet};

use series::MetricKind;

use crate::inventory::{Inventory, Metric};
use crate::job::{
    Failures, JobModel, Latency, LatencyType, Objective, Success, Throughput, Workers,
};
use crate::outcome::{FAILED, LABELS, UNFINISHED};
use crate::pack::System;
use crate::selector::Selector;

/// Namespaces of language runtimes and of scraping itself: never a job system.
const RUNTIMES: [&str; 14] = [
    "go", "process", "python", "jvm", "promhttp", "scrape", "up", "net", "nodejs", "dotnet",
    "ruby", "java", "otel", "target",
];
const DURATION_WORDS: [&str; 6] = [
    "duration",
    "latency",
    "time",
    "elapsed",
    "seconds",
    "milliseconds",
];
const JOB_WORDS: [&str; 8] = [
    "job", "task", "run", "build", "request", "call", "work", "process",
];
const SUCCESS_WORDS: [&str; 4] = ["success", "succeeded", "completed", "successes"];
const FAILURE_WORDS: [&str; 5] = ["failed", "failures", "failure", "errors", "error"];
const BUSY_WORDS: [&str; 6] = [
    "busy", "active", "running", "inflight", "progress", "flight",
];
const CAPACITY_WORDS: [&str; 5] = ["capacity", "max", "limit", "slots", "size"];
const QUEUE_WORDS: [&str; 5] = ["queue", "queued", "pending", "waiting", "backlog"];

type Family<'a> = (&'a str, &'a Metric);

/// The systems among the metrics that `is_left` lets through.
pub(crate) fn recognise(inventory: &Inventory, is_left: impl Fn(&str) -> bool) -> Vec<System> {
    let mut namespaces: BTreeMap<&str, Vec<Family>> = BTreeMap::new();
    for (name, metric) in inventory.iter().filter(|(name, _)| is_left(name)) {
        let namespace = name.split(['_', ':']).next().unwrap_or(name);
        if !RUNTIMES.contains(&namespace) {
            namespaces
                .entry(namespace)
                .or_default()
                .push((name, metric));
        }
    }
    namespaces
        .into_iter()
        .filter_map(|(namespace, families)| system(namespace, &families))
        .collect()
}

fn system(namespace: &str, families: &[Family]) -> Option<System> {
    let latency = latency(families);
    let success = success(families);
    if latency.is_none() && success.is_none() {
        return None;
    }
    let name = url_name(namespace);
    let total = success
        .as_ref()
        .map(|(success, _)| success.present().clone());
    let job = JobModel {
        name: name.clone(),
        title: namespace.to_owned(),
        latency,
        throughput: total.map(|metric| Throughput {
            by: split_label(families, metric.name()),
            metric,
        }),
        failures: success
            .iter()
            .map(|(_, failures)| failures.clone())
            .collect(),
        success: success.map(|(success, _)| success),
        workers: workers(families),
        queue: gauge(families, &QUEUE_WORDS),
        objective: Objective::default(),
    };
    Some(System {
        title: namespace.to_owned(),
        about: "No pack knows this system: what its metrics mean is guessed from their names."
            .to_owned(),
        name,
        jobs: vec![job],
        limits: Vec::new(),
        quirks: Vec::new(),
        board: None,
    })
}

/// Metric names hold letters, digits, `_` and `:`; URLs of systems no `:`.
fn url_name(namespace: &str) -> String {
    namespace
        .to_lowercase()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

/// The words of a metric's name.
fn words(name: &str) -> BTreeSet<&str> {
    name.split(['_', ':']).collect()
}

fn has_word(name: &str, of: &[&str]) -> bool {
    words(name).iter().any(|word| of.contains(word))
}

/// The histogram (else summary) of durations, best of something that is like a job.
fn latency(families: &[Family]) -> Option<Latency> {
    let like_job = |name: &str| {
        JOB_WORDS
            .iter()
            .position(|job| {
                words(name)
                    .iter()
                    .any(|word| word.trim_end_matches('s') == *job)
            })
            .unwrap_or(JOB_WORDS.len())
    };
    let (name, metric) = families
        .iter()
        .filter(|(name, metric)| {
            matches!(metric.kind, MetricKind::Histogram | MetricKind::Summary)
                && has_word(name, &DURATION_WORDS)
        })
        .min_by_key(|(name, metric)| (metric.kind != MetricKind::Histogram, like_job(name)))?;
    let milliseconds = has_word(name, &["milliseconds", "ms"]);
    Some(Latency {
        metric: Selector::new(name).ok()?,
        latency_type: match metric.kind {
            MetricKind::Histogram => LatencyType::Histogram,
            _ => LatencyType::Mean, // which quantiles it has, its name does not say
        },
        unit: if milliseconds { "ms" } else { "s" }.to_owned(),
        by: None,
        last_bucket: metric.last_bucket,
    })
}

/// One counter with an outcome, or a pair of counters.
fn success(families: &[Family]) -> Option<(Success, Failures)> {
    let counters = || {
        families
            .iter()
            .filter(|(name, metric)| is_counter(name, metric))
    };
    let with_outcome = counters().find_map(|(name, metric)| {
        let label = LABELS
            .iter()
            .find(|label| metric.labels.contains(**label))?;
        let total = Selector::new(&format!("{name}{{{label}!~{UNFINISHED:?}}}")).ok()?;
        let failure = Selector::new(&format!("{name}{{{label}=~{FAILED:?}}}")).ok()?;
        let failures = Failures {
            metric: failure.clone(),
            by: Some((*label).to_owned()),
            name: None,
        };
        Some((Success::TotalAndFailure { total, failure }, failures))
    });
    with_outcome.or_else(|| {
        let (success, _) = counters().find(|(name, _)| has_word(name, &SUCCESS_WORDS))?;
        let (failure, _) = counters().find(|(name, _)| has_word(name, &FAILURE_WORDS))?;
        let (success, failure) = (Selector::new(success).ok()?, Selector::new(failure).ok()?);
        let failures = Failures {
            metric: failure.clone(),
            by: None,
            name: Some("failed".to_owned()),
        };
        Some((Success::SuccessAndFailure { success, failure }, failures))
    })
}

fn is_counter(name: &str, metric: &Metric) -> bool {
    match metric.kind {
        MetricKind::Counter => true,
        MetricKind::Unknown => name.ends_with("_total"),
        _ => false,
    }
}

/// The label that splits a counter's jobs: the first that says no outcome.
fn split_label(families: &[Family], counter: &str) -> Option<String> {
    let (_, metric) = families.iter().find(|(name, _)| *name == counter)?;
    let preferred = [
        "kind", "type", "job_name", "task", "queue", "name", "handler", "path",
    ];
    let found = preferred
        .iter()
        .find(|label| metric.labels.contains(**label));
    found.map(|label| (*label).to_owned())
}

fn workers(families: &[Family]) -> Option<Workers> {
    Some(Workers {
        busy: gauge(families, &BUSY_WORDS)?,
        capacity: gauge(families, &CAPACITY_WORDS),
        limit: None,
    })
}

/// The first gauge whose name has one of the words.
fn gauge(families: &[Family], of: &[&str]) -> Option<Selector> {
    let (name, _) = families
        .iter()
        .find(|(name, metric)| metric.kind == MetricKind::Gauge && has_word(name, of))?;
    Selector::new(name).ok()
}
