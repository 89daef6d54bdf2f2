//! An `Exemplar` message to its labels, value and time.

use ::series::Labels;
use protobuf::{Fields, Malformed};

use crate::labels::{InvalidLabels, exemplar_labels_v1, exemplar_labels_v2};
use crate::symbols::Symbols;

/// A concrete event behind a value.
#[derive(Clone, Debug, PartialEq)]
pub struct WrittenExemplar {
    /// What names it, usually a trace.
    pub labels: Labels,
    /// Its value.
    pub value: f64,
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
}

/// The exemplar in a message, of 2.0 where there are symbols.
pub(crate) fn exemplar(
    message: &[u8],
    symbols: Option<&Symbols<'_>>,
) -> Result<WrittenExemplar, InvalidLabels> {
    let labels = match symbols {
        None => exemplar_labels_v1(message)?,
        Some(symbols) => exemplar_labels_v2(message, symbols)?,
    };
    let (value, timestamp_ms) = value_and_time(message)?;
    Ok(WrittenExemplar {
        labels,
        value,
        timestamp_ms,
    })
}

fn value_and_time(message: &[u8]) -> Result<(f64, i64), Malformed> {
    let (mut value, mut timestamp_ms) = (0.0, 0);
    for field in Fields::of(message) {
        match field? {
            (2, number) => value = number.double()?,
            (3, time) => timestamp_ms = time.int64()?,
            _ => {}
        }
    }
    Ok((value, timestamp_ms))
}
