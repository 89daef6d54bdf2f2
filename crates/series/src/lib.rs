//! The vocabulary every other crate speaks: labels, matchers, samples, time,
//! and [`SeriesStore`], the one seam between the store and the query engine.
//!
//! Contract: no I/O, no clock. Times are milliseconds since the Unix epoch in
//! `i64` (`_ms` in every name) and may be negative; ranges include both ends.

mod columns;
pub mod duration;
pub mod histogram;
mod labels;
mod matcher;
mod metadata;
pub mod number;
mod pattern;
mod sample;
mod store;

pub use columns::{HistogramColumn, Lengths, SampleColumns};
pub use histogram::{CounterResetHint, Histogram};
pub use labels::{Label, Labels, LabelsBuilder, METRIC_NAME};
pub use matcher::{MatchOp, Matcher};
pub use metadata::{Metadata, MetricKind};
pub use pattern::{InvalidRegex, anchored_regex};
pub use sample::{
    HistogramSample, LabeledSeries, STALE_NAN_BITS, Sample, TimeRange, is_stale_nan, stale_nan,
};
pub use store::{SeriesReader, SeriesStore, StoreError};
