//! The labels of a write request's series: read, sorted and checked.
//!
//! Senders sort labels; one that does not is understood nevertheless. What no
//! series can have is refused, and the bounds are those of a scraped page.

use ::series::{Label, Labels, METRIC_NAME};
use protobuf::{Fields, Malformed};

use crate::symbols::Symbols;

/// More labels than any series has.
const MAX_LABELS: usize = 1_000;

/// The longest name of a label.
const MAX_NAME_BYTES: usize = 1 << 10;

/// The longest value of a label.
const MAX_VALUE_BYTES: usize = 16 << 10;

/// Labels that no series can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLabels {
    /// The message is damaged.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A name or a value is no UTF-8.
    #[error("label {label} is no UTF-8")]
    NotUtf8 {
        /// Name and value, what is no UTF-8 replaced.
        label: String,
    },
    /// There are too many.
    #[error("a series has more than {MAX_LABELS} labels")]
    TooMany,
    /// None of them is `__name__`.
    #[error("a series has no metric name (__name__)")]
    NoMetricName,
    /// One has an empty name.
    #[error("a label has no name")]
    NoName,
    /// Two have the same name.
    #[error("a series has two labels of the name {name}")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// A label names a symbol that is not there (2.0).
    #[error("a label refers to symbol {place}, which the request does not have")]
    NoSymbol {
        /// The place.
        place: u64,
    },
    /// A name comes without its value (2.0).
    #[error("a series has an odd number of label references")]
    OddReferences,
    /// A name is too long.
    #[error("a label's name takes {bytes} bytes, more than {MAX_NAME_BYTES}")]
    LongName {
        /// Its length.
        bytes: usize,
    },
    /// A value is too long.
    #[error("the value of label {name} takes {bytes} bytes, more than {MAX_VALUE_BYTES}")]
    LongValue {
        /// The label.
        name: String,
        /// The length of its value.
        bytes: usize,
    },
}

/// The labels of a `TimeSeries` message of 1.0.
pub(crate) fn labels_v1(series: &[u8]) -> Result<Labels, InvalidLabels> {
    named(pairs_v1(series)?)
}

/// The labels of a `TimeSeries` message of 2.0.
pub(crate) fn labels_v2(series: &[u8], symbols: &Symbols<'_>) -> Result<Labels, InvalidLabels> {
    named(pairs_v2(series, symbols)?)
}

/// The labels of an `Exemplar` message of 1.0, which need no metric name.
pub(crate) fn exemplar_labels_v1(exemplar: &[u8]) -> Result<Labels, InvalidLabels> {
    Ok(Labels::from_sorted(checked(pairs_v1(exemplar)?)?))
}

/// The labels of an `Exemplar` message of 2.0.
pub(crate) fn exemplar_labels_v2(
    exemplar: &[u8],
    symbols: &Symbols<'_>,
) -> Result<Labels, InvalidLabels> {
    Ok(Labels::from_sorted(checked(pairs_v2(exemplar, symbols)?)?))
}

/// Labels with a metric name among them.
fn named(labels: Vec<Label<'_>>) -> Result<Labels, InvalidLabels> {
    let labels = checked(labels)?;
    if !labels.iter().any(|label| label.name == METRIC_NAME) {
        return Err(InvalidLabels::NoMetricName);
    }
    Ok(Labels::from_sorted(labels))
}

fn pairs_v1(series: &[u8]) -> Result<Vec<Label<'_>>, InvalidLabels> {
    let mut labels: Vec<Label<'_>> = Vec::new();
    for field in Fields::of(series) {
        if let (1, message) = field? {
            push(&mut labels, label(message.bytes()?)?)?;
        }
    }
    Ok(labels)
}

fn pairs_v2<'a>(
    series: &'a [u8],
    symbols: &'a Symbols<'_>,
) -> Result<Vec<Label<'a>>, InvalidLabels> {
    let mut labels: Vec<Label<'_>> = Vec::new();
    let mut name = None;
    for field in Fields::of(series) {
        let (1, places) = field? else {
            continue;
        };
        for place in places.varints() {
            let place = place?;
            let text = symbols
                .get(place)
                .ok_or(InvalidLabels::NoSymbol { place })?;
            match name.take() {
                None => name = Some(text),
                Some(name) => push(&mut labels, decoded(name, text)?)?,
            }
        }
    }
    if name.is_some() {
        return Err(InvalidLabels::OddReferences);
    }
    Ok(labels)
}

fn push<'a>(labels: &mut Vec<Label<'a>>, label: Label<'a>) -> Result<(), InvalidLabels> {
    labels.push(label);
    if labels.len() > MAX_LABELS {
        return Err(InvalidLabels::TooMany);
    }
    Ok(())
}

/// Sorted, each name once, without empty values.
fn checked(mut labels: Vec<Label<'_>>) -> Result<Vec<Label<'_>>, InvalidLabels> {
    labels.iter().try_for_each(check)?;
    if !labels.is_sorted_by(|a, b| a.name < b.name) {
        labels.sort_unstable_by_key(|label| label.name);
    }
    if let Some(pair) = labels.windows(2).find(|pair| pair[0].name == pair[1].name) {
        let name = pair[0].name.to_owned();
        return Err(InvalidLabels::Duplicate { name });
    }
    labels.retain(|label| !label.value.is_empty());
    Ok(labels)
}

fn check(label: &Label<'_>) -> Result<(), InvalidLabels> {
    let bytes = label.name.len();
    if bytes == 0 {
        return Err(InvalidLabels::NoName);
    }
    if bytes > MAX_NAME_BYTES {
        return Err(InvalidLabels::LongName { bytes });
    }
    let bytes = label.value.len();
    if bytes > MAX_VALUE_BYTES {
        let name = label.name.to_owned();
        return Err(InvalidLabels::LongValue { name, bytes });
    }
    Ok(())
}

fn label(message: &[u8]) -> Result<Label<'_>, InvalidLabels> {
    let (mut name, mut value) = (b"".as_slice(), b"".as_slice());
    for field in Fields::of(message) {
        match field? {
            (1, bytes) => name = bytes.bytes()?,
            (2, bytes) => value = bytes.bytes()?,
            _ => {}
        }
    }
    decoded(name, value)
}

fn decoded<'a>(name: &'a [u8], value: &'a [u8]) -> Result<Label<'a>, InvalidLabels> {
    // Of one series this is wrong, not of the message: the others are stored.
    match (str::from_utf8(name), str::from_utf8(value)) {
        (Ok(name), Ok(value)) => Ok(Label { name, value }),
        _ => Err(InvalidLabels::NotUtf8 {
            label: format!("{}={:?}", shown(name), shown(value)),
        }),
    }
}

/// Enough of a text to find it again.
fn shown(bytes: &[u8]) -> String {
    const MAX_CHARS: usize = 100;
    String::from_utf8_lossy(bytes)
        .chars()
        .take(MAX_CHARS)
        .collect()
}
