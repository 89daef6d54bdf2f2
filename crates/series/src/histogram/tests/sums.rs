//! Sums, differences and multiples.

use super::super::*;
use super::{custom, mirrored, with, zero};

/// The sum and the difference, both compacted, as text.
fn check_sums(a: &Histogram, b: &Histogram, sum: &str, difference: &str) {
    let mut added = a.clone();
    added.add(b).unwrap();
    added.compact();
    assert_eq!(added.to_string(), sum);
    let mut taken = a.clone();
    taken.sub(b).unwrap();
    taken.compact();
    assert_eq!(taken.to_string(), difference);
}

#[test]
fn sums_meet_in_the_coarser_schema() {
    let (fine, coarse) = (with(1, 0, &[1.0, 2.0, 3.0, 4.0]), with(0, 0, &[5.0, 6.0]));
    check_sums(
        &fine,
        &coarse,
        "{count:21, sum:2, (0.5,1]:6, (1,2]:11, (2,4]:4}",
        "{count:-1, sum:0, (0.5,1]:-4, (1,2]:-1, (2,4]:4}",
    );
    check_sums(
        &coarse,
        &fine,
        "{count:21, sum:2, (0.5,1]:6, (1,2]:11, (2,4]:4}",
        "{count:1, sum:0, (0.5,1]:4, (1,2]:1, (2,4]:-4}",
    );
}

#[test]
fn sums_have_the_buckets_of_both() {
    check_sums(
        &with(0, 3, &[1.0, 0.0, 2.0]),
        &with(0, -1, &[4.0, 0.0, 0.0, 0.0, 1.0]),
        "{count:8, sum:2, (0.25,0.5]:4, (4,8]:2, (16,32]:2}",
        "{count:-2, sum:0, (0.25,0.5]:-4, (16,32]:2}",
    );
    check_sums(
        &mirrored(with(0, 1, &[1.0])),
        &with(0, 1, &[2.0]),
        "{count:3, sum:2, [-2,-1):1, (1,2]:2}",
        "{count:-1, sum:0, [-2,-1):1, (1,2]:-2}",
    );
}

#[test]
fn sums_meet_in_the_wider_zero_bucket() {
    // It swallows the bucket that it would cut through.
    let narrow = zero(with(0, 0, &[1.0, 2.0, 3.0]), 0.25, 1.0);
    let wide = zero(with(0, 2, &[5.0]), 0.7, 2.0);
    check_sums(
        &narrow,
        &wide,
        "{count:14, sum:2, [-1,1]:4, (1,2]:2, (2,4]:8}",
        "{count:0, sum:0, (1,2]:2, (2,4]:-2}",
    );
    check_sums(
        &wide,
        &narrow,
        "{count:14, sum:2, [-1,1]:4, (1,2]:2, (2,4]:8}",
        "{count:0, sum:0, (1,2]:-2, (2,4]:2}",
    );
}

#[test]
fn other_kinds_of_buckets_have_no_sum() {
    let (a, b) = (
        custom(&[1.0, 5.0], &[1.0, 2.0, 3.0]),
        custom(&[1.0], &[1.0]),
    );
    check_sums(
        &a,
        &a,
        "{count:12, sum:2, [-Inf,1]:2, (1,5]:4, (5,+Inf]:6}",
        "{count:0, sum:0}",
    );
    let cases = [
        (&a, &b, HistogramMismatch::CustomBuckets),
        (&a, &with(0, 0, &[1.0]), HistogramMismatch::Schema),
    ];
    for (a, b, mismatch) in cases {
        assert_eq!(a.clone().add(b), Err(mismatch));
        assert_eq!(b.clone().sub(a), Err(mismatch));
    }
}

#[test]
fn hints_of_sums_are_what_both_agree_on() {
    use CounterResetHint::{Gauge, NotReset, Reset, Unknown};
    for (a, b, expected) in [
        (Reset, Reset, Reset),
        (Gauge, Reset, Gauge),
        (Unknown, Gauge, Gauge),
        (Unknown, Reset, Unknown),
        (NotReset, Unknown, Unknown),
        (NotReset, Reset, Unknown),
    ] {
        let hinted = |counter_reset_hint| Histogram {
            counter_reset_hint,
            ..with(0, 0, &[1.0])
        };
        let mut sum = hinted(a);
        sum.add(&hinted(b)).unwrap();
        assert_eq!(sum.counter_reset_hint, expected, "{a:?} and {b:?}");
        let mut difference = hinted(a);
        difference.sub(&hinted(b)).unwrap();
        assert_eq!(difference.counter_reset_hint, a);
    }
}

#[test]
fn multiples_keep_the_buckets_but_for_those_of_a_division_by_zero() {
    let original = zero(with(0, 0, &[1.0, 3.0]), 0.1, 2.0);
    let mut tripled = original.clone();
    tripled.mul(3.0);
    assert_eq!(
        tripled.to_string(),
        "{count:18, sum:3, [-0.1,0.1]:6, (0.5,1]:3, (1,2]:9}"
    );
    tripled.div(-6.0);
    assert_eq!(
        tripled.to_string(),
        "{count:-3, sum:-0.5, [-0.1,0.1]:-1, (0.5,1]:-0.5, (1,2]:-1.5}"
    );
    let mut divided = original;
    divided.div(0.0);
    assert_eq!(
        divided.to_string(),
        "{count:+Inf, sum:+Inf, [-0.1,0.1]:+Inf}"
    );
}

#[test]
fn compacting_takes_out_what_is_empty() {
    let mut histogram = with(0, -2, &[0.0, 1.0, 0.0, 0.0, 2.0, 3.0, 0.0]);
    histogram.positive.spans.insert(
        1,
        Span {
            offset: 4,
            length: 0,
        },
    );
    histogram.compact();
    let spans = [(-1, 1), (2, 2)].map(|(offset, length)| Span { offset, length });
    assert_eq!(histogram.positive.spans, spans);
    assert_eq!(histogram.positive.counts, [1.0, 2.0, 3.0]);
    let before = histogram.clone();
    histogram.compact();
    assert_eq!(histogram, before);
}
