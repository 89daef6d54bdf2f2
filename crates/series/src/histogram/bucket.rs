//! A histogram to its buckets with their bounds, and to Prometheus' text of it.

use std::fmt;

use super::Histogram;
use super::bounds::upper_bound;
use super::layout::Buckets;
use crate::number::format_general;

/// A bucket with its bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// The lower bound.
    pub lower: f64,
    /// The upper bound.
    pub upper: f64,
    /// Whether the lower bound itself falls into it.
    pub lower_inclusive: bool,
    /// Whether the upper bound itself falls into it.
    pub upper_inclusive: bool,
    /// The observations in it.
    pub count: f64,
}

impl Histogram {
    /// All buckets, empty ones too, by ascending bounds: the negative ones, the
    /// zero bucket where it holds anything, the positive ones. What lies next to
    /// the zero bucket starts or ends at its threshold.
    pub fn buckets(&self) -> impl DoubleEndedIterator<Item = Bucket> + '_ {
        let negative: Vec<Bucket> = self.negative_buckets().collect();
        let zero = (self.zero_count > 0.0).then(|| self.zero_bucket());
        let positive: Vec<Bucket> = self.positive_buckets().collect();
        let all = negative
            .into_iter()
            .rev()
            .map(|bucket| self.clipped(bucket));
        all.chain(zero)
            .chain(positive.into_iter().map(|bucket| self.clipped(bucket)))
    }

    /// The buckets of positive values, or custom ones, from zero up.
    pub(super) fn positive_buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        let custom = self.uses_custom_buckets();
        self.bounded(&self.positive)
            .map(move |(index, lower, upper, count)| Bucket {
                lower,
                upper,
                lower_inclusive: if custom { index == 0 } else { lower < 0.0 },
                upper_inclusive: custom || upper > 0.0,
                count,
            })
    }

    /// The buckets of negative values, from zero down.
    pub(super) fn negative_buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        self.bounded(&self.negative)
            .map(|(_, nearer, further, count)| Bucket {
                lower: -further,
                upper: -nearer,
                lower_inclusive: true,
                upper_inclusive: false,
                count,
            })
    }

    fn bounded<'h>(
        &'h self,
        buckets: &'h Buckets,
    ) -> impl Iterator<Item = (i32, f64, f64, f64)> + 'h {
        let bound = |index| upper_bound(index, self.schema, &self.custom_values);
        buckets
            .indexed()
            .map(move |(index, count)| (index, bound(index.saturating_sub(1)), bound(index), count))
    }

    fn zero_bucket(&self) -> Bucket {
        Bucket {
            lower: -self.zero_threshold,
            upper: self.zero_threshold,
            lower_inclusive: true,
            upper_inclusive: true,
            count: self.zero_count,
        }
    }

    fn clipped(&self, bucket: Bucket) -> Bucket {
        let (mut clipped, zero) = (bucket, self.zero_threshold);
        if bucket.upper < 0.0 && bucket.upper > -zero {
            clipped.upper = -zero;
        } else if bucket.lower > 0.0 && bucket.lower < zero {
            clipped.lower = zero;
        }
        clipped
    }
}

impl fmt::Display for Bucket {
    /// In the usual notation of intervals: `(1,2]:3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = if self.lower_inclusive { '[' } else { '(' };
        let end = if self.upper_inclusive { ']' } else { ')' };
        let (lower, upper) = (format_general(self.lower), format_general(self.upper));
        write!(
            f,
            "{start}{lower},{upper}{end}:{}",
            format_general(self.count)
        )
    }
}

impl fmt::Display for Histogram {
    /// As Prometheus' `count_values` writes it:
    /// `{count:4, sum:5, (0.5,1]:1, (1,2]:3}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, sum) = (format_general(self.count), format_general(self.sum));
        write!(f, "{{count:{count}, sum:{sum}")?;
        let negative: Vec<Bucket> = self.negative_buckets().collect();
        let zero = (self.zero_count != 0.0).then(|| self.zero_bucket());
        let all = negative.into_iter().rev().chain(zero);
        for bucket in all.chain(self.positive_buckets()) {
            if bucket.count != 0.0 {
                write!(f, ", {bucket}")?;
            }
        }
        f.write_str("}")
    }
}
