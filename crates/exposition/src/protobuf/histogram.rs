//! A `Histogram` message: its classic buckets, and a native histogram.

use protobuf::{Fields, Malformed, Value};
use series::histogram::{Buckets, InvalidHistogram, Span};
use series::{CounterResetHint, Histogram};

use super::family::milliseconds;

/// More buckets of one sign than a histogram has.
const MAX_BUCKETS: usize = 1 << 16;

/// A native histogram of a page that is none.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InvalidPageHistogram {
    /// The message is damaged.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// It is too large.
    #[error("a native histogram has more than {MAX_BUCKETS} buckets of one sign")]
    TooManyBuckets,
    /// Its parts do not go together.
    #[error(transparent)]
    Unsound(#[from] InvalidHistogram),
}

/// A histogram as its message has it. A float count counts where it is not 0.
#[derive(Default)]
pub(super) struct PageHistogram<'a> {
    pub start_ms: Option<i64>,
    /// Of the native histogram.
    pub exemplars: Vec<&'a [u8]>,
    count: u64,
    count_float: f64,
    sum: f64,
    buckets: Vec<&'a [u8]>,
    schema: i32,
    zero_threshold: f64,
    zero_count: u64,
    zero_count_float: f64,
    negative: Side,
    positive: Side,
}

/// The buckets of one sign.
#[derive(Default)]
struct Side {
    spans: Vec<Span>,
    deltas: Vec<i64>,
    absolute: Vec<f64>,
}

/// A classic bucket.
pub(super) struct PageBucket<'a> {
    pub upper: f64,
    /// Cumulative.
    pub count: f64,
    pub exemplar: Option<&'a [u8]>,
}

impl<'a> PageHistogram<'a> {
    pub fn read(message: &'a [u8]) -> Result<Self, InvalidPageHistogram> {
        let mut read = Self::default();
        for field in Fields::of(message) {
            let (number, value) = field?;
            match number {
                1 => read.count = value.uint64()?,
                2 => read.sum = value.double()?,
                3 => read.buckets.push(value.bytes()?),
                4 => read.count_float = value.double()?,
                5 => read.schema = value.sint32()?,
                6 => read.zero_threshold = value.double()?,
                7 => read.zero_count = value.uint64()?,
                8 => read.zero_count_float = value.double()?,
                9 => read.negative.push_span(value)?,
                10 => extend(&mut read.negative.deltas, value.sint64s())?,
                11 => extend(&mut read.negative.absolute, value.doubles())?,
                12 => read.positive.push_span(value)?,
                13 => extend(&mut read.positive.deltas, value.sint64s())?,
                14 => extend(&mut read.positive.absolute, value.doubles())?,
                15 => read.start_ms = milliseconds(value.bytes()?)?,
                16 => read.exemplars.push(value.bytes()?),
                _ => {}
            }
        }
        Ok(read)
    }

    /// Whether there is a native histogram: one without observations has an
    /// empty span or a zero bucket.
    pub fn is_native(&self) -> bool {
        !self.positive.spans.is_empty()
            || !self.negative.spans.is_empty()
            || self.zero_threshold > 0.0
            || self.zero_count > 0
            || self.zero_count_float > 0.0
    }

    pub fn has_buckets(&self) -> bool {
        !self.buckets.is_empty()
    }

    /// The classic buckets, as they were sent.
    pub fn buckets(&self) -> impl Iterator<Item = Result<PageBucket<'a>, Malformed>> + '_ {
        self.buckets.iter().map(|message| bucket(message))
    }

    pub fn count(&self) -> f64 {
        either(self.count, self.count_float)
    }

    pub fn sum(&self) -> f64 {
        self.sum
    }

    /// The native histogram.
    pub fn to_native(&self, is_gauge: bool) -> Result<Histogram, InvalidPageHistogram> {
        let has_floats = self.count_float > 0.0 || self.zero_count_float > 0.0;
        let histogram = Histogram {
            counter_reset_hint: match is_gauge {
                true => CounterResetHint::Gauge,
                false => CounterResetHint::Unknown,
            },
            schema: self.schema,
            zero_threshold: self.zero_threshold,
            zero_count: either(self.zero_count, self.zero_count_float),
            count: self.count(),
            sum: self.sum,
            positive: self.positive.to_buckets(has_floats),
            negative: self.negative.to_buckets(has_floats),
            ..Histogram::default()
        };
        if has_floats {
            histogram.validate()?;
        } else {
            histogram.validate_whole_counts()?;
        }
        Ok(histogram)
    }
}

impl Side {
    fn push_span(&mut self, value: Value<'_>) -> Result<(), InvalidPageHistogram> {
        if self.spans.len() == MAX_BUCKETS {
            return Err(InvalidPageHistogram::TooManyBuckets);
        }
        let mut span = Span::default();
        for field in Fields::of(value.bytes()?) {
            match field? {
                (1, offset) => span.offset = offset.sint32()?,
                (2, length) => span.length = length.uint32()?,
                _ => {}
            }
        }
        self.spans.push(span);
        Ok(())
    }

    fn to_buckets(&self, has_floats: bool) -> Buckets {
        let counts = if has_floats {
            self.absolute.clone()
        } else {
            let mut count = 0_i64;
            let counts = self.deltas.iter().map(|delta| {
                count = count.wrapping_add(*delta);
                count as f64
            });
            counts.collect()
        };
        Buckets {
            spans: self.spans.clone(),
            counts,
        }
    }
}

fn bucket(message: &[u8]) -> Result<PageBucket<'_>, Malformed> {
    let (mut upper, mut count, mut count_float) = (0.0, 0, 0.0);
    let mut exemplar = None;
    for field in Fields::of(message) {
        match field? {
            (1, number) => count = number.uint64()?,
            (2, number) => upper = number.double()?,
            (3, message) => exemplar = Some(message.bytes()?),
            (4, number) => count_float = number.double()?,
            _ => {}
        }
    }
    Ok(PageBucket {
        upper,
        count: either(count, count_float),
        exemplar,
    })
}

fn either(whole: u64, float: f64) -> f64 {
    if float > 0.0 { float } else { whole as f64 }
}

fn extend<T>(
    out: &mut Vec<T>,
    numbers: impl Iterator<Item = Result<T, Malformed>>,
) -> Result<(), InvalidPageHistogram> {
    for number in numbers {
        if out.len() == MAX_BUCKETS {
            return Err(InvalidPageHistogram::TooManyBuckets);
        }
        out.push(number?);
    }
    Ok(())
}
