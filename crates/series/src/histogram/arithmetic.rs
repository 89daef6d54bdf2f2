//! Sums, differences and multiples of histograms.
//!
//! Two histograms of different schemas meet in the coarser one, and two zero
//! buckets in the wider one, made wide enough to cut through no bucket that
//! holds anything.

use super::bounds::exponential_bound;
use super::bucket::Bucket;
use super::layout::Buckets;
use super::{CounterResetHint, Histogram};

/// Why two histograms have no sum and no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HistogramMismatch {
    /// One has an exponential schema, the other custom buckets.
    #[error("one histogram has an exponential schema, the other custom buckets")]
    Schema,
    /// Both have custom buckets, of other bounds.
    #[error("the histograms have other custom buckets")]
    CustomBuckets,
}

impl Histogram {
    /// Adds the observations of `other`. The result may have empty buckets.
    ///
    /// # Errors
    /// Where the buckets of the two are not comparable; nothing has changed then.
    pub fn add(&mut self, other: &Self) -> Result<(), HistogramMismatch> {
        self.add_scaled(other, 1.0)?;
        self.counter_reset_hint = joined(self.counter_reset_hint, other.counter_reset_hint);
        Ok(())
    }

    /// Takes the observations of `other` away; counts may get negative.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn sub(&mut self, other: &Self) -> Result<(), HistogramMismatch> {
        self.add_scaled(other, -1.0)
    }

    /// Multiplies all counts and the sum.
    pub fn mul(&mut self, factor: f64) {
        self.scale(|value| value * factor);
    }

    /// Divides all counts and the sum. Divided by zero it has no buckets.
    pub fn div(&mut self, divisor: f64) {
        self.scale(|value| value / divisor);
        if divisor == 0.0 {
            self.positive = Buckets::default();
            self.negative = Buckets::default();
        }
    }

    /// Takes out empty buckets.
    pub fn compact(&mut self) {
        self.positive.compact();
        self.negative.compact();
    }

    /// The same observations in the buckets of a coarser exponential schema;
    /// as it is where `schema` is none that is coarser.
    #[must_use]
    pub fn at_schema(&self, schema: i32) -> Self {
        let mut coarser = self.clone();
        coarser.reduce_resolution(schema);
        coarser
    }

    /// Changes to the buckets of a coarser exponential schema, if it is one.
    pub fn reduce_resolution(&mut self, schema: i32) {
        if let Some(steps) = self.steps_to(schema) {
            self.positive = self.positive.coarser(steps);
            self.negative = self.negative.coarser(steps);
            self.schema = schema;
        }
    }

    /// By how many steps an exponential `schema` is coarser, if it is.
    pub(super) fn steps_to(&self, schema: i32) -> Option<u32> {
        let custom = self.uses_custom_buckets() || schema == super::CUSTOM_BUCKETS_SCHEMA;
        let is_coarser = !custom && schema < self.schema;
        is_coarser.then(|| self.schema.abs_diff(schema))
    }

    /// # Errors
    /// Where the buckets of the two are not comparable.
    fn check_comparable(&self, other: &Self) -> Result<(), HistogramMismatch> {
        if self.uses_custom_buckets() != other.uses_custom_buckets() {
            return Err(HistogramMismatch::Schema);
        }
        if self.uses_custom_buckets() && self.custom_values != other.custom_values {
            return Err(HistogramMismatch::CustomBuckets);
        }
        Ok(())
    }

    fn add_scaled(&mut self, other: &Self, factor: f64) -> Result<(), HistogramMismatch> {
        self.check_comparable(other)?;
        self.count += other.count * factor;
        self.sum += other.sum * factor;
        if self.uses_custom_buckets() {
            self.positive.add_scaled(&other.positive, factor);
            return Ok(());
        }
        self.zero_count += self.widen_zero_bucket(other) * factor;
        self.reduce_resolution(other.schema);
        let (schema, zero) = (self.schema, self.zero_threshold);
        let steps = other.steps_to(schema).unwrap_or(0);
        for (mine, theirs) in [
            (&mut self.positive, &other.positive),
            (&mut self.negative, &other.negative),
        ] {
            let theirs = theirs.coarser(steps);
            mine.add_scaled(&above(theirs, schema, zero), factor);
        }
        Ok(())
    }

    fn scale(&mut self, of: impl Fn(f64) -> f64) {
        for value in [&mut self.zero_count, &mut self.count, &mut self.sum] {
            *value = of(*value);
        }
        self.positive.scale(&of);
        self.negative.scale(&of);
    }

    /// Makes the zero bucket as wide as that of `other`, and wider where it
    /// would cut through a bucket; what the zero bucket of `other` would then
    /// hold.
    fn widen_zero_bucket(&mut self, other: &Self) -> f64 {
        let (mut count, mut threshold) = (other.zero_count, other.zero_threshold);
        while threshold != self.zero_threshold {
            if self.zero_threshold > threshold {
                (count, threshold) = other.zero_count_within(self.zero_threshold);
            } else if threshold > self.zero_threshold {
                (self.zero_count, self.zero_threshold) = self.zero_count_within(threshold);
                self.drop_buckets_in_zero_bucket();
            } else {
                // NaN, which no sound histogram has, is as wide as nothing.
                break;
            }
        }
        count
    }

    /// What a zero bucket up to `threshold`, which is no less than now, would
    /// hold, and where it would have to end to cut through no bucket that holds
    /// anything.
    pub(super) fn zero_count_within(&self, threshold: f64) -> (f64, f64) {
        if threshold == self.zero_threshold {
            return (self.zero_count, threshold);
        }
        let mut threshold = threshold;
        loop {
            let positive = self.positive_buckets();
            let (above, wider) = swallowed(positive.map(Magnitudes::of_positive), threshold);
            let negative = self.negative_buckets();
            let (below, widest) = swallowed(negative.map(Magnitudes::of_negative), wider);
            if widest > wider {
                // That of the positive buckets was too narrow.
                threshold = widest;
                continue;
            }
            return (self.zero_count + above + below, wider);
        }
    }

    /// Drops the buckets that the zero bucket has taken in.
    fn drop_buckets_in_zero_bucket(&mut self) {
        let (schema, zero) = (self.schema, self.zero_threshold);
        for side in [&mut self.positive, &mut self.negative] {
            let inside = |index: i32| exponential_bound(index.saturating_sub(1), schema) < zero;
            let kept = side.indexed().skip_while(|(index, _)| inside(*index));
            *side = Buckets::from_indexed(kept.filter(|(_, count)| *count != 0.0));
        }
    }
}

