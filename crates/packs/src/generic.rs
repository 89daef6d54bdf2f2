//! Systems that no pack knows, by the conventions of metric names.
//!
//! Metrics of one namespace (the name up to its first `_`) make one system,
//! where they hold a histogram of durations or counters of outcomes. What is
//! a guess is guessed by words alone and in the order of the names, so that the
//! same metrics always give the same board; and the board says that it is one.

mod success;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use series::MetricKind;

use crate::inventory::{Inventory, Metric};
use crate::job::{JobModel, Latency, LatencyType, Objective, Throughput, Workers};
use crate::pack::KnownIssue;
use crate::selector::Selector;
use crate::system::System;
use crate::targets::Targets;
use success::{Guess, success};

/// Namespaces of language runtimes, of machines and of scraping itself: no job
/// system but for what they say of jobs, which is one of its own: `ruby_sidekiq`.
const RUNTIMES: [&str; 17] = [
    "go",
    "process",
    "python",
    "jvm",
    "promhttp",
    "scrape",
    "up",
    "net",
    "nodejs",
    "dotnet",
    "ruby",
    "java",
    "otel",
    "target",
    "kube",
    "node",
    "container",
];
/// Words of metrics about an exporter or a side of a system, and not its jobs.
const SIDE_WORDS: [&str; 10] = [
    "scrape",
    "scrapes",
    "exporter",
    "collector",
    "gc",
    "auth",
    "login",
    "config",
    "reload",
    "reloads",
];
const DURATION_WORDS: [&str; 7] = [
    "duration",
    "latency",
    "time",
    "elapsed",
    "runtime",
    "seconds",
    "milliseconds",
];
/// What jobs are called, the most telling first.
const JOB_WORDS: [&str; 10] = [
    "job",
    "task",
    "build",
    "run",
    "execution",
    "work",
    "process",
    "request",
    "call",
    "query",
];
const BUSY_WORDS: [&str; 7] = [
    "busy",
    "active",
    "running",
    "inflight",
    "inprogress",
    "progress",
    "flight",
];
const WORKER_WORDS: [&str; 6] = [
    "worker",
    "workers",
    "runner",
    "runners",
    "executor",
    "executors",
];
const CAPACITY_WORDS: [&str; 6] = ["capacity", "max", "limit", "slots", "size", "concurrency"];
const QUEUE_WORDS: [&str; 6] = ["queue", "queued", "pending", "waiting", "backlog", "lag"];
/// Words of a gauge that is no number of things.
const NO_NUMBER: [&str; 14] = [
    "bytes",
    "ratio",
    "percent",
    "seconds",
    "milliseconds",
    "latency",
    "duration",
    "time",
    "timestamp",
    "age",
    "created",
    "info",
    "free",
    "available",
];

/// A metric with its name.
type Family<'a> = (&'a str, &'a Metric);

/// The systems among the metrics that `is_left` lets through.
pub(crate) fn recognise(inventory: &Inventory, is_left: impl Fn(&str) -> bool) -> Vec<System> {
    let mut namespaces: BTreeMap<&str, Vec<Family>> = BTreeMap::new();
    for (name, metric) in inventory.iter().filter(|(name, _)| is_left(name)) {
        let namespace = namespace(name).filter(|_| !has_word(name, &SIDE_WORDS));
        if let Some(namespace) = namespace {
            let families = namespaces.entry(namespace).or_default();
            families.push((name, metric));
        }
    }
    namespaces
        .into_iter()
        .filter_map(|(namespace, families)| system(namespace, &families))
        .map(|mut system| {
            let names = system.jobs.iter().flat_map(JobModel::metrics).collect();
            system.signs = inventory.series_of(&names);
            system.with_targets(inventory, &Targets::default())
        })
        .collect()
}

/// Which system a metric belongs to; `None` where to none that runs jobs.
fn namespace(name: &str) -> Option<&str> {
    let first = words(name).next()?;
    if !RUNTIMES.contains(&first) {
        return Some(first);
    }
    let second = words(name).nth(1)?;
    has_word(name, &["job", "jobs", "task", "tasks"])
        .then(|| &name[..first.len() + 1 + second.len()])
}

fn system(namespace: &str, families: &[Family]) -> Option<System> {
    let latency = latency(families);
    let guess = success(families);
    if latency.is_none() && guess.is_none() {
        return None;
    }
    let name = url_name(namespace);
    let total = guess.as_ref().map(|guess| guess.success.present().clone());
    let noun = noun(total.as_ref().map(Selector::name));
    let (success, failures) = match guess {
        Some(Guess { success, failures }) => (Some(success), vec![failures]),
        None => (None, Vec::new()),
    };
    let job = JobModel {
        name: name.clone(),
        title: namespace.to_owned(),
        latency,
        throughput: total.map(|metric| Throughput {
            by: split_label(families, metric.name()),
            metric,
        }),
        failures,
        success,
        workers: workers(families),
        queue: gauge(families, &QUEUE_WORDS),
        objective: Objective::default(),
        noun,
        parts: vec!["instance".to_owned()],
    };
    Some(System {
        title: namespace.to_owned(),
        about: about(&job),
        name,
        known_issues: vec![guessed(&job)],
        jobs: vec![job],
        limits: Vec::new(),
        watches: Vec::new(),
        board: None,
        targets: Targets::default(),
        signs: Vec::new(),
    })
}

