//! One metric family while its lines are read.

use std::collections::HashSet;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::histogram::HistogramPoint;
use super::{Metadata, fault};
use series::MetricKind;

use crate::error::Fault;
use crate::labels::Item;

/// The family whose lines are being read.
#[derive(Debug, Default)]
pub(super) struct Family {
    name: String,
    first_line: usize,
    kind: Option<MetricKind>,
    unit: Option<String>,
    has_help: bool,
    has_samples: bool,
    last_suffix: &'static str,
    /// The metrics so far (label sets without `le`, `quantile` and the state)
    /// by hash.
    metrics: HashSet<u64, RandomState>,
    /// The metric of the latest sample and when.
    current: Option<(u64, Option<i64>)>,
    /// The point being read, where the family is of histograms.
    point: Option<HistogramPoint>,
}

/// What a sample's name may have behind its family's name.
fn suffixes(kind: MetricKind) -> &'static [&'static str] {
    match kind {
        MetricKind::Counter => &["_total", "_created"],
        MetricKind::Histogram => &["_bucket", "_count", "_sum", "_created"],
        MetricKind::GaugeHistogram => &["_bucket", "_gcount", "_gsum"],
        MetricKind::Summary => &["", "_count", "_sum", "_created"],
        MetricKind::Info => &["_info"],
        MetricKind::Gauge | MetricKind::StateSet | MetricKind::Unknown => &[""],
    }
}

