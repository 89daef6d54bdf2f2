//! The head against a model that keeps every sample in a map.
#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

use std::collections::BTreeMap;
use std::sync::Arc;

use series::{
    Histogram, HistogramSample, Labels, METRIC_NAME, MatchOp, Matcher, Sample, SampleColumns,
    SeriesStore, TimeRange,
};
use tsdb::{AppendOutcome, Head, HeadOptions, SeriesRef};

const WINDOW_MS: i64 = 2_000;

/// The bits of a float, or of the sum of a histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Float(u64),
    Histogram(u64),
}

/// A value at a time, in milliseconds.
#[derive(Clone, Copy)]
struct Point(i64, Value);

#[derive(Default)]
struct Model(BTreeMap<Labels, BTreeMap<i64, Value>>);

impl Model {
    fn append(&mut self, labels: &Labels, Point(time, value): Point) -> bool {
        let samples = self.0.entry(labels.clone()).or_default();
        let newest = samples.last_key_value().map_or(i64::MIN, |(&time, _)| time);
        let fits = time >= newest.saturating_sub(WINDOW_MS);
        if fits && !samples.contains_key(&time) {
            samples.insert(time, value);
            return true;
        }
        false
    }

    fn delete(&mut self, matchers: &[Matcher], range: TimeRange) {
        for (labels, samples) in &mut self.0 {
            if passes(labels, matchers) {
                samples.retain(|&time, _| !range.contains(time));
            }
        }
    }

    fn select(&self, matchers: &[Matcher], range: TimeRange) -> Vec<(Labels, Vec<(i64, Value)>)> {
        self.0
            .iter()
            .filter(|(labels, _)| passes(labels, matchers))
            .map(|(labels, samples)| {
                let inside = samples.iter().filter(|(time, _)| range.contains(**time));
                (labels.clone(), inside.map(|(&t, &v)| (t, v)).collect())
            })
            .filter(|(_, samples): &(_, Vec<_>)| !samples.is_empty())
            .collect()
    }
}

fn passes(labels: &Labels, matchers: &[Matcher]) -> bool {
    matchers
        .iter()
        .all(|matcher| matcher.matches(labels.get(matcher.name()).unwrap_or("")))
}

fn stored(
    store: &Head,
    matchers: &[Matcher],
    range: TimeRange,
) -> Vec<(Labels, Vec<(i64, Value)>)> {
    let mut found: Vec<_> = store
        .select(matchers, range)
        .unwrap()
        .iter()
        .map(|reader| {
            let mut columns = SampleColumns::default();
            reader.read(range, &mut columns).unwrap();
            (reader.labels().clone(), points(&columns))
        })
        .collect();
    found.retain(|(_, samples): &(_, Vec<_>)| !samples.is_empty());
    found.sort();
    found
}

fn points(columns: &SampleColumns) -> Vec<(i64, Value)> {
    let floats = columns.iter();
    let floats = floats.map(|s| (s.timestamp_ms, Value::Float(s.value.to_bits())));
    let histograms = columns.iter_histograms();
    let histograms = histograms.map(|(time, one)| (time, Value::Histogram(one.sum.to_bits())));
    let is_ascending = |times: &[i64]| times.is_sorted_by(|a, b| a < b);
    let of_histograms = columns.histograms.as_ref();
    assert!(is_ascending(&columns.timestamps_ms));
    assert!(of_histograms.is_none_or(|all| is_ascending(&all.timestamps_ms)));
    let mut all: Vec<_> = floats.chain(histograms).collect();
    all.sort_unstable();
    all
}

fn append(head: &Head, series: SeriesRef, Point(timestamp_ms, value): Point) -> AppendOutcome {
    match value {
        Value::Float(bits) => {
            let value = f64::from_bits(bits);
            let sample = Sample {
                timestamp_ms,
                value,
            };
            head.append(&[(series, sample)], i64::MAX, |_, _| {})
        }
        Value::Histogram(bits) => {
            let histogram = Histogram {
                sum: f64::from_bits(bits),
                ..Histogram::default()
            };
            let sample = HistogramSample {
                timestamp_ms,
                histogram: Arc::new(histogram),
            };
            head.append_histograms(&[(series, sample)], i64::MAX, |_, _| {})
        }
    }
}

fn random_matchers(random: &mut fastrand::Rng) -> Vec<Matcher> {
    let names = [METRIC_NAME, "a", "b", "absent"];
    let patterns = ["", "m1", "v1", "v.*", "v1|v2", "m.|", ".+", ".*", "v[0-3]"];
    let ops = [
        MatchOp::Equal,
        MatchOp::NotEqual,
        MatchOp::Regex,
        MatchOp::NotRegex,
    ];
    (0..random.usize(0..4))
        .map(|_| {
            let op = ops[random.usize(..ops.len())];
            let pattern = patterns[random.usize(..patterns.len())];
            Matcher::new(names[random.usize(..names.len())], op, pattern).unwrap()
        })
        .collect()
}

fn random_labels(random: &mut fastrand::Rng) -> Labels {
    Labels::from_pairs([
        (METRIC_NAME, format!("m{}", random.u8(0..2))),
        ("a", format!("v{}", random.u8(0..3))),
        ("b", ["", "v1", "v2"][random.usize(0..3)].to_owned()),
    ])
}

fn random_value(random: &mut fastrand::Rng) -> Value {
    let bits = random_float(random).to_bits();
    match random.bool() {
        true => Value::Float(bits),
        false => Value::Histogram(bits),
    }
}

