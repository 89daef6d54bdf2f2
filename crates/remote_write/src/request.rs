//! A request's bytes to what it brings, in order.

use ::series::{Metadata, MetricKind};
use protobuf::{Fields, Malformed, Value};

use crate::series::Series;
use crate::symbols::{InvalidSymbols, Symbols};

/// Which message a request is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Message {
    /// `prometheus.WriteRequest`, of 1.0.
    #[default]
    V1,
    /// `io.prometheus.write.v2.Request`, of 2.0.
    V2,
}

/// What a request brings.
#[derive(Clone, Debug)]
pub enum Entry<'r> {
    /// A series with samples.
    Series(Series<'r>),
    /// What is known of a metric (1.0; in 2.0 a series has it).
    Metadata {
        /// The metric.
        name: &'r str,
        /// Its kind, help and unit.
        metadata: Metadata,
    },
}

/// A request that can be walked through.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    bytes: &'a [u8],
    /// Those of 2.0.
    symbols: Option<Symbols<'a>>,
}

impl<'a> Request<'a> {
    /// The request in `bytes`.
    ///
    /// # Errors
    /// See [`InvalidSymbols`].
    pub fn new(message: Message, bytes: &'a [u8]) -> Result<Self, InvalidSymbols> {
        let symbols = match message {
            Message::V1 => None,
            Message::V2 => Some(Symbols::of(bytes)?),
        };
        Ok(Self { bytes, symbols })
    }

    /// Everything that it brings, up to the first byte that is malformed.
    pub fn entries(&self) -> impl Iterator<Item = Result<Entry<'_>, Malformed>> {
        let fields = Fields::of(self.bytes);
        fields.filter_map(|field| self.entry(field).transpose())
    }

    fn entry(
        &self,
        field: Result<(u64, Value<'a>), Malformed>,
    ) -> Result<Option<Entry<'_>>, Malformed> {
        let (number, value) = field?;
        Ok(match (&self.symbols, number) {
            (None, 1) => Some(Entry::Series(Series::v1(value.bytes()?))),
            (None, 3) => {
                let (name, metadata) = metadata(value.bytes()?)?;
                Some(Entry::Metadata { name, metadata })
            }
            (Some(symbols), 5) => Some(Entry::Series(Series::v2(value.bytes()?, symbols))),
            _ => None,
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

/// `MetricMetadata.MetricType`, of 2.0 `Metadata.MetricType`.
pub(crate) fn metric_kind(number: i64) -> MetricKind {
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
