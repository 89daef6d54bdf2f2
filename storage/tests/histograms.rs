//! Native histograms through the WAL, blocks, merges and damage.
#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

mod common;

use std::path::Path;
use std::sync::Arc;

use common::{append, append_histograms, histogram, labels, open, options, read_one, sample};
use series::histogram::{Buckets, CUSTOM_BUCKETS_SCHEMA, Span};
use series::{
    CounterResetHint, Histogram, HistogramSample, Matcher, SampleColumns, SeriesStore, TimeRange,
};
use storage::{Options, Store};

const HOUR_MS: i64 = 3_600_000;

/// One of each sort, a minute apart.
fn histograms() -> Vec<HistogramSample> {
    let whole = Histogram {
        schema: 3,
        zero_threshold: 1e-128,
        zero_count: 2.0,
        count: 12.0,
        sum: 18.4,
        positive: Buckets {
            spans: vec![
                Span {
                    offset: -3,
                    length: 2,
                },
                Span {
                    offset: 1,
                    length: 1,
                },
            ],
            counts: vec![1.0, 2.0, 3.0],
        },
        negative: Buckets::contiguous(7, vec![4.0]),
        ..Histogram::default()
    };
    let grown = Histogram {
        count: 13.0,
        sum: f64::NAN,
        ..whole.clone()
    };
    let floats = Histogram {
        count: 1.0 / 3.0,
        counter_reset_hint: CounterResetHint::Gauge,
        positive: Buckets::contiguous(0, vec![0.25]),
        ..Histogram::default()
    };
    let custom = Histogram {
        schema: CUSTOM_BUCKETS_SCHEMA,
        count: 3.0,
        counter_reset_hint: CounterResetHint::Reset,
        positive: Buckets::contiguous(0, vec![1.0, 2.0]),
        custom_values: [0.1, 2.5].into(),
        ..Histogram::default()
    };
    let all = [whole, grown, Histogram::stale(), floats, custom];
    let samples = all
        .into_iter()
        .zip(0..)
        .map(|(one, minute)| HistogramSample {
            timestamp_ms: minute * 60_000,
            histogram: Arc::new(one),
        });
    samples.collect()
}

fn check_all(store: &Store) {
    let found = read_one(store, &labels("latency", 1));
    let found: Vec<_> = found.iter_histograms().collect();
    let expected = histograms();
    assert_eq!(found.len(), expected.len());
    for ((time, found), expected) in found.into_iter().zip(&expected) {
        assert_eq!(time, expected.timestamp_ms);
        assert!(found.same_data(&expected.histogram), "{found:?}");
        let hint = expected.histogram.counter_reset_hint;
        assert_eq!(found.counter_reset_hint, hint);
    }
}

#[test]
fn every_sort_comes_back_from_the_wal_and_from_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let outcome = append_histograms(&store, &labels("latency", 1), &histograms());
    assert_eq!(outcome.accepted, 5, "{outcome:?}");
    check_all(&store);
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.recovery().samples, 5);
    check_all(&store);
    store.flush_head().unwrap();
    check_all(&store);
    assert_eq!(store.counters().blocks_samples, 5);
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.recovery().samples, 0);
    check_all(&store);
}

#[test]
fn a_batch_of_large_histograms_is_written_in_several_records() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let buckets: Vec<f64> = (0..60_000).map(|index| f64::from(index) * 0.7).collect();
    let samples: Vec<_> = (0..60)
        .map(|minute| HistogramSample {
            timestamp_ms: minute * 60_000,
            histogram: Arc::new(Histogram {
                sum: minute as f64,
                positive: Buckets::contiguous(-30_000, buckets.clone()),
                ..Histogram::default()
            }),
        })
        .collect();
    let outcome = append_histograms(&store, &labels("wide", 1), &samples);
    assert_eq!(outcome.accepted, 60, "{outcome:?}");
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.recovery().samples, 60);
    let found = read_one(&store, &labels("wide", 1));
    let sums = found.iter_histograms().map(|(_, one)| one.sum);
    assert!(sums.eq((0..60).map(f64::from)));
}

fn keep_all(folder: &Path) -> Store {
    let options = Options {
        retention_ms: i64::MAX,
        ..options(folder)
    };
    Store::open(&options, |_| {}).unwrap()
}

/// Ten hours of a histogram a minute, most of them in blocks, which merge.
fn fill(folder: &Path) {
    let store = keep_all(folder);
    for time_ms in (0..10 * HOUR_MS).step_by(60_000) {
        let counted = histogram(time_ms, (time_ms / 60_000) as f64);
        append_histograms(&store, &labels("latency", 1), &[counted]);
        append(&store, &labels("up", 1), &[sample(time_ms, 1.0)]);
        store.maintain().unwrap();
    }
    assert!(store.counters().blocks_compacted > 0);
}

#[test]
fn retention_and_merges_know_histograms() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    let store = keep_all(folder.path());
    let found = read_one(&store, &labels("latency", 1));
    let counts = found.iter_histograms().map(|(_, one)| one.count);
    assert!(counts.eq((0..600).map(f64::from)));
    let range = TimeRange {
        start_ms: HOUR_MS,
        end_ms: 2 * HOUR_MS - 1,
    };
    let latency = Matcher::equal("__name__", "latency");
    store.delete_series(&[latency], range).unwrap();
    store.maintain().unwrap();
    let kept = read_one(&store, &labels("latency", 1));
    assert_eq!(kept.lengths().histograms, 540);
    drop(store);
    let options = Options {
        retention_ms: 2 * HOUR_MS,
        ..options(folder.path())
    };
    let store = Store::open(&options, |_| {}).unwrap();
    let late = histogram(10 * HOUR_MS, 1.0);
    append_histograms(&store, &labels("latency", 1), &[late]);
    store.maintain().unwrap();
    assert!(store.counters().blocks_dropped > 0);
    let kept = read_one(&store, &labels("latency", 1));
    assert!((120..540).contains(&kept.lengths().histograms));
}

#[test]
fn a_lost_catalog_is_made_anew_with_the_labels_of_histograms() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    keep_all(folder.path()).flush_head().unwrap();
    std::fs::remove_file(folder.path().join("catalog")).unwrap();
    let store = keep_all(folder.path());
    assert_eq!(store.recovery().catalog.unwrap().series_without_labels, 0);
    let found = read_one(&store, &labels("latency", 1));
    assert_eq!(found.lengths().histograms, 600);
}

#[test]
fn a_damaged_block_of_histograms_is_said_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    let blocks = folder.path().join("blocks").read_dir().unwrap();
    let mut blocks: Vec<_> = blocks.map(|entry| entry.unwrap().path()).collect();
    blocks.retain(|path| path.extension().is_some_and(|one| one == "block"));
    blocks.sort();
    let mut bytes = std::fs::read(&blocks[0]).unwrap();
    // Behind the head pages of the file, where rows are.
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0x55);
    std::fs::write(&blocks[0], bytes).unwrap();
    let store = keep_all(folder.path());
    let mut columns = SampleColumns::default();
    let mut is_said = !store.recovery().damaged_blocks.is_empty();
    for reader in store.select(&[], TimeRange::ALL).unwrap() {
        is_said |= reader.read(TimeRange::ALL, &mut columns).is_err();
    }
    let found = columns.lengths();
    assert!(found.histograms > 0 && found.floats > 0);
    let is_whole = found.histograms == 600 && found.floats == 600;
    assert!(is_said || is_whole, "{found:?} without a word");
}