fn random_float(random: &mut fastrand::Rng) -> f64 {
    match random.u8(0..8) {
        0 => series::stale_nan(),
        1 => f64::from_bits(random.u64(..)),
        2 => -0.0,
        3 => random.f64() * 1e6,
        _ => f64::from(random.u32(0..1000)),
    }
}

fn random_range(random: &mut fastrand::Rng, now_ms: i64) -> TimeRange {
    let start_ms = random.i64(-1000..=now_ms);
    TimeRange {
        start_ms,
        end_ms: start_ms + random.i64(0..=now_ms + 1),
    }
}

/// Appends the same samples to both, one by one, and returns them.
fn append_both(
    head: &Head,
    model: &mut Model,
    random: &mut fastrand::Rng,
    now_ms: i64,
) -> Vec<(SeriesRef, Point)> {
    let labels: Vec<Labels> = (0..8).map(|_| random_labels(random)).collect();
    (0..random.usize(1..40))
        .map(|_| {
            let labels = &labels[random.usize(..labels.len())];
            let time_ms = now_ms - random.i64(0..40).pow(2) * random.i64(0..4);
            let point = Point(time_ms, random_value(random));
            let reference = head.series_ref(labels, |_, _| {}).unwrap();
            let taken = model.append(labels, point);
            let outcome = append(head, reference, point);
            assert_eq!(outcome.accepted, u64::from(taken), "{outcome:?}");
            (reference, point)
        })
        .collect()
}

fn check(seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let head = Head::new(HeadOptions {
        out_of_order_window_ms: WINDOW_MS,
        max_series: 1000,
    });
    let mut model = Model::default();
    let mut now_ms = 0;
    for _ in 0..200 {
        now_ms += random.i64(0..500);
        let batch = append_both(&head, &mut model, &mut random, now_ms);
        for (reference, point) in batch {
            let again = append(&head, reference, point);
            assert_eq!(again.accepted, 0, "seed {seed}: {again:?}");
        }
        let matchers = random_matchers(&mut random);
        let range = random_range(&mut random, now_ms);
        if random.u8(0..20) == 0 {
            head.delete(&head.matching_refs(&matchers), range).unwrap();
            model.delete(&matchers, range);
            head.gc_series(|_| false);
        }
        if random.u8(0..20) == 0 {
            head.pending_block(now_ms - random.i64(0..2 * WINDOW_MS))
                .unwrap();
        }
        assert_eq!(
            stored(&head, &matchers, range),
            model.select(&matchers, range),
            "seed {seed}: {matchers:?} {range:?}"
        );
    }
    check_count(&head, &model);
}

/// As many samples as the model has, however they lie.
fn check_count(head: &Head, model: &Model) {
    let expected: usize = model.0.values().map(BTreeMap::len).sum();
    assert_eq!(head.statistics(1).samples, expected as u64);
}

#[test]
fn selects_what_was_appended() {
    (0..20).for_each(check);
}

fn head() -> (Head, SeriesRef) {
    let head = Head::new(HeadOptions {
        out_of_order_window_ms: WINDOW_MS,
        max_series: 1,
    });
    let labels = Labels::from_pairs([(METRIC_NAME, "m")]);
    let series = head.series_ref(&labels, |_, _| {}).unwrap();
    (head, series)
}

#[test]
fn a_time_has_a_float_or_a_histogram() {
    let (head, series) = head();
    let float = Value::Float(1_f64.to_bits());
    let histogram = Value::Histogram(1_f64.to_bits());
    let steps = [
        (Point(0, float), (1, 0, 0)),
        (Point(10, histogram), (1, 0, 0)),
        (Point(10, histogram), (0, 1, 0)),
        (Point(10, float), (0, 0, 1)),
        (Point(0, histogram), (0, 0, 1)),
        (Point(5, histogram), (1, 0, 0)),
        (Point(5, float), (0, 0, 1)),
        (Point(5, Value::Histogram(2_f64.to_bits())), (0, 0, 1)),
        (Point(5, histogram), (0, 1, 0)),
        (Point(20, float), (1, 0, 0)),
    ];
    for (index, (point, expected)) in steps.into_iter().enumerate() {
        let outcome = append(&head, series, point);
        let found = (outcome.accepted, outcome.repeated, outcome.duplicates);
        assert_eq!(found, expected, "step {index}");
    }
}

#[test]
fn a_repeated_histogram_is_told_after_it_went_to_disk() {
    let (head, series) = head();
    let first = Point(10, Value::Histogram(1_f64.to_bits()));
    append(&head, series, first);
    head.pending_block(1000).unwrap();
    head.truncate();
    assert_eq!(append(&head, series, first).repeated, 1);
    let other = Point(10, Value::Histogram(2_f64.to_bits()));
    assert_eq!(append(&head, series, other).duplicates, 1);
}

#[test]
fn an_unsound_histogram_is_not_taken() {
    let (head, series) = head();
    let histogram = Histogram {
        schema: 99,
        ..Histogram::default()
    };
    let sample = HistogramSample {
        timestamp_ms: 1,
        histogram: Arc::new(histogram),
    };
    let outcome = head.append_histograms(&[(series, sample)], i64::MAX, |_, _| {});
    assert_eq!((outcome.accepted, outcome.invalid_histograms), (0, 1));
    assert!(stored(&head, &[], TimeRange::ALL).is_empty());
}
