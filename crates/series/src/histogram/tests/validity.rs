//! Buckets, equality, and which histograms are sound.

use super::super::*;
use super::{custom, mirrored, with, zero};

#[test]
fn buckets_ascend_and_meet_the_zero_bucket() {
    let both = Histogram {
        negative: Buckets::contiguous(0, vec![3.0, 4.0]),
        ..zero(with(0, 0, &[1.0, 2.0]), 0.75, 5.0)
    };
    let bounds: Vec<_> = both
        .buckets()
        .map(|bucket| (bucket.lower, bucket.upper, bucket.count))
        .collect();
    let expected = [
        (-2.0, -1.0, 4.0),
        (-1.0, -0.75, 3.0),
        (-0.75, 0.75, 5.0),
        (0.75, 1.0, 1.0),
        (1.0, 2.0, 2.0),
    ];
    assert_eq!(bounds, expected);
    let reversed: Vec<_> = both.buckets().rev().map(|bucket| bucket.count).collect();
    assert_eq!(reversed, [2.0, 1.0, 5.0, 3.0, 4.0]);
}

#[test]
fn the_same_data_is_the_same_bit_by_bit() {
    let original = with(0, 0, &[1.0, 2.0]);
    let with_nan = Histogram {
        sum: f64::NAN,
        ..original.clone()
    };
    assert!(with_nan.same_data(&with_nan) && with_nan != with_nan.clone());
    let mut split = original.clone();
    split.positive.spans = vec![
        Span {
            offset: 0,
            length: 1,
        },
        Span {
            offset: 0,
            length: 1,
        },
    ];
    assert!(split.same_data(&original));
    let mut wider = original.clone();
    wider.positive = Buckets::contiguous(0, vec![1.0, 2.0, 0.0]);
    assert!(!wider.same_data(&original));
    assert!(Histogram::stale().is_stale() && !with_nan.is_stale());
}

#[test]
fn what_does_not_go_together_is_refused() {
    let sound = [
        with(0, 0, &[1.0]),
        custom(&[1.0], &[1.0, 2.0]),
        Histogram::default(),
    ];
    for histogram in &sound {
        assert_eq!(histogram.validate_whole_counts(), Ok(()), "{histogram}");
    }
    let nan = Histogram {
        sum: f64::NAN,
        count: 9.0,
        ..with(0, 0, &[1.0])
    };
    assert_eq!(nan.validate_whole_counts(), Ok(()));
    let wrong = [
        (with(9, 0, &[1.0]), "got schema 9"),
        (with(0, 0, &[1.0, -1.0]), "negative"),
        (custom(&[1.0], &[1.0, 2.0, 3.0]), "too few"),
        (custom(&[2.0, 1.0], &[1.0]), "increasing"),
        (custom(&[f64::INFINITY], &[1.0]), "finite"),
        (zero(custom(&[1.0], &[1.0]), 0.0, 1.0), "zero count of 0"),
        (mirrored(custom(&[1.0], &[1.0])), "negative spans"),
        (
            Histogram {
                count: 3.0,
                ..with(0, 0, &[1.0])
            },
            "should equal",
        ),
        (
            Histogram {
                count: -1.0,
                ..Histogram::default()
            },
            "is negative",
        ),
        (
            Histogram {
                custom_values: [1.0].into(),
                ..with(0, 0, &[1.0])
            },
            "must not have custom",
        ),
    ];
    for (histogram, word) in wrong {
        let error = histogram.validate_whole_counts().unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    let mut spans = with(0, 0, &[1.0, 2.0]);
    spans.positive.spans.push(Span {
        offset: -1,
        length: 1,
    });
    assert!(matches!(
        spans.validate(),
        Err(InvalidHistogram::NegativeOffset {
            number: 2,
            offset: -1,
            ..
        })
    ));
    spans.positive.spans[1].offset = 1;
    assert!(matches!(
        spans.validate(),
        Err(InvalidHistogram::SpansMismatch {
            spans: 3,
            counts: 2,
            ..
        })
    ));
}

#[test]
fn unsound_histograms_harm_nobody() {
    let unsound = Histogram {
        schema: 127,
        zero_threshold: f64::NAN,
        negative: Buckets {
            spans: vec![
                Span {
                    offset: i32::MAX,
                    length: u32::MAX
                };
                3
            ],
            counts: vec![1.0; 9],
        },
        positive: Buckets {
            spans: vec![
                Span {
                    offset: i32::MIN,
                    length: 2,
                },
                Span {
                    offset: -7,
                    length: 1,
                },
            ],
            counts: vec![1.0; 2],
        },
        ..Histogram::default()
    };
    for other in [&with(-9, 0, &[1.0]), &with(0, 0, &[1.0]), &unsound] {
        for (a, b) in [(&unsound, other), (other, &unsound)] {
            let mut sum = a.clone();
            sum.add(b).unwrap();
            sum.compact();
            let (reset, text) = (sum.is_reset_after(b), sum.to_string());
            assert!(!text.is_empty(), "{reset}");
        }
    }
}
