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

/// How many observations are at most `value`: linear inside a bucket. The
/// first bucket starts at zero; one that ends at or below it has no start, and
/// all of its observations are taken for lower than any value inside.
fn rank_of(value: f64, buckets: &[Bucket], total: f64) -> f64 {
    let mut rank = 0.0;
    let mut start = match buckets.first() {
        Some(first) if first.upper > 0.0 => 0.0,
        _ => f64::NEG_INFINITY,
    };
    for bucket in buckets {
        if start >= value {
            break;
        }
        if value < bucket.upper && start.is_finite() {
            let share = (value - start) / (bucket.upper - start);
            rank += (bucket.count - rank) * share;
            break;
        }
        rank = bucket.count;
        if value < bucket.upper {
            break;
        }
        start = bucket.upper;
    }
    if rank > total { total } else { rank }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bounds: &[(f64, f64)], lower: f64, upper: f64, expected: f64) {
        let buckets: Vec<Bucket> = bounds
            .iter()
            .map(|&(upper, count)| Bucket { upper, count })
            .collect();
        let found = fraction(lower, upper, &buckets);
        assert!(
            (found - expected).abs() < 1e-12,
            "{lower} to {upper}: {found}"
        );
    }

    #[test]
    fn the_first_bucket_starts_at_zero_or_nowhere() {
        let infinity = f64::INFINITY;
        let positive = [(1.0, 1.0), (2.0, 3.0), (3.0, 6.0), (infinity, 100.0)];
        check(&positive, 0.0, 1.5, 0.02);
        check(&positive, -10.0, 1.5, 0.02);
        check(&positive, -infinity, 0.5, 0.005);
        check(&positive, -20.0, -10.0, 0.0);
        check(&positive, 2.5, infinity, 0.955);
        let negative = [(-3.0, 10.0), (-2.0, 12.0), (infinity, 100.0)];
        check(&negative, -infinity, -4.0, 0.1);
        check(&negative, -4.0, -3.0, 0.0);
        check(&negative, -4.0, -2.5, 0.01);
        check(&negative, -infinity, infinity, 1.0);
    }
}