impl Family {
    /// A family that starts with metadata.
    pub(super) fn new(first_line: usize, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            first_line,
            ..Self::default()
        }
    }

    /// A family that starts with a sample.
    pub(super) fn untyped(first_line: usize, name: &str) -> Self {
        Self {
            kind: Some(MetricKind::Unknown),
            ..Self::new(first_line, name)
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether a sample of this name belongs here.
    pub(super) fn owns(&self, sample_name: &str) -> bool {
        self.suffix_of(sample_name).is_some()
    }

    /// Every name that samples of this family may have, and its own.
    pub(super) fn sample_names(&self) -> impl Iterator<Item = String> {
        let suffixes = suffixes(self.kind());
        let own = (!suffixes.contains(&"")).then_some(&"");
        let names = suffixes.iter().chain(own);
        names.map(|suffix| format!("{}{suffix}", self.name))
    }

    pub(super) fn last_sample_may_have_exemplar(&self) -> bool {
        matches!(self.last_suffix, "_total" | "_bucket")
    }

    pub(super) fn metadata(&mut self, line: usize, metadata: Metadata<'_>) -> Result<(), Fault> {
        if self.has_samples {
            return Err(self.fault(line, "metadata comes before the samples"));
        }
        let is_repeated = match metadata {
            Metadata::Help => std::mem::replace(&mut self.has_help, true),
            Metadata::Type(kind) => self.kind.replace(kind).is_some(),
            Metadata::Unit(unit) => self.unit.replace(unit.to_owned()).is_some(),
        };
        if is_repeated {
            return Err(self.fault(line, "HELP, TYPE and UNIT occur once each"));
        }
        Ok(())
    }

    pub(super) fn sample(
        &mut self,
        line: usize,
        name: &str,
        items: &[Item<'_>],
        (value, timestamp_ms): (f64, Option<i64>),
    ) -> Result<(), Fault> {
        self.has_samples = true;
        self.last_suffix = self.suffix_of(name).unwrap_or_default();
        let fits = self.check_value(value);
        let bound = self.check_bound(items, value);
        let is_same_point = self.enter_metric(line, items, timestamp_ms);
        let mut kept = fits
            .and(bound.map(drop))
            .map_err(|rule| self.fault(line, rule));
        let (Ok(is_same_point), Ok(bound)) = (&is_same_point, bound) else {
            // There is no point that this sample could be part of.
            self.point = None;
            return kept.and(is_same_point.map(drop));
        };
        if !self.is_histogram() {
            return kept;
        }
        if !is_same_point {
            kept = kept.and(self.finish_point());
            self.point = None;
        }
        let added = self
            .point
            .get_or_insert_with(|| HistogramPoint::new(line))
            .add(self.last_suffix, bound, value);
        kept.and(added.map_err(|rule| self.fault(line, rule)))
    }

    /// Closes the family: its last point and its unit.
    pub(super) fn finish(&self) -> Result<(), Fault> {
        self.finish_point()?;
        if self.unit.is_some() && matches!(self.kind(), MetricKind::Info | MetricKind::StateSet) {
            return Err(self.fault_at_start("info and stateset have no unit"));
        }
        Ok(())
    }

    pub(super) fn fault(&self, offset: usize, rule: &'static str) -> Fault {
        fault(offset, &self.name, rule)
    }

    pub(super) fn fault_at_start(&self, rule: &'static str) -> Fault {
        self.fault(self.first_line, rule)
    }

    fn kind(&self) -> MetricKind {
        self.kind.unwrap_or_default()
    }

    fn is_histogram(&self) -> bool {
        let kind = self.kind();
        matches!(kind, MetricKind::Histogram | MetricKind::GaugeHistogram)
    }

    fn suffix_of(&self, sample_name: &str) -> Option<&'static str> {
        let suffix = sample_name.strip_prefix(self.name.as_str())?;
        let mut known = suffixes(self.kind()).iter().copied();
        known.find(|candidate| *candidate == suffix)
    }

    fn check_value(&self, value: f64) -> Result<(), &'static str> {
        let counts = matches!(
            self.last_suffix,
            "_total" | "_sum" | "_count" | "_bucket" | "_gcount"
        );
        let is_whole = value.fract() == 0.0 || value.is_infinite();
        match (self.kind(), self.last_suffix) {
            (_, "_gsum") if value.is_nan() => Err("a sum is a number"),
            _ if counts && (value.is_nan() || value < 0.0) => {
                Err("what counts is a number from zero up")
            }
            (_, "_bucket" | "_count" | "_gcount") if !is_whole => Err("a count is a whole number"),
            (MetricKind::Info, _) if value != 1.0 => Err("an info's value is 1"),
            (MetricKind::StateSet, _) if value != 0.0 && value != 1.0 => {
                Err("a state's value is 0 or 1")
            }
            (MetricKind::Summary, "") if value < 0.0 => Err("a quantile's value is not negative"),
            _ => Ok(()),
        }
    }

    /// The bucket's bound, where the sample is a bucket; checks what else the
    /// type wants among the labels.
    fn check_bound(&self, items: &[Item<'_>], value: f64) -> Result<f64, &'static str> {
        let Some(reserved) = self.reserved_label() else {
            return Ok(value);
        };
        let label = items.iter().find_map(|item| match item {
            Item::Label { name, value } if name.raw() == reserved => Some(value.decode()),
            _ => None,
        });
        let bound = label.as_deref().and_then(|text| text.parse::<f64>().ok());
        match (self.kind(), label, bound) {
            (MetricKind::StateSet, Some(_), _) => Ok(value),
            (MetricKind::StateSet, None, _) => Err("a state has a label named as its family"),
            (MetricKind::Summary, _, Some(quantile)) if (0.0..=1.0).contains(&quantile) => {
                Ok(quantile)
            }
            (MetricKind::Summary, ..) => Err("a quantile has a label quantile from 0 to 1"),
            (_, Some(text), Some(bound)) if bound.is_finite() || text == "+Inf" => Ok(bound),
            _ => Err("a bucket has a label le that is a number or +Inf"),
        }
    }

    /// The label that tells the samples of one metric apart.
    fn reserved_label(&self) -> Option<&str> {
        match (self.kind(), self.last_suffix) {
            (MetricKind::StateSet, _) => Some(&self.name),
            (MetricKind::Summary, "") => Some("quantile"),
            (_, "_bucket") => Some("le"),
            _ => None,
        }
    }

    /// Whether the sample continues the latest point.
    fn enter_metric(
        &mut self,
        line: usize,
        items: &[Item<'_>],
        timestamp_ms: Option<i64>,
    ) -> Result<bool, Fault> {
        let metric = self.metric_hash(items);
        let Some((latest, latest_ms)) = self.current.replace((metric, timestamp_ms)) else {
            self.metrics.insert(metric);
            return Ok(false);
        };
        if latest != metric {
            if !self.metrics.insert(metric) {
                return Err(self.fault(line, "the samples of one metric stand together"));
            }
            return Ok(false);
        }
        match (latest_ms, timestamp_ms) {
            (None, None) => Ok(true),
            (Some(earlier), Some(later)) if earlier <= later => Ok(earlier == later),
            // Facts of different times are different metrics.
            (Some(_), Some(_)) if self.kind() == MetricKind::Info => Ok(false),
            (Some(_), Some(_)) => Err(self.fault(line, "the times of one metric ascend")),
            _ => Err(self.fault(line, "all samples of one metric have a time, or none has")),
        }
    }

    /// A hash of the metric's labels that their order does not change.
    fn metric_hash(&self, items: &[Item<'_>]) -> u64 {
        if self.kind() == MetricKind::Info {
            return 0;
        }
        let reserved = self.reserved_label();
        let hasher = self.metrics.hasher();
        let labels = items.iter().filter_map(|item| match item {
            Item::Label { name, value } if Some(name.raw()) != reserved => {
                Some(hasher.hash_one((name.raw(), value.raw())))
            }
            _ => None,
        });
        labels.fold(0, u64::wrapping_add)
    }

    fn finish_point(&self) -> Result<(), Fault> {
        let Some(point) = &self.point else {
            return Ok(());
        };
        point
            .check()
            .map_err(|rule| self.fault(point.first_line(), rule))
    }
}
