//! Counters of a system that no pack knows -> how many of its jobs end well.

use std::collections::BTreeSet;

use series::MetricKind;

use super::{Family, distance_from_job, has_word, words};
use crate::inventory::Metric;
use crate::job::{Failures, Success};
use crate::outcome::{self, DOUBTFUL_LABELS, FAILED, LABELS, UNFINISHED};
use crate::selector::Selector;

const SUCCESS_WORDS: [&str; 5] = [
    "success",
    "succeeded",
    "completed",
    "successes",
    "successful",
];
/// Words of a counter of all that ended, well or not.
const ENDED_WORDS: [&str; 2] = ["processed", "finished"];
const FAILURE_WORDS: [&str; 5] = ["failed", "failures", "failure", "errors", "error"];
/// Labels that hold a reason.
const REASON_LABELS: [&str; 6] = [
    "reason",
    "failure_reason",
    "error_type",
    "exception",
    "error",
    "cause",
];

/// What is taken for the success of a system's jobs.
pub(super) struct Guess {
    pub success: Success,
    pub failures: Failures,
}

/// The counters that tell most likely: those of jobs before those of requests,
/// one with an outcome before a pair.
pub(super) fn success(families: &[Family]) -> Option<Guess> {
    let with_outcome = families.iter().filter_map(with_outcome);
    let pairs = families.iter().filter_map(|failed| pair(families, failed));
    let all = with_outcome.chain(pairs);
    all.min_by_key(|guess| {
        let name = guess.success.present().name();
        (distance_from_job(name), name.ends_with("_count"))
    })
}

fn is_counter((name, metric): &Family) -> bool {
    match metric.kind {
        MetricKind::Counter => true,
        MetricKind::Unknown => name.ends_with("_total"),
        _ => false,
    }
}

/// A counter, or the count of durations, with a label that holds the outcome.
fn with_outcome(family: &Family) -> Option<Guess> {
    let (name, metric) = *family;
    let is_duration = matches!(metric.kind, MetricKind::Histogram | MetricKind::Summary);
    if !is_counter(family) && !is_duration {
        return None;
    }
    let label = outcome_label(metric)?;
    let suffix = if is_duration { "_count" } else { "" };
    let narrowed = |matcher: String| Selector::new(&format!("{name}{suffix}{{{matcher}}}")).ok();
    let failure = narrowed(format!("{label}=~{FAILED:?}"))?;
    Some(Guess {
        success: Success::TotalAndFailure {
            total: narrowed(format!("{label}!~{UNFINISHED:?}"))?,
            failure: failure.clone(),
        },
        failures: Failures {
            metric: failure,
            by: Some(reason_label(metric).unwrap_or(label).to_owned()),
            name: None,
        },
    })
}

/// The label that holds an outcome, by its values where they are known: one
/// with status codes before one with words, which often calls a client's fault
/// an error.
fn outcome_label(metric: &Metric) -> Option<&'static str> {
    let there = LABELS.iter().copied();
    let there =
        there.filter(|label| metric.labels.contains(*label) && may_be_outcome(metric, label));
    there.min_by_key(|label| (DOUBTFUL_LABELS.contains(label), !has_codes(metric, label)))
}

fn may_be_outcome(metric: &Metric, label: &str) -> bool {
    let known = metric
        .outcomes
        .get(label)
        .filter(|values| !values.is_empty());
    if DOUBTFUL_LABELS.contains(&label) {
        return known.is_some_and(|values| values.iter().all(|value| outcome::is_outcome(value)));
    }
    known.is_none_or(|values| values.iter().any(|value| outcome::is_outcome(value)))
}

fn has_codes(metric: &Metric, label: &str) -> bool {
    let values = metric.outcomes.get(label);
    values.is_some_and(|values| values.iter().any(|value| outcome::is_code(value)))
}

fn reason_label(metric: &Metric) -> Option<&'static str> {
    let found = REASON_LABELS
        .iter()
        .find(|label| metric.labels.contains(**label));
    found.copied()
}

/// A counter of failures with that of successes, or of all, that is called as
/// it but for the word.
fn pair(families: &[Family], failed: &Family) -> Option<Guess> {
    let stem = without(failed.0, &FAILURE_WORDS).filter(|_| is_counter(failed))?;
    let counters = || families.iter().filter(|family| is_counter(family));
    let succeeded =
        counters().find(|(name, _)| without(name, &SUCCESS_WORDS).as_ref() == Some(&stem));
    let all = counters().find(|(name, _)| {
        let counts_all =
            stem_of(name) == stem || without(name, &ENDED_WORDS).as_ref() == Some(&stem);
        !has_word(name, &FAILURE_WORDS) && counts_all
    });
    let failure = Selector::new(failed.0).ok()?;
    let success = match (all, succeeded) {
        (Some((total, _)), _) => Success::TotalAndFailure {
            total: Selector::new(total).ok()?,
            failure: failure.clone(),
        },
        (None, Some((success, _))) => Success::SuccessAndFailure {
            success: Selector::new(success).ok()?,
            failure: failure.clone(),
        },
        (None, None) => return None,
    };
    let by = reason_label(failed.1).map(str::to_owned);
    let name = by.is_none().then(|| "failed".to_owned());
    Some(Guess {
        success,
        failures: Failures {
            metric: failure,
            by,
            name,
        },
    })
}

/// A name's words, without the one that every counter ends with.
fn stem_of(name: &str) -> BTreeSet<&str> {
    words(name).filter(|word| *word != "total").collect()
}

/// The same without those of `of`; `None` where it has none of them.
fn without<'a>(name: &'a str, of: &[&str]) -> Option<BTreeSet<&'a str>> {
    let mut stem = stem_of(name);
    let before = stem.len();
    stem.retain(|word| !of.contains(word));
    (stem.len() < before).then_some(stem)
}
