//! A `Histogram` message, the same in 1.0 and 2.0, to a native histogram.
//!
//! A message has its counts as integers, then each bucket's as the difference
//! to the one before, or as floats; which of both its count says.

use std::sync::Arc;

use ::series::histogram::{Buckets, InvalidHistogram, Span};
use ::series::{CounterResetHint, Histogram, HistogramSample};
use protobuf::{Fields, Malformed, Value};

/// More buckets of one sign, or custom values, than a histogram may have.
const MAX_BUCKETS: usize = 1 << 16;

/// A histogram that is not taken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InvalidHistogramSample {
    /// The message is damaged.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// It is too large.
    #[error("a histogram has more than {MAX_BUCKETS} buckets of one sign")]
    TooManyBuckets,
    /// Its parts do not go together.
    #[error("{invalid} (at {timestamp_ms} ms)")]
    Unsound {
        /// What is wrong.
        invalid: InvalidHistogram,
        /// Its time.
        timestamp_ms: i64,
    },
}

/// The histogram of a message.
pub(crate) fn histogram(message: &[u8]) -> Result<HistogramSample, InvalidHistogramSample> {
    let mut read = Read::default();
    for field in Fields::of(message) {
        let (number, value) = field?;
        read.take(number, value)?;
    }
    read.finish()
}

/// A message as it is read.
#[derive(Default)]
struct Read {
    timestamp_ms: i64,
    /// Everything but the buckets' counts.
    histogram: Histogram,
    has_float_counts: bool,
    negative: Counts,
    positive: Counts,
    custom_values: Vec<f64>,
}

/// The counts of one sign's buckets, in both ways.
#[derive(Default)]
struct Counts {
    deltas: Vec<i64>,
    absolute: Vec<f64>,
}

impl Read {
    fn take(&mut self, number: u64, value: Value<'_>) -> Result<(), InvalidHistogramSample> {
        let histogram = &mut self.histogram;
        match number {
            1 => {
                histogram.count = value.uint64()? as f64;
                self.has_float_counts = false;
            }
            2 => {
                histogram.count = value.double()?;
                self.has_float_counts = true;
            }
            3 => histogram.sum = value.double()?,
            4 => histogram.schema = value.sint32()?,
            5 => histogram.zero_threshold = value.double()?,
            6 => histogram.zero_count = value.uint64()? as f64,
            7 => histogram.zero_count = value.double()?,
            8 => push_span(&mut histogram.negative, value)?,
            9 => extend(&mut self.negative.deltas, value.sint64s())?,
            10 => extend(&mut self.negative.absolute, value.doubles())?,
            11 => push_span(&mut histogram.positive, value)?,
            12 => extend(&mut self.positive.deltas, value.sint64s())?,
            13 => extend(&mut self.positive.absolute, value.doubles())?,
            14 => histogram.counter_reset_hint = hint(value.int64()?),
            15 => self.timestamp_ms = value.int64()?,
            16 => extend(&mut self.custom_values, value.doubles())?,
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<HistogramSample, InvalidHistogramSample> {
        let Self {
            timestamp_ms,
            mut histogram,
            has_float_counts,
            negative,
            positive,
            custom_values,
        } = self;
        histogram.negative.counts = negative.into_counts(has_float_counts);
        histogram.positive.counts = positive.into_counts(has_float_counts);
        histogram.custom_values = custom_values.into();
        let checked = if histogram.is_stale() {
            Ok(())
        } else if has_float_counts {
            histogram.validate()
        } else {
            histogram.validate_whole_counts()
        };
        match checked {
            Ok(()) => Ok(HistogramSample {
                timestamp_ms,
                histogram: Arc::new(histogram),
            }),
            Err(invalid) => Err(InvalidHistogramSample::Unsound {
                invalid,
                timestamp_ms,
            }),
        }
    }
}

impl Counts {
    fn into_counts(self, has_float_counts: bool) -> Vec<f64> {
        if has_float_counts {
            return self.absolute;
        }
        let mut count = 0_i64;
        let counts = self.deltas.into_iter().map(|delta| {
            count = count.wrapping_add(delta);
            count as f64
        });
        counts.collect()
    }
}

fn push_span(buckets: &mut Buckets, value: Value<'_>) -> Result<(), InvalidHistogramSample> {
    if buckets.spans.len() == MAX_BUCKETS {
        return Err(InvalidHistogramSample::TooManyBuckets);
    }
    let mut span = Span::default();
    for field in Fields::of(value.bytes()?) {
        match field? {
            (1, offset) => span.offset = offset.sint32()?,
            (2, length) => span.length = length.uint32()?,
            _ => {}
        }
    }
    buckets.spans.push(span);
    Ok(())
}

fn extend<T>(
    out: &mut Vec<T>,
    numbers: impl Iterator<Item = Result<T, Malformed>>,
) -> Result<(), InvalidHistogramSample> {
    for number in numbers {
        if out.len() == MAX_BUCKETS {
            return Err(InvalidHistogramSample::TooManyBuckets);
        }
        out.push(number?);
    }
    Ok(())
}

/// `Histogram.ResetHint`
fn hint(number: i64) -> CounterResetHint {
    match number {
        1 => CounterResetHint::Reset,
        2 => CounterResetHint::NotReset,
        3 => CounterResetHint::Gauge,
        _ => CounterResetHint::Unknown,
    }
}