/// The bounds of a bucket by their distance from zero, and its count.
struct Magnitudes {
    nearer: f64,
    further: f64,
    count: f64,
}

impl Magnitudes {
    fn of_positive(bucket: Bucket) -> Self {
        Self {
            nearer: bucket.lower,
            further: bucket.upper,
            count: bucket.count,
        }
    }

    fn of_negative(bucket: Bucket) -> Self {
        Self {
            nearer: -bucket.upper,
            further: -bucket.lower,
            count: bucket.count,
        }
    }
}

/// What a zero bucket up to `threshold` takes of the buckets from zero on, and
/// where it ends so that it takes each that holds anything as a whole.
fn swallowed(buckets: impl Iterator<Item = Magnitudes>, threshold: f64) -> (f64, f64) {
    let mut taken = 0.0;
    for bucket in buckets {
        if bucket.nearer >= threshold {
            break;
        }
        taken += bucket.count;
        if bucket.further > threshold {
            let wider = if bucket.count == 0.0 {
                threshold
            } else {
                bucket.further
            };
            return (taken, wider);
        }
    }
    (taken, threshold)
}

/// The buckets without the first ones that end inside the zero bucket.
pub(super) fn above(buckets: Buckets, schema: i32, zero_threshold: f64) -> Buckets {
    let inside = |index: i32| exponential_bound(index, schema) <= zero_threshold;
    let starts_inside = buckets
        .indexed()
        .next()
        .is_some_and(|(index, _)| inside(index));
    if !starts_inside {
        return buckets;
    }
    Buckets::from_indexed(buckets.indexed().skip_while(|(index, _)| inside(*index)))
}

/// What is known of resets of a sum: nothing where only one part knows, or the
/// two disagree.
fn joined(a: CounterResetHint, b: CounterResetHint) -> CounterResetHint {
    match (a, b) {
        (a, b) if a == b => a,
        (CounterResetHint::Gauge, _) | (_, CounterResetHint::Gauge) => CounterResetHint::Gauge,
        _ => CounterResetHint::Unknown,
    }
}
