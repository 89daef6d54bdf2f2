//! What a source exports: the names of its metrics, their kinds and labels.

use std::collections::{BTreeMap, BTreeSet};

use crate::outcome;
use crate::targets::Instances;
use series::{Labels, METRIC_NAME, MetricKind};

/// The suffixes that make series out of histograms and summaries.
pub const SUFFIXES: [&str; 3] = ["_bucket", "_sum", "_count"];
/// So many outcomes are kept of a label; one of more values holds something else.
const MAX_OUTCOMES: usize = 64;

/// The metrics of a source.
///
/// It knows families (`job_seconds`, a histogram) and series
/// (`job_seconds_bucket`), from whichever of both it was told.
#[derive(Clone, Debug, Default)]
pub struct Inventory(BTreeMap<String, Metric>);

/// What is known of a metric.
#[derive(Clone, Debug, Default)]
pub struct Metric {
    /// What it counts or measures.
    pub kind: MetricKind,
    /// The names of its labels, as far as they are known.
    pub labels: BTreeSet<String>,
    /// The values of those labels that hold an outcome ([`outcome::LABELS`]).
    pub outcomes: BTreeMap<String, BTreeSet<String>>,
    /// The instances that it is known of, by job.
    pub instances: Instances,
    /// The greatest finite bound of its buckets.
    pub last_bucket: Option<f64>,
    /// Whether a series has this very name; a family of several has none.
    pub is_series: bool,
}

impl Metric {
    /// Whether it is a histogram that has a series of its own: a native one, or
    /// one with buckets beside it.
    pub(crate) fn has_own_histogram(&self) -> bool {
        self.is_series && self.kind == MetricKind::Histogram
    }
}

impl Metric {
    fn add_instance(&mut self, job: &str, instance: &str) {
        // Most series are of an instance that is known: names are copied for others.
        if let Some(known) = self.instances.get(job)
            && known.contains(instance)
        {
            return;
        }
        let of_job = self.instances.entry(job.to_owned()).or_default();
        of_job.insert(instance.to_owned());
    }
}

impl Inventory {
    /// Takes over that a metric or family of this name exists, and its kind
    /// where that is known.
    pub fn declare(&mut self, name: &str, kind: MetricKind) {
        let metric = self.0.entry(name.to_owned()).or_default();
        if kind != MetricKind::Unknown {
            metric.kind = kind;
        }
    }

    /// Takes over that there are series of this very name.
    pub fn add_name(&mut self, name: &str) {
        let metric = self.0.entry(name.to_owned()).or_default();
        metric.is_series = true;
    }

