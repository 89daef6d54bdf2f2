//! Which histograms are sound, in Prometheus' words of what is wrong.

use super::{
    Buckets, CUSTOM_BUCKETS_SCHEMA, Histogram, MAX_EXPONENTIAL_SCHEMA, MIN_EXPONENTIAL_SCHEMA,
};

/// What is wrong with a histogram.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InvalidHistogram {
    /// The schema is neither exponential nor that of custom buckets.
    #[error(
        "histogram has an invalid schema, which must be between {MIN_EXPONENTIAL_SCHEMA} and {MAX_EXPONENTIAL_SCHEMA} for exponential buckets, or {CUSTOM_BUCKETS_SCHEMA} for custom buckets, got schema {0}"
    )]
    Schema(i32),
    /// The spans say another number of buckets.
    #[error(
        "{side}: spans need {spans} buckets, have {counts} buckets: histogram spans specify different number of buckets than provided"
    )]
    SpansMismatch {
        /// `positive side`, `negative side` or `custom buckets`.
        side: &'static str,
        /// How many buckets the spans say.
        spans: u64,
        /// How many counts there are.
        counts: usize,
    },
    /// A span starts before the end of the one before.
    #[error(
        "{side}: span number {number} with offset {offset}: histogram has a span whose offset is negative"
    )]
    NegativeOffset {
        /// As above.
        side: &'static str,
        /// Which span, from 1.
        number: usize,
        /// Its offset.
        offset: i32,
    },
    /// A bucket holds less than nothing.
    #[error(
        "{side}: bucket number {number} has observation count of {count}: histogram has a bucket whose observation count is negative"
    )]
    NegativeBucket {
        /// As above.
        side: &'static str,
        /// Which bucket, from 1.
        number: usize,
        /// Its count.
        count: f64,
    },
    /// There are fewer observations than none.
    #[error("observation count is {0}: histogram's observation count is negative")]
    NegativeCount(f64),
    /// There are fewer observations than in the buckets, or more without a NaN.
    #[error(
        "{buckets} observations found in buckets, but the Count field is {count}: histogram's observation count should equal the number of observations found in the buckets (in absence of NaN)"
    )]
    CountMismatch {
        /// How many observations the buckets hold.
        buckets: f64,
        /// How many there are said to be.
        count: f64,
    },
    /// Custom values with an exponential schema.
    #[error("histogram with exponential schema must not have custom bounds")]
    UnexpectedCustomValues,
    /// Something that custom buckets cannot have.
    #[error("custom buckets: {0}")]
    CustomBuckets(&'static str),
}

impl Histogram {
    /// Whether spans, counts, schema and custom values go together, and no count
    /// is negative. The number of observations is not added up, for floats do
    /// not add up exactly: see [`Self::validate_whole_counts`].
    ///
    /// # Errors
    /// What is wrong first.
    pub fn validate(&self) -> Result<(), InvalidHistogram> {
        if self.uses_custom_buckets() {
            self.validate_custom_buckets()?;
        } else if !(MIN_EXPONENTIAL_SCHEMA..=MAX_EXPONENTIAL_SCHEMA).contains(&self.schema) {
            return Err(InvalidHistogram::Schema(self.schema));
        } else {
            check_spans("positive side", &self.positive)?;
            check_spans("negative side", &self.negative)?;
            check_counts("negative side", &self.negative)?;
            if self.zero_count < 0.0 {
                return Err(InvalidHistogram::NegativeBucket {
                    side: "zero bucket",
                    number: 1,
                    count: self.zero_count,
                });
            }
            if !self.custom_values.is_empty() {
                return Err(InvalidHistogram::UnexpectedCustomValues);
            }
        }
        if self.count < 0.0 {
            return Err(InvalidHistogram::NegativeCount(self.count));
        }
        check_counts("positive side", &self.positive)
    }

    /// As [`Self::validate`], and whether whole counts add up to all
    /// observations; where a NaN was observed, which no bucket counts, to no
    /// more than those.
    ///
    /// # Errors
    /// What is wrong first.
    pub fn validate_whole_counts(&self) -> Result<(), InvalidHistogram> {
        self.validate()?;
        let counts = self.positive.counts.iter().chain(&self.negative.counts);
        let buckets = self.zero_count + counts.sum::<f64>();
        let adds_up = if self.sum.is_nan() {
            buckets <= self.count
        } else {
            buckets == self.count
        };
        if adds_up {
            return Ok(());
        }
        Err(InvalidHistogram::CountMismatch {
            buckets,
            count: self.count,
        })
    }

    fn validate_custom_buckets(&self) -> Result<(), InvalidHistogram> {
        let wrong = if self.custom_values.iter().any(|value| value.is_nan()) {
            "histogram custom bounds must not be NaN"
        } else if !self.custom_values.is_sorted_by(|a, b| a < b) {
            "histogram custom bounds must be in strictly increasing order"
        } else if self.custom_values.last() == Some(&f64::INFINITY) {
            "histogram custom bounds must be finite"
        } else if self.zero_count != 0.0 {
            "must have zero count of 0"
        } else if self.zero_threshold != 0.0 {
            "must have zero threshold of 0"
        } else if !self.negative.spans.is_empty() {
            "must not have negative spans"
        } else if !self.negative.is_empty() {
            "must not have negative buckets"
        } else {
            return self.validate_custom_spans();
        };
        Err(InvalidHistogram::CustomBuckets(wrong))
    }

    fn validate_custom_spans(&self) -> Result<(), InvalidHistogram> {
        let side = "custom buckets";
        let first = self.positive.spans.first();
        if let Some(first) = first.filter(|first| first.offset < 0) {
            return Err(InvalidHistogram::NegativeOffset {
                side,
                number: 1,
                offset: first.offset,
            });
        }
        check_spans(side, &self.positive)?;
        let spans = self.positive.spans.iter();
        let end: i64 = spans
            .map(|span| i64::from(span.offset) + i64::from(span.length))
            .sum();
        if end > self.custom_values.len() as i64 + 1 {
            return Err(InvalidHistogram::CustomBuckets(
                "histogram custom bounds are too few",
            ));
        }
        Ok(())
    }
}

fn check_spans(side: &'static str, buckets: &Buckets) -> Result<(), InvalidHistogram> {
    let later = buckets.spans.iter().enumerate().skip(1);
    if let Some((index, span)) = later.clone().find(|(_, span)| span.offset < 0) {
        return Err(InvalidHistogram::NegativeOffset {
            side,
            number: index + 1,
            offset: span.offset,
        });
    }
    let lengths = buckets.spans.iter().map(|span| u64::from(span.length));
    let spans: u64 = lengths.sum();
    if spans == buckets.counts.len() as u64 {
        return Ok(());
    }
    Err(InvalidHistogram::SpansMismatch {
        side,
        spans,
        counts: buckets.counts.len(),
    })
}

fn check_counts(side: &'static str, buckets: &Buckets) -> Result<(), InvalidHistogram> {
    let mut counts = buckets.counts.iter().zip(1..);
    match counts.find(|(count, _)| **count < 0.0) {
        None => Ok(()),
        Some((&count, number)) => Err(InvalidHistogram::NegativeBucket {
            side,
            number,
            count,
        }),
    }
}
