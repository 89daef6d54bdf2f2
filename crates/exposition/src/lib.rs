//! Bytes of an exporter to samples: Prometheus text (0.0.4 and 1.0.0),
//! OpenMetrics 1.0, and Prometheus' protobuf, which is read as text
//! ([`ProtobufPage`]).
//!
//! [`Parser`] walks a document once and yields [`Entry`]s that borrow from it:
//! nothing is copied, labels are decoded only where asked for, and
//! [`Series::raw`] is the key by which a reader that sees the same page again
//! and again recognises a series without building labels.
//!
//! Contract: every byte string gives entries or one [`ParseError`] with line
//! and column, never a panic. What Prometheus reads is read: an OpenMetrics
//! document must keep to the grammar ([`Format::OpenMetrics`]), and what else it
//! breaks of the specification is reported ([`Parser::violations`]), not
//! refused; Prometheus text may have blanks anywhere between tokens, a comma
//! after the last label, CRLF, line breaks in label values, remarks in any
//! encoding, repeated and interleaved families, Java's doubles, and a last line
//! without its newline.
//!
//! ```
//! use exposition::{Entry, Format, Parser};
//!
//! let page = "# TYPE jobs counter\njobs{queue=\"fast\",} 3.8E1\n";
//! let samples: Vec<_> = Parser::new(page.as_bytes(), Format::Text)?
//!     .filter_map(|entry| match entry {
//!         Ok(Entry::Sample(sample)) => Some(sample),
//!         _ => None,
//!     })
//!     .collect();
//! assert_eq!(samples[0].series.to_labels().to_string(), r#"jobs{queue="fast"}"#);
//! assert_eq!(samples[0].value, 38.0);
//! # Ok::<(), exposition::ParseError>(())
//! ```

mod classic;
mod cursor;
mod entry;
mod error;
mod format;
mod labels;
mod number;
mod openmetrics;
mod parser;
mod protobuf;
mod segment;
mod series;
#[cfg(test)]
mod tests;
mod text;

pub use classic::{ClassicHistograms, InvalidClassicHistogram};
pub use entry::{Entry, Exemplar, Reading, Sample};
pub use error::{ErrorKind, ParseError, Violations};
pub use format::{ACCEPT, Format, PROTOBUF, PageFormat, UnsupportedContentType};
pub use labels::LabelPairs;
pub use parser::Parser;
pub use protobuf::{
    InvalidPageHistogram, NativeHistogram, PageExemplar, PageStart, ProtobufError, ProtobufOptions,
    ProtobufPage,
};
pub use series::Series;
pub use text::Text;
