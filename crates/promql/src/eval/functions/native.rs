//! Native histograms to numbers: their count, sum, mean and variance, the
//! quantile and the share of observations between two bounds.
//!
//! Inside a bucket of an exponential schema observations lie as if a finer
//! schema would find the same number in each of its buckets; in the zero bucket
//! and in custom ones evenly (Prometheus 3.5, `promql/quantile.go`).

use series::Histogram;
use series::histogram::Bucket;

use super::super::kahan::KahanSum;
use super::super::vector::ColumnFn;
use crate::function::Func;

/// What the function makes of a column's histograms; `None` where it is none
/// of these functions.
pub(in super::super) fn of_each<'a>(func: Func) -> Option<ColumnFn<'a>> {
    let of: fn(&Histogram) -> f64 = match func {
        Func::HistogramCount => |histogram| histogram.count,
        Func::HistogramSum => |histogram| histogram.sum,
        Func::HistogramAvg => mean,
        Func::HistogramStdvar => variance,
        Func::HistogramStddev => |histogram| variance(histogram).sqrt(),
        _ => return None,
    };
    Some(Box::new(move |column| column.map_histograms(of)))
}

fn mean(histogram: &Histogram) -> f64 {
    histogram.sum / histogram.count
}

/// As if all of a bucket's observations were its middle.
fn variance(histogram: &Histogram) -> f64 {
    let mean = mean(histogram);
    let custom = histogram.uses_custom_buckets();
    let mut squares = KahanSum::default();
    for bucket in histogram.buckets().filter(|bucket| bucket.count != 0.0) {
        let distance = middle(bucket, custom) - mean;
        squares.add(bucket.count * distance * distance);
    }
    squares.value() / histogram.count
}

fn middle(bucket: Bucket, custom: bool) -> f64 {
    let Bucket { lower, upper, .. } = bucket;
    if custom {
        f64::midpoint(lower, upper)
    } else if lower <= 0.0 && upper >= 0.0 {
        0.0
    } else {
        (lower * upper).sqrt().copysign(upper)
    }
}

/// What observations of NaN, which no bucket holds, do to a quantile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NanObservations {
    /// Nothing: there are none, or the quantile does not look at any.
    Harmless,
    /// They count as higher than all others.
    SkewHigher,
    /// The quantile is one of them.
    AreTheResult,
}

/// The `q`-quantile of the observations.
pub(super) fn quantile(q: f64, histogram: &Histogram) -> (f64, NanObservations) {
    let plain = |value| (value, NanObservations::Harmless);
    if q < 0.0 {
        return plain(f64::NEG_INFINITY);
    } else if q > 1.0 {
        return plain(f64::INFINITY);
    } else if histogram.count == 0.0 || q.is_nan() {
        return plain(f64::NAN);
    }
    // From the end that is nearer; NaN lie behind the upper end.
    let has_nan = histogram.sum.is_nan();
    let ascending = has_nan || q < 0.5;
    let rank = histogram.count * if ascending { q } else { 1.0 - q };
    let (bucket, count) = if ascending {
        bucket_of_rank(histogram.buckets(), rank)
    } else {
        bucket_of_rank(histogram.buckets().rev(), rank)
    };
    let count = count.min(histogram.count);
    if histogram.uses_custom_buckets() {
        if bucket.lower == f64::NEG_INFINITY && bucket.upper <= 0.0 {
            return plain(bucket.upper);
        } else if bucket.upper == f64::INFINITY && bucket.lower != f64::NEG_INFINITY {
            return plain(bucket.lower);
        }
    }
    if count < rank {
        return if has_nan {
            (f64::NAN, NanObservations::AreTheResult)
        } else {
            plain(bucket.upper)
        };
    }
    let inside = if ascending {
        rank - (count - bucket.count)
    } else {
        count - rank
    };
    let value = value_at(inside / bucket.count, bucket, histogram);
    let nan = if has_nan {
        NanObservations::SkewHigher
    } else {
        NanObservations::Harmless
    };
    (value, nan)
}

/// The first bucket up to which there are `rank` observations, else the last;
/// and how many there are up to it.
fn bucket_of_rank(buckets: impl Iterator<Item = Bucket>, rank: f64) -> (Bucket, f64) {
    let mut count = 0.0;
    let mut found = Bucket {
        lower: 0.0,
        upper: 0.0,
        lower_inclusive: false,
        upper_inclusive: false,
        count: 0.0,
    };
    for bucket in buckets {
        found = bucket;
        if bucket.count != 0.0 {
            count += bucket.count;
            if count >= rank {
                break;
            }
        }
    }
    (found, count)
}

