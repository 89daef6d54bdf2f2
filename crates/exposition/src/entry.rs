//! What a document consists of.

use std::borrow::Cow;

use crate::{LabelPairs, Series, Text};

/// One line that carries something; comments and blank lines carry nothing.
#[derive(Clone, Debug)]
pub enum Entry<'a> {
    /// A value of a series.
    Sample(Sample<'a>),
    /// `# TYPE`
    Type {
        /// The family's name.
        family: Cow<'a, str>,
        /// Its type.
        metric_type: MetricType,
    },
    /// `# HELP`
    Help {
        /// The family's name.
        family: Cow<'a, str>,
        /// Its description.
        text: Text<'a>,
    },
    /// `# UNIT`, in OpenMetrics only.
    Unit {
        /// The family's name.
        family: Cow<'a, str>,
        /// Its unit, such as `seconds`.
        unit: &'a str,
    },
}

/// A value of a series.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// Which series.
    pub series: Series<'a>,
    /// Its value.
    pub value: f64,
    /// Milliseconds since the Unix epoch, where the exporter says when.
    pub timestamp_ms: Option<i64>,
    /// A concrete event behind the value.
    pub exemplar: Option<Exemplar<'a>>,
}

/// A concrete event behind a counter's or a bucket's value.
#[derive(Clone, Copy, Debug)]
pub struct Exemplar<'a> {
    pub(crate) labels: LabelPairs<'a>,
    /// The event's value.
    pub value: f64,
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: Option<i64>,
}

impl<'a> Exemplar<'a> {
    /// The event's labels, usually a trace id.
    pub fn labels(&self) -> LabelPairs<'a> {
        self.labels
    }
}

/// The type of a metric family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MetricType {
    /// Only ever grows, or starts again at zero.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by cumulative buckets.
    Histogram,
    /// Buckets that may shrink.
    GaugeHistogram,
    /// Quantiles computed by the exporter.
    Summary,
    /// Facts in labels, value 1.
    Info,
    /// One series a state, value 0 or 1.
    StateSet,
    /// Not said (`untyped` in Prometheus text).
    #[default]
    Unknown,
}

impl MetricType {
    /// The type's name as `/api/v1/metadata` gives it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::GaugeHistogram => "gaugehistogram",
            Self::Summary => "summary",
            Self::Info => "info",
            Self::StateSet => "stateset",
            Self::Unknown => "unknown",
        }
    }

    /// The type of this name, OpenMetrics' spelling.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [
            Self::Counter,
            Self::Gauge,
            Self::Histogram,
            Self::GaugeHistogram,
            Self::Summary,
            Self::Info,
            Self::StateSet,
            Self::Unknown,
        ]
        .into_iter()
        .find(|metric_type| metric_type.as_str() == name)
    }
}
