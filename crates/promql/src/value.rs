//! What a query answers: a value, what Prometheus would remark about it, and
//! what it cost.

use std::sync::Arc;

use series::{Histogram, LabeledSeries, Labels};

/// A value with the annotations and the cost of getting it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The value.
    pub value: Value,
    /// Warnings, worded and limited as Prometheus' HTTP API does.
    pub warnings: Vec<String>,
    /// Infos, likewise.
    pub infos: Vec<String>,
    /// What the evaluation cost.
    pub stats: Stats,
}

/// A query's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// One float at the query's time; instant queries only.
    Scalar {
        /// Milliseconds since the Unix epoch.
        timestamp_ms: i64,
        /// The value.
        value: f64,
    },
    /// A text; instant queries only.
    Text {
        /// Milliseconds since the Unix epoch.
        timestamp_ms: i64,
        /// The text.
        text: String,
    },
    /// One sample a series, all at one time; instant queries only. Sorted by
    /// labels, unless the expression orders it (`sort`, `topk` and their kin).
    Vector(Vec<VectorSample>),
    /// Columns of samples a series: every range query, sorted by labels, and
    /// an instant query of a range vector.
    Matrix(Vec<LabeledSeries>),
}

/// One series of an instant vector.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorSample {
    /// The series' labels.
    pub labels: Labels,
    /// Milliseconds since the Unix epoch: the query's time.
    pub timestamp_ms: i64,
    /// The value; NaN where it is a histogram.
    pub value: f64,
    /// The value where it is a histogram.
    pub histogram: Option<Arc<Histogram>>,
}

/// What an evaluation cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Samples the evaluation looked at, a window's counted at every step and a
    /// histogram as many samples as it takes in memory
    /// (Prometheus' `totalQueryableSamples`).
    pub queryable_samples: u64,
    /// The most samples held in memory at once.
    pub peak_samples: u64,
    /// Series selected from the store.
    pub series: u64,
}
