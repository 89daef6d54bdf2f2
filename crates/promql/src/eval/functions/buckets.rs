//! Quantiles and fractions of classic histograms: cumulative counts by upper
//! bound, linear inside a bucket.

/// One bucket of a classic histogram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bucket {
    pub upper: f64,
    /// Observations up to `upper`.
    pub count: f64,
}

/// Counts that differ relatively by less than this come from float errors.
const SMALL_DELTA: f64 = 1e-12;

/// Joins sorted buckets of one bound; whether the last one is `+Inf`, without
/// which a histogram means nothing.
pub(super) fn join_equal(buckets: &mut Vec<Bucket>) -> bool {
    buckets.dedup_by(|later, kept| {
        let same = later.upper == kept.upper;
        if same {
            kept.count += later.count;
        }
        same
    });
    buckets
        .last()
        .is_some_and(|last| last.upper == f64::INFINITY)
}

/// The `q`-quantile of joined buckets, which get monotonic; and whether
/// that took more than evening out float errors.
pub(super) fn quantile(q: f64, buckets: &mut [Bucket]) -> (f64, bool) {
    let forced = make_monotonic(buckets);
    let last = buckets.len() - 1;
    let observations = buckets[last].count;
    if last == 0 || observations == 0.0 {
        return (f64::NAN, forced);
    }
    let mut rank = q * observations;
    let found = buckets[..last].partition_point(|bucket| !at_least(bucket.count, rank));
    if found == last {
        return (buckets[last - 1].upper, forced);
    }
    if found == 0 && buckets[0].upper <= 0.0 {
        return (buckets[0].upper, forced);
    }
    let mut start = 0.0;
    let Bucket {
        upper: end,
        mut count,
    } = buckets[found];
    if found > 0 {
        start = buckets[found - 1].upper;
        count -= buckets[found - 1].count;
        rank -= buckets[found - 1].count;
    }
    (start + (end - start) * (rank / count), forced)
}

fn at_least(count: f64, rank: f64) -> bool {
    count >= rank
}

fn make_monotonic(buckets: &mut [Bucket]) -> bool {
    let mut forced = false;
    let mut before = buckets[0].count;
    for bucket in &mut buckets[1..] {
        if almost_equal(before, bucket.count) {
            bucket.count = before;
        } else if bucket.count < before {
            bucket.count = before;
            forced = true;
        } else {
            before = bucket.count;
        }
    }
    forced
}

fn almost_equal(a: f64, b: f64) -> bool {
    if a == b || a.is_nan() && b.is_nan() {
        return true;
    }
    let (sum, difference) = (a.abs() + b.abs(), (a - b).abs());
    if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        return difference < SMALL_DELTA * f64::MIN_POSITIVE;
    }
    difference / sum.min(f64::MAX) < SMALL_DELTA
}

/// The share of observations between two bounds.
pub(super) fn fraction(lower: f64, upper: f64, buckets: &[Bucket]) -> f64 {
    let total = buckets.last().map_or(0.0, |last| last.count);
    if total == 0.0 || lower.is_nan() || upper.is_nan() {
        return f64::NAN;
    }
    if lower >= upper {
        return 0.0;
    }
    (rank_of(upper, buckets, total) - rank_of(lower, buckets, total)) / total
}

/// How many observations are at most `value`.
fn rank_of(value: f64, buckets: &[Bucket], total: f64) -> f64 {
    let mut rank: f64 = 0.0;
    let mut start = f64::NEG_INFINITY;
    for (index, bucket) in buckets.iter().enumerate() {
        if start >= value {
            return rank.min(total);
        }
        if value < bucket.upper {
            // The first bucket starts at zero unless it lies below.
            let from = if index == 0 && bucket.upper > 0.0 {
                0.0
            } else {
                start
            };
            let share = (value - from) / (bucket.upper - from);
            let inside = rank + (bucket.count - rank) * share;
            return inside.min(total);
        }
        rank = bucket.count;
        start = bucket.upper;
    }
    total
}
