//! A `TimeSeries` message to labels, samples, histograms and metadata.

use ::series::{HistogramSample, Labels, Metadata, Sample};
use protobuf::{Fields, Malformed, Value};

use crate::exemplar::{WrittenExemplar, exemplar};
use crate::histogram::{InvalidHistogramSample, histogram};
use crate::labels::{InvalidLabels, labels_v1, labels_v2};
use crate::request::metric_kind;
use crate::symbols::Symbols;

/// What a series has beside floats, which few have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// How many native histograms.
    pub histograms: u64,
    /// How many exemplars.
    pub exemplars: u64,
}

/// One `TimeSeries` message.
#[derive(Clone, Copy, Debug)]
pub struct Series<'r> {
    message: &'r [u8],
    /// Those of 2.0.
    symbols: Option<&'r Symbols<'r>>,
}

impl<'r> Series<'r> {
    pub(crate) fn v1(message: &'r [u8]) -> Self {
        Self {
            message,
            symbols: None,
        }
    }

    pub(crate) fn v2(message: &'r [u8], symbols: &'r Symbols<'r>) -> Self {
        Self {
            message,
            symbols: Some(symbols),
        }
    }

    /// Its labels, sorted.
    ///
    /// # Errors
    /// Where no series can have them.
    pub fn labels(self) -> Result<Labels, InvalidLabels> {
        match self.symbols {
            None => labels_v1(self.message),
            Some(symbols) => labels_v2(self.message, symbols),
        }
    }

    /// Its samples, as they were sent.
    pub fn samples(self) -> impl Iterator<Item = Result<Sample, Malformed>> + 'r {
        self.fields(2).map(|message| sample(message?.bytes()?))
    }

    /// Its native histograms, as they were sent.
    pub fn histograms(
        self,
    ) -> impl Iterator<Item = Result<HistogramSample, InvalidHistogramSample>> + 'r {
        self.fields(self.extra_fields().0)
            .map(|message| histogram(message?.bytes()?))
    }

    /// Its exemplars, as they were sent.
    pub fn exemplars(self) -> impl Iterator<Item = Result<WrittenExemplar, InvalidLabels>> + 'r {
        let symbols = self.symbols;
        self.fields(self.extra_fields().1)
            .map(move |message| exemplar(message?.bytes()?, symbols))
    }

    /// How many native histograms and exemplars it has.
    ///
    /// # Errors
    /// Where the message is damaged.
    pub fn extras(self) -> Result<Extras, Malformed> {
        let (histogram, exemplar) = self.extra_fields();
        let mut extras = Extras::default();
        for field in Fields::of(self.message) {
            let (number, _) = field?;
            extras.histograms += u64::from(number == histogram);
            extras.exemplars += u64::from(number == exemplar);
        }
        Ok(extras)
    }

    /// The numbers of the fields of histograms and of exemplars.
    fn extra_fields(self) -> (u64, u64) {
        match self.symbols {
            None => (4, 3),
            Some(_) => (3, 4),
        }
    }

    /// What it says of its metric (2.0); `None` where it says nothing.
    ///
    /// # Errors
    /// Where the message is damaged.
    pub fn metadata(self) -> Result<Option<Metadata>, Malformed> {
        let Some(symbols) = self.symbols else {
            return Ok(None);
        };
        let message = self.fields(5).last().transpose()?;
        message.map_or(Ok(None), |message| {
            metadata(message.bytes()?, symbols).map(Some)
        })
    }

    /// The fields of this number, and whatever is malformed.
    fn fields(self, number: u64) -> impl Iterator<Item = Result<Value<'r>, Malformed>> + 'r {
        Fields::of(self.message).filter_map(move |field| match field {
            Ok((found, value)) if found == number => Some(Ok(value)),
            Ok(_) => None,
            Err(malformed) => Some(Err(malformed)),
        })
    }
}

fn metadata(message: &[u8], symbols: &Symbols<'_>) -> Result<Metadata, Malformed> {
    let mut metadata = Metadata::default();
    for field in Fields::of(message) {
        let text = match field? {
            (1, kind) => {
                metadata.kind = metric_kind(kind.int64()?);
                continue;
            }
            (3, place) => (&mut metadata.help, place),
            (4, place) => (&mut metadata.unit, place),
            _ => continue,
        };
        let (text, place) = text;
        // A text that is not there is none: no sample depends on it.
        symbols
            .text(place.uint64()?)
            .unwrap_or_default()
            .clone_into(text);
    }
    Ok(metadata)
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
