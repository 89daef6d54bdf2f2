//! The store against a model that keeps every sample in a map, through
//! blocks, merges, deletions and restarts.
#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::{histogram, labels, options, read, sample};
use series::{Labels, Matcher, SeriesStore, TimeRange};
use storage::{Options, Store};

const MINUTE_MS: i64 = 60_000;
const SERIES: usize = 7;

/// The bits of a float, or of the count of a histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Float(u64),
    Histogram(u64),
}

type Samples = BTreeMap<i64, Value>;

#[derive(Default)]
struct Model(BTreeMap<Labels, Samples>);

impl Model {
    fn select(&self, metric: &Matcher, range: TimeRange) -> Vec<(Labels, Samples)> {
        let found = self
            .0
            .iter()
            .filter(|(l, _)| metric.matches(l.metric_name()));
        let inside = found.map(|(labels, samples)| {
            let inside = samples.iter().filter(|(time, _)| range.contains(**time));
            (labels.clone(), inside.map(|(&t, &v)| (t, v)).collect())
        });
        inside
            .filter(|(_, s): &(_, Samples)| !s.is_empty())
            .collect()
    }
}

fn stored(store: &Store, metric: &Matcher, range: TimeRange) -> Vec<(Labels, Samples)> {
    let found = read(store, std::slice::from_ref(metric), range);
    let samples = found.into_iter().map(|(labels, columns)| {
        let floats = columns.iter();
        let floats = floats.map(|s| (s.timestamp_ms, Value::Float(s.value.to_bits())));
        let histograms = columns.iter_histograms();
        let histograms = histograms.map(|(time, h)| (time, Value::Histogram(h.count.to_bits())));
        let count = columns.lengths().floats + columns.lengths().histograms;
        let samples: Samples = floats.chain(histograms).collect();
        assert_eq!(samples.len(), count, "a time has two samples");
        (labels, samples)
    });
    samples.collect()
}

fn open(folder: &Path) -> Store {
    let options = Options {
        retention_ms: i64::MAX,
        ..options(folder)
    };
    Store::open(&options, |_| {}).unwrap()
}

fn random_labels(random: &mut fastrand::Rng) -> Labels {
    let metric = ["one", "two"][random.usize(0..2)];
    labels(metric, random.usize(0..SERIES))
}

fn append(store: &Store, model: &mut Model, random: &mut fastrand::Rng, now_ms: i64) {
    for _ in 0..random.usize(1..60) {
        let labels = random_labels(random);
        let late_ms = random.i64(0..3) * random.i64(0..30) * MINUTE_MS;
        let value = f64::from(random.i32(-5..100)) / f64::from(random.i32(1..4));
        let time_ms = now_ms - late_ms + random.i64(0..5);
        let (outcome, value) = if random.bool() {
            let sample = sample(time_ms, value);
            let outcome = common::append(store, &labels, &[sample]);
            (outcome, Value::Float(value.to_bits()))
        } else {
            let count = value.abs();
            let sample = histogram(time_ms, count);
            let outcome = common::append_histograms(store, &labels, &[sample]);
            (outcome, Value::Histogram(count.to_bits()))
        };
        if outcome.accepted == 1 {
            let samples = model.0.entry(labels).or_default();
            samples.insert(time_ms, value);
        }
    }
}

fn random_range(random: &mut fastrand::Rng, now_ms: i64) -> TimeRange {
    let start_ms = now_ms - random.i64(0..3000) * MINUTE_MS;
    TimeRange {
        start_ms,
        end_ms: start_ms + random.i64(0..600) * MINUTE_MS,
    }
}

fn reopen(store: Store, folder: &Path, in_good_order: bool) -> Store {
    if in_good_order {
        store.flush_head().unwrap();
    }
    drop(store);
    let store = open(folder);
    assert_eq!(store.recovery().damaged_records, 0);
    store
}

/// The first sample that is another one than expected: all would be pages.
fn first_difference(found: &[(Labels, Samples)], expected: &[(Labels, Samples)]) -> Option<String> {
    let mut pairs = found.iter().zip(expected);
    let ((labels, found), (of, expected)) = pairs.find(|(a, b)| a != b)?;
    let mut times = found.keys().chain(expected.keys());
    let time = times.find(|time| found.get(time) != expected.get(time));
    let time = time.copied().unwrap_or_default();
    let (found, expected) = (found.get(&time), expected.get(&time));
    Some(format!(
        "{labels} for {of} at {time}: {found:?}, not {expected:?}"
    ))
}

