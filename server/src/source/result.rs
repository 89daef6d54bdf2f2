//! What a source answers besides frames, as typed values.

use std::sync::Arc;

use frame::Annotations;
use serde::{Deserialize, Serialize};
use series::{Histogram, LabeledSeries, Labels};

/// The answer to an instant query.
#[derive(Clone, Debug, PartialEq)]
pub struct Instant {
    /// The value.
    pub value: InstantValue,
    /// Remarks on the answer.
    pub annotations: Annotations,
}

/// The value of an expression at one moment.
#[derive(Clone, Debug, PartialEq)]
pub enum InstantValue {
    /// A number.
    Scalar(series::Sample),
    /// A text, with its time.
    String {
        /// When it was evaluated.
        timestamp_ms: i64,
        /// The text.
        value: String,
    },
    /// One sample a series, in the expression's order.
    Vector(Vec<InstantSample>),
    /// Raw samples: the expression was a range selector.
    Matrix(Vec<LabeledSeries>),
}

/// One series' value at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct InstantSample {
    /// Names the series.
    pub labels: Labels,
    /// The time and the value; NaN where it is a histogram.
    pub sample: series::Sample,
    /// The value where it is a histogram.
    pub histogram: Option<Arc<Histogram>>,
}

/// The newest sample of each of some series.
#[derive(Clone, Debug, PartialEq)]
pub enum Latest {
    /// With its own time, by name.
    Samples(Instant),
    /// As an upstream writes them, in Prometheus' text format 0.0.4.
    Page(Vec<u8>),
}

/// Names, values or label sets, with remarks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSet<T> {
    /// In ascending order.
    pub items: Vec<T>,
    /// Remarks on the answer.
    pub annotations: Annotations,
}

/// What an exporter says of a metric.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetricMetadata {
    /// The metric family's name.
    pub name: String,
    /// Type, help and unit.
    pub metadata: series::Metadata,
}

/// Which program answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildInfo {
    /// Its version.
    #[serde(default)]
    pub version: String,
}
