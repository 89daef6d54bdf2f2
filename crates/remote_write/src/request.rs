//! A request's bytes to what it brings, in order.

use series::{Labels, Metadata, MetricKind, Sample};

use crate::labels::{InvalidLabels, labels};
use crate::protobuf::{Fields, Malformed};

/// What a request brings.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry<'a> {
    /// A series with samples.
    Series(Series<'a>),
    /// What is known of a metric.
    Metadata {
        /// The metric.
        name: &'a str,
        /// Its kind, help and unit.
        metadata: Metadata,
    },
}

/// One `TimeSeries` message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Series<'a>(&'a [u8]);

/// Everything that `request` brings, up to the first byte that is malformed.
pub fn entries(request: &[u8]) -> impl Iterator<Item = Result<Entry<'_>, Malformed>> {
    Fields::of(request).filter_map(|field| entry(field).transpose())
}

fn entry<'a>(
    field: Result<(u64, crate::protobuf::Value<'a>), Malformed>,
) -> Result<Option<Entry<'a>>, Malformed> {
    Ok(match field? {
        (1, series) => Some(Entry::Series(Series(series.bytes()?))),
        (3, message) => {
            let (name, metadata) = metadata(message.bytes()?)?;
            Some(Entry::Metadata { name, metadata })
        }
        _ => None,
    })
}

impl<'a> Series<'a> {
    /// Its labels, sorted.
    ///
    /// # Errors
    /// Where no series can have them.
    pub fn labels(self) -> Result<Labels, InvalidLabels> {
        labels(self.0)
    }

    /// How many native histograms it brings: field 4, which is passed over.
    ///
    /// # Errors
    /// Where the message is damaged.
    pub fn histograms(self) -> Result<u64, Malformed> {
        Fields::of(self.0).try_fold(0, |count, field| {
            field.map(|(number, _)| count + u64::from(number == 4))
        })
    }

    /// Its samples, as they were sent.
    pub fn samples(self) -> impl Iterator<Item = Result<Sample, Malformed>> + 'a {
        Fields::of(self.0).filter_map(|field| match field {
            Ok((2, message)) => Some(message.bytes().and_then(sample)),
            Ok(_) => None,
            Err(malformed) => Some(Err(malformed)),
        })
    }
}

fn metadata(message: &[u8]) -> Result<(&str, Metadata), Malformed> {
    let mut name = "";
    let mut metadata = Metadata::default();
    for field in Fields::of(message) {
        match field? {
            (1, kind) => metadata.kind = metric_kind(kind.int64()?),
            (2, text) => name = text.text()?,
            (4, text) => text.text()?.clone_into(&mut metadata.help),
            (5, text) => text.text()?.clone_into(&mut metadata.unit),
            _ => {}
        }
    }
    Ok((name, metadata))
}

fn sample(message: &[u8]) -> Result<Sample, Malformed> {
    let mut sample = Sample {
        timestamp_ms: 0,
        value: 0.0,
    };
    for field in Fields::of(message) {
        match field? {
            (1, value) => sample.value = value.double()?,
            (2, time) => sample.timestamp_ms = time.int64()?,
            _ => {}
        }
    }
    Ok(sample)
}

/// `MetricMetadata.MetricType`
fn metric_kind(number: i64) -> MetricKind {
    match number {
        1 => MetricKind::Counter,
        2 => MetricKind::Gauge,
        3 => MetricKind::Histogram,
        4 => MetricKind::GaugeHistogram,
        5 => MetricKind::Summary,
        6 => MetricKind::Info,
        7 => MetricKind::StateSet,
        _ => MetricKind::Unknown,
    }
}