/// What the jobs are called, by the name of their counter.
fn noun(counter: Option<&str>) -> String {
    let is_job = |word: &&str| JOB_WORDS.contains(&word.trim_end_matches('s'));
    let found = counter.and_then(|name| words(name).find(is_job));
    let singular = found.unwrap_or("job").trim_end_matches('s');
    match singular {
        "query" => "queries".to_owned(),
        "process" => "processes".to_owned(),
        other => format!("{other}s"),
    }
}

/// Each signal with the metric that it is taken from.
fn signals(job: &JobModel) -> Vec<(&'static str, &Selector)> {
    let all = [
        (
            "latency",
            job.latency.as_ref().map(|latency| &latency.metric),
        ),
        (
            "success",
            job.success.as_ref().map(|success| success.present()),
        ),
        ("workers", job.workers.as_ref().map(|workers| &workers.busy)),
        ("queue", job.queue.as_ref()),
    ];
    let there = all.into_iter();
    there
        .filter_map(|(signal, metric)| Some((signal, metric?)))
        .collect()
}

fn about(job: &JobModel) -> String {
    let guesses = signals(job).into_iter();
    let guesses = guesses.map(|(signal, metric)| format!("{signal} from `{}`", metric.name()));
    let guesses: Vec<String> = guesses.collect();
    format!(
        "No pack knows this system; its metrics' names let guess: {}.",
        guesses.join(", ")
    )
}

fn guessed(job: &JobModel) -> KnownIssue {
    let metrics = signals(job).into_iter();
    KnownIssue {
        metrics: metrics
            .map(|(_, metric)| metric.name().to_owned())
            .collect(),
        about: "What this metric means is guessed by its name. A pack, or a `[[job]]` table of \
                `andon.toml`, says it for sure."
            .to_owned(),
        absent_is_zero: false,
    }
}

/// Metric names hold letters, digits, `_` and `:`; URLs of systems no `:`.
fn url_name(namespace: &str) -> String {
    namespace
        .to_lowercase()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

/// The words of a metric's name.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(['_', ':'])
}

fn has_word(name: &str, of: &[&str]) -> bool {
    words(name).any(|word| of.contains(&word))
}

/// How little a name is like that of jobs: 0 is most like it.
fn distance_from_job(name: &str) -> usize {
    let is_job = |job: &str| words(name).any(|word| word.trim_end_matches('s') == job);
    let found = JOB_WORDS.iter().copied().position(is_job);
    found.unwrap_or(JOB_WORDS.len())
}

/// The histogram (else summary) of durations, best of something that is like a job.
fn latency(families: &[Family]) -> Option<Latency> {
    let is_duration = |(name, metric): &&Family| {
        matches!(metric.kind, MetricKind::Histogram | MetricKind::Summary)
            && has_word(name, &DURATION_WORDS)
    };
    let rank = |(name, metric): &&Family| {
        let is_histogram = metric.kind == MetricKind::Histogram;
        (
            !is_histogram,
            distance_from_job(name),
            has_word(name, &QUEUE_WORDS),
        )
    };
    let (name, metric) = families.iter().filter(is_duration).min_by_key(rank)?;
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
        is_native: metric.has_own_histogram() && !has_buckets(families, name),
    })
}

fn has_buckets(families: &[Family], name: &str) -> bool {
    let mut names = families
        .iter()
        .map(|(name, _)| name.strip_suffix("_bucket"));
    names.any(|family| family == Some(name))
}

/// The label that splits a counter's jobs: the first that says no outcome.
fn split_label(families: &[Family], counter: &str) -> Option<String> {
    let is_it =
        |(name, _): &&Family| *name == counter || counter.strip_suffix("_count") == Some(name);
    let (_, metric) = families.iter().find(is_it)?;
    let preferred = [
        "kind",
        "type",
        "job_name",
        "task",
        "queue",
        "name",
        "handler",
        "path",
        "route",
        "uri",
        "endpoint",
        "grpc_method",
        "service",
    ];
    let found = preferred
        .iter()
        .find(|label| metric.labels.contains(**label));
    found.map(|label| (*label).to_owned())
}

/// The gauge of what is at work, best of jobs; and of how many there may be,
/// where it is of the same things.
fn workers(families: &[Family]) -> Option<Workers> {
    let busy = gauge(families, &BUSY_WORDS)?;
    let things: Vec<&str> = words(busy.name()).skip(1).collect();
    let capacity = families.iter().find(|family| {
        let (name, _) = family;
        is_number(family, &CAPACITY_WORDS) && words(name).skip(1).any(|word| things.contains(&word))
    });
    Some(Workers {
        capacity: capacity.and_then(|(name, _)| Selector::new(name).ok()),
        busy,
        limit: None,
        drifts: false,
    })
}

/// The gauge of a number of things whose name has one of the words, best of
/// jobs, then of what runs them.
fn gauge(families: &[Family], of: &[&str]) -> Option<Selector> {
    let found = families.iter().filter(|family| is_number(family, of));
    let (name, _) =
        found.min_by_key(|(name, _)| (distance_from_job(name), !has_word(name, &WORKER_WORDS)))?;
    Selector::new(name).ok()
}

fn is_number((name, metric): &Family, of: &[&str]) -> bool {
    metric.kind == MetricKind::Gauge && has_word(name, of) && !has_word(name, &NO_NUMBER)
}
