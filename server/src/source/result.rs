//! What a source answers, as typed values.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use series::{Labels, SampleColumns};

/// What a source adds to an answer that it gives nevertheless.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// The answer may be wrong or partial: each says why.
    pub warnings: Vec<String>,
    /// The query may not mean what its author meant.
    pub infos: Vec<String>,
    /// What the answer cost, where the source tells.
    pub stats: Option<QueryStats>,
}

/// What an answer cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryStats {
    /// Samples looked at, a window's counted at every step.
    pub queryable_samples: u64,
    /// The most samples held at once.
    pub peak_samples: u64,
    /// The wait for the query's turn.
    pub waited: Duration,
    /// From the question to the answer.
    pub total: Duration,
}

/// The answer to a range query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Range {
    /// In ascending order of labels.
    pub series: Vec<RangeSeries>,
    /// Remarks on the answer.
    pub annotations: Annotations,
}

/// One series of a range.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RangeSeries {
    /// Names the series.
    pub labels: Labels,
    /// Its samples; a step without a value has none.
    pub samples: SampleColumns,
}

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
    Matrix(Vec<RangeSeries>),
}

/// One series' value at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct InstantSample {
    /// Names the series.
    pub labels: Labels,
    /// The time and the value.
    pub sample: series::Sample,
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