/// The value below which a share of the bucket's observations lies.
fn value_at(share: f64, bucket: Bucket, histogram: &Histogram) -> f64 {
    let Bucket { lower, upper, .. } = within_zero(bucket, histogram);
    if histogram.uses_custom_buckets() || lower <= 0.0 && upper >= 0.0 {
        return lower + (upper - lower) * share;
    }
    let (log_lower, log_upper) = (lower.abs().log2(), upper.abs().log2());
    if lower > 0.0 {
        (log_lower + (log_upper - log_lower) * share).exp2()
    } else {
        -(log_upper + (log_lower - log_upper) * (1.0 - share)).exp2()
    }
}

/// A zero bucket starts or ends at zero where all other buckets lie on one side
/// of it, and so does the lowest custom bucket, as that of a classic histogram.
fn within_zero(bucket: Bucket, histogram: &Histogram) -> Bucket {
    let mut within = bucket;
    if histogram.uses_custom_buckets() {
        if bucket.lower == f64::NEG_INFINITY && bucket.upper > 0.0 {
            within.lower = 0.0;
        }
    } else if bucket.lower <= 0.0 && bucket.upper >= 0.0 {
        match (histogram.negative.is_empty(), histogram.positive.is_empty()) {
            (true, false) => within.lower = 0.0,
            (false, true) => within.upper = 0.0,
            _ => {}
        }
    }
    within
}

/// The share of observations between two bounds, and whether NaN ones, which
/// are in no share, are about.
pub(super) fn fraction(lower: f64, upper: f64, histogram: &Histogram) -> (f64, bool) {
    if histogram.count == 0.0 || lower.is_nan() || upper.is_nan() {
        return (f64::NAN, false);
    }
    if lower >= upper {
        return (0.0, false);
    }
    let has_nan = histogram.sum.is_nan();
    let most = if has_nan {
        histogram.buckets().map(|bucket| bucket.count).sum()
    } else {
        histogram.count
    };
    let [below_lower, below_upper] = [lower, upper].map(|bound| {
        let rank = rank_of(bound, histogram).unwrap_or(most);
        if rank > most { most } else { rank }
    });
    ((below_upper - below_lower) / histogram.count, has_nan)
}

/// How many observations are less than `bound`, `None` where all are.
fn rank_of(bound: f64, histogram: &Histogram) -> Option<f64> {
    let mut rank = 0.0;
    for bucket in histogram.buckets() {
        let bucket = within_zero(bucket, histogram);
        if bucket.lower >= bound {
            return Some(rank);
        }
        if bucket.upper > bound {
            return Some(rank + bucket.count * share_below(bound, bucket, histogram));
        }
        rank += bucket.count;
    }
    None
}

/// The share of the bucket's observations that is less than a bound inside it.
fn share_below(bound: f64, bucket: Bucket, histogram: &Histogram) -> f64 {
    let Bucket { lower, upper, .. } = bucket;
    if lower == f64::NEG_INFINITY {
        // A bucket without a start: all of it is taken for less.
        return 1.0;
    }
    if histogram.uses_custom_buckets() || lower <= 0.0 && upper >= 0.0 {
        return (bound - lower) / (upper - lower);
    }
    let [log_lower, log_upper, log_bound] = [lower, upper, bound].map(|value| value.abs().log2());
    if bound > 0.0 {
        (log_bound - log_lower) / (log_upper - log_lower)
    } else {
        1.0 - (log_bound - log_upper) / (log_lower - log_upper)
    }
}

#[cfg(test)]
mod tests {
    use series::histogram::{Buckets, CUSTOM_BUCKETS_SCHEMA};

    use super::*;

    fn custom(bounds: &[f64], counts: &[f64]) -> Histogram {
        Histogram {
            schema: CUSTOM_BUCKETS_SCHEMA,
            count: counts.iter().sum(),
            sum: 10.0,
            positive: Buckets::contiguous(0, counts.to_vec()),
            custom_values: bounds.into(),
            ..Histogram::default()
        }
    }

    fn check_quantile(q: f64, histogram: &Histogram, expected: f64) {
        let (found, nan) = quantile(q, histogram);
        assert!(
            (found - expected).abs() < 1e-9,
            "{q} of {histogram}: {found}"
        );
        assert_eq!(nan, NanObservations::Harmless);
    }

    #[test]
    fn quantiles_of_custom_buckets_are_those_of_classic_ones() {
        let positive = custom(&[5.0, 10.0], &[1.0, 2.0, 1.0]);
        check_quantile(0.125, &positive, 2.5);
        check_quantile(0.5, &positive, 7.5);
        check_quantile(0.99, &positive, 10.0);
        let negative = custom(&[-5.0, 10.0], &[1.0, 2.0, 1.0]);
        check_quantile(0.1, &negative, -5.0);
        check_quantile(0.5, &negative, 2.5);
    }

    #[test]
    fn the_middle_of_a_custom_bucket_is_the_arithmetic_one() {
        let histogram = custom(&[4.0, 6.0], &[0.0, 2.0]);
        assert_eq!(variance(&histogram), 0.0);
    }
}
