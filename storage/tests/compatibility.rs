//! Data folders that earlier builds wrote open with all their samples.
//!
//! `fixtures/data-1` and `data-2` have six series, a sample a minute: a block
//! of the first two hours, the rest in the WAL, and a deletion in either. The
//! first was written before blocks had labels, the second before there were
//! native histograms.
#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;

use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use common::{options, read_one};
use series::Labels;
use storage::{Options, Store};

const MINUTE_MS: i64 = 60_000;

/// Name, instance, what each minute's value is multiplied by, what was deleted.
const SERIES: [(&str, &str, i64, Option<RangeInclusive<i64>>); 6] = [
    ("jobs_total", "w0", 1, Some(30..=39)),
    ("jobs_total", "w1", 2, None),
    ("jobs_total", "w2", 3, None),
    ("queue_depth", "w0", 4, None),
    ("queue_depth", "w1", 5, None),
    ("queue_depth", "w2", 6, Some(200..=209)),
];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn open(folder: &Path) -> Store {
    let options = Options {
        retention_ms: i64::MAX,
        ..options(folder)
    };
    Store::open(&options, |_| {}).unwrap()
}

fn check(store: &Store) {
    for (name, instance, factor, deleted) in SERIES {
        let labels = Labels::from_pairs([("__name__", name), ("instance", instance)]);
        let is_kept = |minute: &i64| deleted.as_ref().is_none_or(|range| !range.contains(minute));
        let minutes: Vec<i64> = (0..270).filter(is_kept).collect();
        let found = read_one(store, &labels);
        let times: Vec<i64> = minutes.iter().map(|minute| minute * MINUTE_MS).collect();
        let values: Vec<f64> = minutes.iter().map(|m| (m * factor) as f64).collect();
        assert_eq!(found.timestamps_ms, times, "{labels}");
        assert_eq!(found.values, values, "{labels}");
    }
}

#[test]
fn a_folder_of_the_first_format_opens_with_all_samples() {
    check_fixture("data-1");
}

#[test]
fn a_folder_without_histograms_opens_with_all_samples() {
    check_fixture("data-2");
}

fn check_fixture(name: &str) {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture(name), folder.path());
    let store = open(folder.path());
    assert_eq!(store.recovery().damaged_records, 0);
    assert!(store.recovery().damaged_blocks.is_empty());
    check(&store);
    store.maintain().unwrap();
    store.flush_head().unwrap();
    check(&store);
    drop(store);
    check(&open(folder.path()));
}
