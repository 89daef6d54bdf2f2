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

/// Instances by job.
pub type Instances = BTreeMap<String, BTreeSet<String>>;

/// The scrape targets behind a system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    of_system: Instances,
    /// Of the same jobs, all that are scraped.
    of_jobs: Instances,
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
        let all = up.into_iter().flatten();
        let of_jobs = all.filter(|(job, _)| of_system.contains_key(*job));
        Self {
            of_jobs: of_jobs
                .map(|(job, all)| (job.clone(), all.clone()))
                .collect(),
            of_system,
        }
    }

    /// Their series of `up`; `None` where they have none, as what is pushed.
    pub fn up(&self) -> Option<String> {
        let selectors = self.of_system.iter().flat_map(|(job, instances)| {
            let all = self.of_jobs.get(job).map_or(0, BTreeSet::len);
            // Where the job is the system's own, new targets of it count at once.
            if all > 0 && 2 * instances.len() >= all {
                return vec![selector(&[("job", job)])];
            }
            let named = instances.iter().filter(|_| all > 0).take(MAX_NAMED);
            named
                .map(|instance| selector(&[("job", job), ("instance", instance)]))
                .collect()
        });
        let selectors: Vec<String> = selectors.collect();
        (!selectors.is_empty()).then(|| selectors.join(" or "))
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
            ("up", "pods", "a\""),
            ("up", "pods", "b"),
            ("up", "pods", "c"),
        ];
        check(&shared, Some(r#"up{job="pods",instance="a\""}"#));
    }

    #[test]
    fn a_target_that_is_down_is_remembered_and_one_that_was_taken_away_is_not() {
        let up = [
            ("up", "pods", "a"),
            ("up", "pods", "b"),
            ("up", "pods", "c"),
        ];
        let first = [
            ("m", "pods", "a"),
            ("m", "pods", "gone"),
            up[0],
            up[1],
            up[2],
        ];
        let before = targets(&first, &Targets::default());
        let now = targets(&[("m", "pods", "b"), up[0], up[1], up[2]], &before);
        assert_eq!(now.up().as_deref(), Some(r#"up{job="pods"}"#));
        assert_eq!(
            now.of_system["pods"],
            BTreeSet::from(["a".to_owned(), "b".to_owned()])
        );
    }
}