fn check(seed: u64) -> Store {
    let mut random = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let mut model = Model::default();
    let mut now_ms = random.i64(-1_000_000_000..=0);
    for step in 0..150 {
        now_ms += random.i64(0..40) * MINUTE_MS;
        append(&store, &mut model, &mut random, now_ms);
        let metric = Matcher::equal("__name__", ["one", "two"][random.usize(0..2)]);
        let range = random_range(&mut random, now_ms);
        match random.u8(0..40) {
            0..20 => store.maintain().unwrap(),
            20 => {
                store
                    .delete_series(std::slice::from_ref(&metric), range)
                    .unwrap();
                let of_metric = model
                    .0
                    .iter_mut()
                    .filter(|(l, _)| metric.matches(l.metric_name()));
                of_metric.for_each(|(_, s)| s.retain(|&time, _| !range.contains(time)));
            }
            21..24 => store = reopen(store, folder.path(), random.bool()),
            _ => {}
        }
        for range in [range, TimeRange::ALL] {
            let found = stored(&store, &metric, range);
            let expected = model.select(&metric, range);
            let differs = first_difference(&found, &expected);
            assert_eq!(differs, None, "seed {seed}, step {step}");
            assert_eq!(found.len(), expected.len(), "seed {seed}, step {step}");
        }
    }
    store
}

#[test]
fn holds_what_was_appended() {
    for seed in 0..4 {
        let counters = check(seed).counters();
        assert!(counters.blocks > 0, "{counters:?}");
    }
}

#[test]
fn late_samples_make_no_block_each() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let late = labels("late", 0);
    for minute in 0..60 {
        let now_ms = (5 * 60 + minute) * MINUTE_MS;
        common::append(&store, &labels("m", 0), &[sample(now_ms, 1.0)]);
        let late_ms = now_ms - 3 * 60 * MINUTE_MS;
        common::append(&store, &late, &[sample(late_ms, 1.0)]);
        store.maintain().unwrap();
    }
    assert_eq!(common::read_one(&store, &late).len(), 60);
    let written = store.counters().blocks_written;
    assert!((1..=3).contains(&written), "{written} blocks");
}

#[test]
fn without_a_folder_the_oldest_hours_go() {
    let limit_bytes = 10_000;
    let options = Options {
        retention_bytes: Some(limit_bytes),
        ..Options::default()
    };
    let store = Store::open(&options, |_| {}).unwrap();
    let mut random = fastrand::Rng::with_seed(1);
    for minute in 0..50 * 60 {
        let sample = sample(minute * MINUTE_MS, random.f64());
        common::append(&store, &labels("m", 0), &[sample]);
    }
    store.maintain().unwrap();
    let statistics = store.statistics(1);
    assert!(statistics.sample_bytes <= limit_bytes, "{statistics:?}");
    let range = statistics.time_range.unwrap();
    assert!(range.start_ms % (60 * MINUTE_MS) == 0 && range.start_ms > 0);
    assert_eq!(range.end_ms, (50 * 60 - 1) * MINUTE_MS);
}

#[test]
fn a_snapshot_is_undisturbed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut model = Model::default();
    let mut random = fastrand::Rng::with_seed(1);
    for hour in 0..50 {
        append(&store, &mut model, &mut random, hour * 60 * MINUTE_MS);
        store.maintain().unwrap();
    }
    let readers = store.select(&[], TimeRange::ALL).unwrap();
    append(&store, &mut model, &mut random, 90 * 60 * MINUTE_MS);
    let all = |readers: &[Box<dyn series::SeriesReader>]| {
        let mut columns = series::SampleColumns::default();
        for reader in readers {
            reader.read(TimeRange::ALL, &mut columns).unwrap();
        }
        columns
    };
    let before = all(&readers);
    store.delete_series(&[], TimeRange::ALL).unwrap();
    store.maintain().unwrap();
    assert_eq!(all(&readers), before);
    assert!(read(&store, &[], TimeRange::ALL).is_empty());
}
