//! The scrape targets behind a system, as PromQL over `up`.
//!
//! A target that is down exports nothing, so it is known by what it exported
//! before: a system's targets are remembered as long as the system is.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::Inventory;

/// The series of Prometheus' that says whether a target answers.
const UP: &str = "up";
/// Of a job that holds other systems too, so many targets are named.
const MAX_NAMED: usize = 50;

/// A job of more targets holds several systems.
const MAX_OF_A_SYSTEM: usize = 1_000;

/// Instances by job.
pub type Instances = BTreeMap<String, BTreeSet<String>>;

/// The scrape targets behind a system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    of_system: Instances,
    /// The jobs that are the system's own, and those that hold others too; none
    /// that has no `up`.
    jobs: BTreeMap<String, Share>,
}

/// How much of a job a system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    Whole,
    Part,
}

impl Targets {
    /// The targets of which one of `metrics` is known, and of those known
    /// `before` the ones that are still scraped.
    pub fn of(inventory: &Inventory, metrics: &BTreeSet<String>, before: &Self) -> Self {
        let mut of_system = Instances::new();
        let exporting = metrics.iter().filter_map(|name| inventory.get(name));
        for (job, instances) in exporting.flat_map(|metric| &metric.instances) {
            let known = of_system.entry(job.clone()).or_default();
            known.extend(instances.iter().cloned());
        }
        let up = inventory.get(UP).map(|up| &up.instances);
        for (job, instances) in &before.of_system {
            let scraped = up.and_then(|up| up.get(job));
            let still = scraped
                .into_iter()
                .flat_map(|all| instances.intersection(all));
            let known = of_system.entry(job.clone()).or_default();
            known.extend(still.cloned());
        }
        let scraped = up.into_iter().flatten();
        let jobs = scraped.filter_map(|(job, all)| {
            let own = of_system.get(job)?;
            Some((job.clone(), share(inventory, job, all, own)))
        });
        Self {
            jobs: jobs.collect(),
            of_system,
        }
    }

    /// Leaves the instances of jobs alone that another system is known by, also
    /// while they are down and export nothing.
    pub fn leave(&mut self, others: &Self) {
        for (job, share) in &mut self.jobs {
            let own = self.of_system.get(job);
            let theirs = others.of_system.get(job).into_iter().flatten();
            let is_own = |instance: &String| own.is_some_and(|own| own.contains(instance));
            if theirs.into_iter().any(|instance| !is_own(instance)) {
                *share = Share::Part;
            }
        }
    }

    /// Their series of `up`; `None` where they have none, as what is pushed.
    pub fn up(&self) -> Option<String> {
        let selectors = self.of_system.iter().flat_map(|(job, instances)| {
            let named = instances.iter().take(MAX_NAMED);
            match self.jobs.get(job) {
                // New targets of it count at once.
                Some(Share::Whole) => vec![selector(&[("job", job)])],
                Some(Share::Part) => named
                    .map(|instance| selector(&[("job", job), ("instance", instance)]))
                    .collect(),
                None => Vec::new(),
            }
        });
        let selectors: Vec<String> = selectors.collect();
        (!selectors.is_empty()).then(|| selectors.join(" or "))
    }
}

/// A job is a system's own where no other instance of it is known to export
/// something else; one that exports nothing is down.
fn share(
    inventory: &Inventory,
    job: &str,
    all: &BTreeSet<String>,
    own: &BTreeSet<String>,
) -> Share {
    let mut others = all.difference(own);
    let is_other = |instance: &String| {
        let metrics = inventory.iter();
        let mut exported = metrics.filter(|(name, _)| *name != UP && !name.starts_with("scrape_"));
        exported.any(|(_, metric)| {
            let of_job = metric.instances.get(job);
            of_job.is_some_and(|instances| instances.contains(instance))
        })
    };
    if all.len() > MAX_OF_A_SYSTEM || others.any(is_other) {
        Share::Part
    } else {
        Share::Whole
    }
}

fn selector(labels: &[(&str, &str)]) -> String {
    let matchers = labels.iter();
    let matchers = matchers.map(|(name, value)| format!("{name}={}", promql::quote(value)));
    let matchers: Vec<String> = matchers.collect();
    format!("{UP}{{{}}}", matchers.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use series::Labels;

    fn inventory(series: &[(&str, &str, &str)]) -> Inventory {
        let mut inventory = Inventory::default();
        for (name, job, instance) in series {
            let labels = [("__name__", *name), ("job", job), ("instance", instance)];
            inventory.add_series(&Labels::from_pairs(labels));
        }
        inventory
    }

    fn targets(series: &[(&str, &str, &str)], before: &Targets) -> Targets {
        let metrics = BTreeSet::from(["m".to_owned()]);
        Targets::of(&inventory(series), &metrics, before)
    }

    fn check(series: &[(&str, &str, &str)], expected: Option<&str>) {
        assert_eq!(
            targets(series, &Targets::default()).up().as_deref(),
            expected
        );
    }

    #[test]
    fn targets_are_known_by_what_they_export() {
        check(&[("m", "farm", "a")], None);
        check(
            &[
                ("m", "farm", "a"),
                ("up", "farm", "a"),
                ("up", "other", "b"),
            ],
            Some(r#"up{job="farm"}"#),
        );
        let shared = [
            ("m", "pods", "a\""),
            ("other", "pods", "b"),
            ("up", "pods", "a\""),
            ("up", "pods", "b"),
            ("up", "pods", "c"),
        ];
        check(&shared, Some(r#"up{job="pods",instance="a\""}"#));
    }

    #[test]
    fn a_target_that_is_down_is_remembered_and_one_that_was_taken_away_is_not() {
        let others = [
            ("up", "pods", "a"),
            ("up", "pods", "b"),
            ("up", "pods", "c"),
            ("other", "pods", "c"),
        ];
        let own = |instances: &[&'static str]| {
            let own = instances.iter().map(|instance| ("m", "pods", *instance));
            own.chain(others).collect::<Vec<_>>()
        };
        let before = targets(&own(&["a", "gone"]), &Targets::default());
        let now = targets(&own(&["b"]), &before);
        assert_eq!(
            now.up().as_deref(),
            Some(r#"up{job="pods",instance="a"} or up{job="pods",instance="b"}"#)
        );
    }
}