    /// Takes over that a series exists.
    pub fn add_series(&mut self, labels: &Labels) {
        let name = labels.metric_name();
        let named = labels.iter().filter(|label| label.name != METRIC_NAME);
        let names: Vec<String> = named.map(|label| label.name.to_owned()).collect();
        self.add_name(name);
        self.add_labels(name, &names);
        self.add_values(name, labels);
        let own = self.0.get(name).map(|metric| metric.kind);
        let is_of_family = !matches!(own, Some(MetricKind::Counter | MetricKind::Gauge));
        let family = SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix));
        if let Some(family) = family.filter(|_| is_of_family) {
            let is_bucket = name.ends_with("_bucket") && names.iter().any(|name| name == "le");
            let known = self
                .0
                .get(family)
                .map_or(MetricKind::Unknown, |metric| metric.kind);
            let kind = match known {
                MetricKind::Unknown if is_bucket => MetricKind::Histogram,
                known => known,
            };
            self.declare(family, kind);
            self.add_labels(family, &names);
            self.add_values(family, labels);
        }
    }

    fn add_values(&mut self, name: &str, labels: &Labels) {
        let Some(metric) = self.0.get_mut(name) else {
            return;
        };
        if let (Some(job), Some(instance)) = (labels.get("job"), labels.get("instance")) {
            metric.add_instance(job, instance);
        }
        for label in outcome::LABELS {
            if let Some(value) = labels.get(label) {
                let values = metric.outcomes.entry(label.to_owned()).or_default();
                if values.len() < MAX_OUTCOMES {
                    values.insert(value.to_owned());
                }
            }
        }
        let bound = labels.get("le").and_then(|le| le.parse::<f64>().ok());
        let finite = bound.filter(|bound| bound.is_finite());
        metric.last_bucket = finite
            .into_iter()
            .chain(metric.last_bucket)
            .reduce(f64::max);
    }

    fn add_labels(&mut self, name: &str, labels: &[String]) {
        if let Some(metric) = self.0.get_mut(name) {
            let fresh = labels
                .iter()
                .filter(|label| *label != "le" && *label != "quantile");
            metric.labels.extend(fresh.cloned());
        }
    }

    /// The names of these metrics' series that are there: of a family, that of its
    /// count.
    pub fn series_of(&self, names: &BTreeSet<String>) -> Vec<String> {
        let there = names.iter().filter_map(|name| {
            let count = format!("{name}_count");
            if self.0.contains_key(&count) {
                return Some(count);
            }
            self.0.contains_key(name).then(|| name.clone())
        });
        there.collect()
    }

    /// Whether nothing is exported.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is a metric, a family or a family's series of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name) || self.family(name).is_some()
    }

    /// What is known of a metric, or of the family that it is a series of.
    pub fn get(&self, name: &str) -> Option<&Metric> {
        self.family(name).or_else(|| self.0.get(name))
    }

    /// Whether the family is a native histogram: one series, and no buckets.
    pub fn is_native_histogram(&self, name: &str) -> bool {
        let buckets = format!("{name}_bucket");
        let own = self.0.get(name);
        own.is_some_and(Metric::has_own_histogram) && !self.0.contains_key(&buckets)
    }

    /// Whether the metric has a label of this name; true as well where its
    /// labels are not known.
    pub fn may_have_label(&self, name: &str, label: &str) -> bool {
        self.0
            .get(name)
            .is_none_or(|metric| metric.labels.is_empty() || metric.labels.contains(label))
    }

    /// All metrics and families, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Metric)> {
        self.0.iter().map(|(name, metric)| (name.as_str(), metric))
    }

    /// The histogram or summary that a series of this name belongs to.
    fn family(&self, name: &str) -> Option<&Metric> {
        let family = SUFFIXES
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix))?;
        let metric = self.0.get(family)?;
        matches!(metric.kind, MetricKind::Histogram | MetricKind::Summary).then_some(metric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(inventory: &Inventory, there: &[&str], missing: &[&str]) {
        for name in there {
            assert!(inventory.has(name), "{name} is missing");
        }
        for name in missing {
            assert!(!inventory.has(name), "{name} is there");
        }
    }

    #[test]
    fn families_are_known_by_their_series_and_series_by_their_families() {
        let mut told_series = Inventory::default();
        let bucket = [("__name__", "a_bucket"), ("le", "1"), ("kind", "x")];
        told_series.add_series(&Labels::from_pairs(bucket));
        told_series.add_series(&Labels::from_pairs([("__name__", "b_total")]));
        check(
            &told_series,
            &["a", "a_bucket", "a_count", "b_total"],
            &["b", "c"],
        );
        assert!(told_series.may_have_label("a", "kind"));
        assert!(!told_series.may_have_label("a", "le"));

        let mut told_families = Inventory::default();
        told_families.declare("a", MetricKind::Histogram);
        told_families.declare("b_total", MetricKind::Counter);
        check(
            &told_families,
            &["a", "a_bucket", "a_sum"],
            &["b_total_sum"],
        );
        assert!(told_families.may_have_label("a", "kind"));
    }

    #[test]
    fn a_histogram_without_buckets_is_a_native_one() {
        let mut inventory = Inventory::default();
        for name in [
            "native",
            "classic_bucket",
            "classic_count",
            "both",
            "both_bucket",
            "gauge",
        ] {
            inventory.add_name(name);
        }
        for name in ["native", "classic", "both", "declared"] {
            inventory.declare(name, MetricKind::Histogram);
        }
        inventory.declare("gauge", MetricKind::Gauge);
        let names = ["native", "classic", "both", "declared", "gauge", "absent"];
        let native: Vec<&str> = names
            .into_iter()
            .filter(|name| inventory.is_native_histogram(name))
            .collect();
        assert_eq!(native, ["native"]);
    }
}
