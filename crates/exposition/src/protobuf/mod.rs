//! A page of protobuf (`io.prometheus.client.MetricFamily`, each behind its
//! length) to the same page as text, and what text cannot hold: native
//! histograms, exemplars, start times, units.
//!
//! So all pages are read in one way from there on, and a series is the same
//! whichever format its target answers with. Field numbers are those of
//! `io/prometheus/client/metrics.proto`.

mod family;
mod histogram;
mod text;

use std::borrow::Cow;
use std::sync::Arc;

use series::{Histogram, Labels, METRIC_NAME, MetricKind};

use crate::{ParseError, Parser, Series};

pub use histogram::InvalidPageHistogram;

/// What of a page is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProtobufOptions {
    /// Native histograms are; else only the classic buckets beside them.
    pub native_histograms: bool,
    /// The classic buckets of histograms that are native as well are, too.
    pub classic_histograms: bool,
}

/// Bytes that are no page of protobuf.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProtobufError {
    /// They are damaged, or something else.
    #[error("message {number}: {source}")]
    Malformed {
        /// Which message of the page, from 1.
        number: usize,
        /// What is wrong.
        source: protobuf::Malformed,
    },
    /// A native histogram is none.
    #[error("metric family {family:?}: {source}")]
    Histogram {
        /// The family's name.
        family: String,
        /// What is wrong.
        source: InvalidPageHistogram,
    },
}

/// A page of protobuf, translated.
#[derive(Clone, Debug, Default)]
pub struct ProtobufPage {
    /// Everything but native histograms, as Prometheus text.
    pub text: Vec<u8>,
    /// The native histograms.
    pub histograms: Vec<NativeHistogram>,
    /// Families and their units.
    pub units: Vec<(String, String)>,
    /// The concrete events behind values.
    pub exemplars: Vec<PageExemplar>,
    /// When counters began.
    pub starts: Vec<PageStart>,
}

/// A native histogram of a series.
#[derive(Clone, Debug)]
pub struct NativeHistogram {
    /// The series, as text writes it.
    raw: String,
    kind: MetricKind,
    /// The histogram, sound.
    pub histogram: Arc<Histogram>,
    /// Milliseconds since the Unix epoch, where the exporter says when.
    pub timestamp_ms: Option<i64>,
}

/// A concrete event behind a value.
#[derive(Clone, Debug, PartialEq)]
pub struct PageExemplar {
    /// The series, as text writes it.
    pub series: String,
    /// The event's labels, usually a trace id.
    pub labels: Labels,
    /// The event's value.
    pub value: f64,
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: Option<i64>,
}

/// When a counter, summary or histogram began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageStart {
    /// The family's series without suffix, as text writes it.
    pub series: String,
    /// Milliseconds since the Unix epoch.
    pub start_ms: i64,
}

impl ProtobufPage {
    /// The page in `bytes`.
    ///
    /// # Errors
    /// See [`ProtobufError`].
    pub fn read(bytes: &[u8], options: ProtobufOptions) -> Result<Self, ProtobufError> {
        let mut page = Self::default();
        let mut messages = protobuf::Fields::of(bytes);
        for number in 1.. {
            let malformed = |source| ProtobufError::Malformed { number, source };
            let Some(message) = messages.take_delimited().map_err(malformed)? else {
                break;
            };
            let family = family::Family::read(message).map_err(malformed)?;
            family
                .write(options, &mut page)
                .map_err(|error| match error {
                    InvalidPageHistogram::Malformed(source) => malformed(source),
                    source => ProtobufError::Histogram {
                        family: family.name.to_owned(),
                        source,
                    },
                })?;
        }
        Ok(page)
    }
}

impl NativeHistogram {
    /// The histogram of a series with these labels.
    pub(crate) fn new(labels: &Labels, histogram: Histogram, timestamp_ms: Option<i64>) -> Self {
        let others = labels.iter().filter(|label| label.name != METRIC_NAME);
        let pairs: Vec<_> = others
            .map(|label| (label.name, Cow::Borrowed(label.value)))
            .collect();
        Self {
            raw: text::series(labels.metric_name(), "", &pairs, None),
            kind: MetricKind::Histogram,
            histogram: Arc::new(histogram),
            timestamp_ms,
        }
    }

    /// The series, as text writes it: the key of a cache, like
    /// [`Series::raw`].
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The series.
    ///
    /// # Errors
    /// Where its labels are none, such as two of one name.
    pub fn series(&self) -> Result<Series<'_>, ParseError> {
        Parser::series_of(&self.raw, self.kind)
    }
}

#[cfg(test)]
mod tests;
