//! Buckets with their bounds -> a histogram that has them: the way back from
//! what an API shows of one.
//!
//! The schema is not shown; it is the coarsest whose bounds are these. Bounds
//! that no schema has become custom buckets.

use super::bounds::exponential_bound;
use super::layout::Buckets;
use super::{
    Bucket, CUSTOM_BUCKETS_SCHEMA, Histogram, MAX_EXPONENTIAL_SCHEMA, MIN_EXPONENTIAL_SCHEMA,
};

impl Histogram {
    /// A histogram of so many observations of this sum in these buckets, which
    /// ascend and do not overlap; empty ones may be left out.
    ///
    /// Its [`Self::buckets`] are these, save that custom buckets include their
    /// upper bounds.
    pub fn from_buckets(count: f64, sum: f64, buckets: &[Bucket]) -> Self {
        let mut schemas = MIN_EXPONENTIAL_SCHEMA..=MAX_EXPONENTIAL_SCHEMA;
        let exponential = schemas.find_map(|schema| exponential(schema, buckets));
        Self {
            count,
            sum,
            ..exponential.unwrap_or_else(|| custom(buckets))
        }
    }
}

/// The histogram of a schema, where all bounds are of it.
fn exponential(schema: i32, buckets: &[Bucket]) -> Option<Histogram> {
    let is_zero = |bucket: &&Bucket| bucket.lower <= 0.0 && bucket.upper >= 0.0;
    let mut zeros = buckets.iter().filter(is_zero);
    let zero = zeros.next();
    if zeros.next().is_some() || zero.is_some_and(|one| one.lower != -one.upper) {
        return None;
    }
    let mut threshold = zero.map(|zero| zero.upper).filter(|one| one.is_finite());
    if zero.is_some() && threshold.is_none() {
        return None;
    }
    let positive = buckets.iter().filter(|bucket| bucket.lower > 0.0);
    let positive = side(
        schema,
        positive.map(|b| (b.lower, b.upper, b.count)),
        &mut threshold,
    )?;
    let negative = buckets.iter().rev().filter(|bucket| bucket.upper < 0.0);
    let negative = side(
        schema,
        negative.map(|b| (-b.upper, -b.lower, b.count)),
        &mut threshold,
    )?;
    let accounted = positive.counts.len() + negative.counts.len() + usize::from(zero.is_some());
    (accounted == buckets.len()).then(|| Histogram {
        schema,
        zero_threshold: threshold.unwrap_or(0.0),
        zero_count: zero.map_or(0.0, |zero| zero.count),
        positive,
        negative,
        ..Histogram::default()
    })
}

/// The buckets of one sign, from zero outwards. The first may start at the
/// threshold of the zero bucket, which it then tells.
fn side(
    schema: i32,
    buckets: impl Iterator<Item = (f64, f64, f64)>,
    threshold: &mut Option<f64>,
) -> Option<Buckets> {
    let mut pairs = Vec::new();
    for (nearer, further, count) in buckets {
        let index = index_of(further, schema)?;
        let start = exponential_bound(index.checked_sub(1)?, schema);
        if nearer != start {
            let is_clipped = pairs.is_empty() && start < nearer && nearer < further;
            if !is_clipped || *threshold.get_or_insert(nearer) != nearer {
                return None;
            }
        }
        pairs.push((index, count));
    }
    Some(Buckets::from_indexed(pairs))
}

/// The index of the bucket that ends at `bound`; `None` where none does.
fn index_of(bound: f64, schema: i32) -> Option<i32> {
    let per_power = f64::from(schema).exp2();
    let index = if bound.is_infinite() {
        (1024.0 * per_power) as i32 + 1
    } else {
        (bound.log2() * per_power).round() as i32
    };
    (exponential_bound(index, schema) == bound).then_some(index)
}

fn custom(buckets: &[Bucket]) -> Histogram {
    let mut bounds: Vec<f64> = buckets.iter().flat_map(|b| [b.lower, b.upper]).collect();
    bounds.retain(|bound| bound.is_finite());
    bounds.sort_unstable_by(f64::total_cmp);
    bounds.dedup();
    let pairs = buckets.iter().map(|bucket| {
        let index = bounds.partition_point(|bound| *bound < bucket.upper);
        (i32::try_from(index).unwrap_or(i32::MAX), bucket.count)
    });
    Histogram {
        schema: CUSTOM_BUCKETS_SCHEMA,
        positive: Buckets::from_indexed(pairs),
        custom_values: bounds.as_slice().into(),
        ..Histogram::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(histogram: &Histogram) {
        let is_filled = |bucket: &Bucket| bucket.count != 0.0;
        let filled: Vec<Bucket> = histogram.buckets().filter(is_filled).collect();
        let back = Histogram::from_buckets(histogram.count, histogram.sum, &filled);
        assert_eq!((back.count, back.sum), (histogram.count, histogram.sum));
        let found: Vec<Bucket> = back.buckets().filter(is_filled).collect();
        assert_eq!(found, filled, "{histogram:?} as {back:?}");
        assert!(back.validate().is_ok(), "{back:?}");
    }

    fn side(first: i32, counts: &[f64]) -> Buckets {
        Buckets::contiguous(first, counts.to_vec())
    }

    #[test]
    fn buckets_of_every_schema_come_back() {
        for schema in MIN_EXPONENTIAL_SCHEMA..=MAX_EXPONENTIAL_SCHEMA {
            for first in [-60, -3, 0, 1, 40] {
                // No bucket lies within that of zero.
                let zero_threshold = exponential_bound(first - 1, schema).min(1e-3);
                for zero_count in [0.0, 2.0] {
                    check(&Histogram {
                        schema,
                        zero_threshold,
                        zero_count,
                        count: 7.5,
                        sum: -1.0,
                        positive: side(first, &[1.0, 0.0, 2.0]),
                        negative: side(first, &[0.5, 3.0]),
                        ..Histogram::default()
                    });
                }
            }
        }
    }

    #[test]
    fn the_largest_buckets_and_none_at_all_come_back() {
        check(&Histogram::default());
        check(&Histogram {
            zero_count: 1.0,
            ..Histogram::default()
        });
        check(&Histogram {
            schema: 1,
            positive: side(2047, &[1.0, 2.0, 3.0]),
            ..Histogram::default()
        });
    }

    #[test]
    fn custom_buckets_come_back() {
        check(&Histogram {
            schema: CUSTOM_BUCKETS_SCHEMA,
            positive: side(0, &[1.0, 2.0, 0.0, 4.0]),
            custom_values: [0.1, 0.25, 3.0].into(),
            ..Histogram::default()
        });
        check(&Histogram {
            schema: CUSTOM_BUCKETS_SCHEMA,
            positive: side(0, &[1.0]),
            ..Histogram::default()
        });
    }
}
