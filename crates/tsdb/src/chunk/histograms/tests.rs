//! Chunks of histograms, sound and damaged.

use series::histogram::{Buckets, CUSTOM_BUCKETS_SCHEMA, Span};
use series::{CounterResetHint, stale_nan};

use super::*;

type Samples = Vec<(i64, Arc<Histogram>)>;

fn buckets(random: &mut fastrand::Rng, whole: bool) -> Buckets {
    let mut buckets = Buckets::default();
    for span in 0..random.u32(0..4) {
        let least = if span == 0 { -50 } else { 0 };
        let length = random.u32(0..5);
        buckets.spans.push(Span {
            offset: random.i32(least..9),
            length,
        });
        let counts = (0..length).map(|_| count(random, whole));
        buckets.counts.extend(counts);
    }
    buckets
}

fn count(random: &mut fastrand::Rng, whole: bool) -> f64 {
    if whole {
        f64::from(random.u32(0..10_000))
    } else {
        random.f64() * 1e4
    }
}

fn histogram(random: &mut fastrand::Rng) -> Histogram {
    let whole = random.bool();
    let hints = [
        CounterResetHint::Unknown,
        CounterResetHint::Reset,
        CounterResetHint::Gauge,
    ];
    let mut histogram = Histogram {
        counter_reset_hint: hints[random.usize(..3)],
        schema: random.i32(-4..=8),
        zero_threshold: [0.0, 1e-128, 0.001][random.usize(..3)],
        zero_count: count(random, whole),
        count: count(random, whole),
        sum: f64::from_bits(random.u64(..)),
        positive: buckets(random, whole),
        negative: buckets(random, whole),
        custom_values: Arc::default(),
    };
    if random.u8(..5) == 0 {
        histogram.schema = CUSTOM_BUCKETS_SCHEMA;
        histogram.custom_values = [0.5, 1.0, -0.0].into();
    }
    histogram
}

/// A counter as it grows, with now and then another layout, a pause, a marker.
fn random_samples(random: &mut fastrand::Rng) -> Samples {
    let mut time_ms = random.i64(-1_000_000..1_000_000);
    let mut now = histogram(random);
    (0..random.usize(0..300))
        .map(|_| {
            time_ms += random.i64(1..30_000);
            match random.u8(..20) {
                0 => now = histogram(random),
                1 => return (time_ms, Arc::new(Histogram::stale())),
                _ => {
                    let some = random.f64().round();
                    let all = now.positive.counts.iter_mut();
                    all.chain(&mut now.negative.counts)
                        .for_each(|count| *count += some);
                    now.sum += 1.0;
                }
            }
            if now.sum.to_bits() == stale_nan().to_bits() {
                now.sum = 0.0;
            }
            (time_ms, Arc::new(now.clone()))
        })
        .collect()
}

fn pack(samples: &Samples) -> Vec<HistogramChunk> {
    HistogramChunk::pack(samples.iter().map(|(time, one)| (*time, one))).collect()
}

fn read_all(chunks: &[HistogramChunk], range: TimeRange) -> Samples {
    let mut out = SampleColumns::default();
    for chunk in chunks {
        chunk.read(range, &mut out).unwrap();
    }
    let found = out.iter_histograms();
    found.map(|(time, one)| (time, Arc::clone(one))).collect()
}

fn check(samples: &Samples, range: TimeRange) {
    let chunks = pack(samples);
    let expected = samples.iter().filter(|(time, _)| range.contains(*time));
    let found = read_all(&chunks, range);
    assert_eq!(found.len(), expected.clone().count());
    for ((found_ms, found), (time_ms, expected)) in found.iter().zip(expected) {
        assert_eq!(found_ms, time_ms);
        assert!(found.same_data(expected), "{found:?} is not {expected:?}");
        assert_eq!(found.counter_reset_hint, expected.counter_reset_hint);
        assert_eq!(found.positive.spans, expected.positive.spans);
    }
    let counted: usize = chunks.iter().map(HistogramChunk::count).sum();
    assert_eq!(counted, samples.len());
    let mut bytes = Vec::new();
    chunks.iter().for_each(|chunk| chunk.push_to(&mut bytes));
    let (mut rest, mut out) = (bytes.as_slice(), SampleColumns::default());
    while !rest.is_empty() {
        HistogramChunk::read_from(&mut rest, range, &mut out).unwrap();
    }
    assert_eq!(out.lengths().histograms, found.len());
}

#[test]
fn returns_what_went_in() {
    let mut random = fastrand::Rng::with_seed(11);
    check(&Vec::new(), TimeRange::ALL);
    for _ in 0..300 {
        let samples = random_samples(&mut random);
        check(&samples, TimeRange::ALL);
        let start_ms = random.i64(-2_000_000..2_000_000);
        let end_ms = start_ms + random.i64(0..4_000_000);
        check(&samples, TimeRange { start_ms, end_ms });
    }
}

#[test]
fn the_edges_of_time_and_of_counts_come_back() {
    let at = |count: f64| {
        Arc::new(Histogram {
            count,
            ..Histogram::default()
        })
    };
    let counts = [
        -0.0,
        9_007_199_254_740_991.0,
        9_007_199_254_740_993.0,
        1e300,
        0.5,
        2.0,
    ];
    let times = [i64::MIN, -1, 0, 1, i64::MAX - 1, i64::MAX];
    let samples = times.into_iter().zip(counts.map(at)).collect();
    check(&samples, TimeRange::ALL);
}

#[test]
fn what_a_sender_says_of_the_sample_before_is_not_kept() {
    let histogram = Arc::new(Histogram {
        counter_reset_hint: CounterResetHint::NotReset,
        ..Histogram::default()
    });
    let found = read_all(&pack(&vec![(1, histogram)]), TimeRange::ALL);
    assert_eq!(found[0].1.counter_reset_hint, CounterResetHint::Unknown);
}

#[test]
fn a_counter_of_many_buckets_takes_a_byte_for_each_that_grew() {
    let counts: Vec<f64> = (0..100).map(f64::from).collect();
    let samples: Samples = (0..120)
        .map(|index| {
            let mut grown = counts.clone();
            grown[7] += f64::from(index);
            let histogram = Histogram {
                count: 1e6 + f64::from(index),
                sum: 1e4 + f64::from(index) / 4.0,
                positive: Buckets::contiguous(-20, grown),
                ..Histogram::default()
            };
            (i64::from(index) * 15_000, Arc::new(histogram))
        })
        .collect();
    let chunks = pack(&samples);
    assert_eq!(chunks.len(), 1);
    let bytes = chunks[0].own_bytes();
    assert!(bytes < 120 * 16, "{bytes} bytes");
}

#[test]
fn damaged_bytes_are_an_error_or_other_histograms() {
    let mut random = fastrand::Rng::with_seed(5);
    for _ in 0..2_000 {
        let samples = random_samples(&mut random);
        let mut bytes = Vec::new();
        for chunk in pack(&samples) {
            chunk.push_to(&mut bytes);
        }
        for _ in 0..random.usize(1..4).min(bytes.len()) {
            let index = random.usize(..bytes.len());
            bytes[index] = random.u8(..);
        }
        bytes.truncate(random.usize(..=bytes.len()));
        let (mut rest, mut out) = (bytes.as_slice(), SampleColumns::default());
        while !rest.is_empty()
            && HistogramChunk::read_from(&mut rest, TimeRange::ALL, &mut out).is_ok()
        {}
        assert!(out.lengths().histograms <= bytes.len());
    }
}
