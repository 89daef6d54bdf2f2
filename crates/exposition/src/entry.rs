//! What a document consists of.

use std::borrow::Cow;

use series::MetricKind;

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
        kind: MetricKind,
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

/// A value of a series that the reader knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The value.
    pub value: f64,
    /// Milliseconds since the Unix epoch, where the exporter says when.
    pub timestamp_ms: Option<i64>,
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
