//! The data folder as a whole: its format, whose it is, snapshots, repairs.
#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};

use common::{append, labels, options, read_one, sample};
use series::{Matcher, SampleColumns, SeriesStore, TimeRange};
use storage::{Options, Store};

const HOUR_MS: i64 = 3_600_000;
const SERIES: usize = 3;

fn open(folder: &Path) -> Store {
    let options = Options {
        retention_ms: i64::MAX,
        ..options(folder)
    };
    Store::open(&options, |_| {}).unwrap()
}

/// A sample a minute: two blocks of an hour, then one sample in the WAL.
fn fill(folder: &Path) -> Store {
    let store = open(folder);
    for hour in 0..2 {
        for time_ms in (hour * HOUR_MS..(hour + 1) * HOUR_MS).step_by(60_000) {
            for index in 0..SERIES {
                append(&store, &labels("m", index), &[sample(time_ms, 1.0)]);
            }
        }
        store.flush_head().unwrap();
    }
    for index in 0..SERIES {
        append(&store, &labels("m", index), &[sample(2 * HOUR_MS, 1.0)]);
    }
    store
}

const SAMPLES: usize = 121;

/// Every file below the folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(contents(&path));
        } else {
            all.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    all
}

fn block(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("blocks/{number:016x}.block"))
}

/// Samples that can be read, and series of which some cannot.
fn readable(store: &Store) -> (usize, usize) {
    let (mut samples, mut partial) = (0, 0);
    let found = store.select(&[Matcher::equal("__name__", "m")], TimeRange::ALL);
    for series in found.unwrap() {
        let mut columns = SampleColumns::default();
        partial += usize::from(series.read(TimeRange::ALL, &mut columns).is_err());
        samples += columns.len();
    }
    (samples, partial)
}

#[test]
fn a_folder_of_a_later_format_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    drop(fill(folder.path()));
    let format = "version 1000\nwritten_by andon 99.0.0\n";
    fs::write(folder.path().join("FORMAT"), format).unwrap();
    let before = contents(folder.path());
    let refusals = [
        Store::open(&options(folder.path()), |_| {}).err(),
        storage::inspect(folder.path()).err(),
        storage::repair(folder.path()).err(),
        storage::snapshot_folder(folder.path(), &folder.path().join("to")).err(),
    ];
    for refused in refusals {
        let words = refused.unwrap().to_string();
        assert!(
            words.contains("format 1000, written by andon 99.0.0"),
            "{words}"
        );
        assert!(words.contains("reads up to 1"), "{words}");
    }
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn a_folder_in_use_says_by_whom() {
    let folder = tempfile::tempdir().unwrap();
    let store = fill(folder.path());
    let inspection = storage::inspect(folder.path()).unwrap();
    let holder = inspection.holder.unwrap().to_string();
    assert!(holder.contains(&std::process::id().to_string()), "{holder}");
    for refused in [
        Store::open(&options(folder.path()), |_| {}).err().unwrap(),
        storage::repair(folder.path()).unwrap_err(),
    ] {
        let words = refused.to_string();
        assert!(
            words.contains(&format!("in use by another process: {holder}")),
            "{words}"
        );
    }
    drop(store);
    assert_eq!(storage::inspect(folder.path()).unwrap().holder, None);
}

#[test]
fn a_snapshot_under_writes_has_all_that_was_acknowledged_before() {
    let folder = tempfile::tempdir().unwrap();
    let store = fill(folder.path());
    let acknowledged = AtomicI64::new(0);
    let written = labels("written", 0);
    let (name, expected) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for time in 1..20_000 {
                append(&store, &written, &[sample(time, 1.0)]);
                acknowledged.store(time, Ordering::SeqCst);
            }
        });
        while acknowledged.load(Ordering::SeqCst) < 100 {
            std::thread::yield_now();
        }
        let expected = acknowledged.load(Ordering::SeqCst);
        let name = store.snapshot(false).unwrap();
        writer.join().unwrap();
        (name, expected)
    });
    let copy = folder.path().join("snapshots").join(name);
    let before = contents(&copy);
    let found = open(&copy);
    assert_eq!(readable(&found), (SERIES * SAMPLES, 0));
    assert!(read_one(&found, &written).len() as i64 >= expected);
    drop(found);
    // What the store does later changes nothing in it.
    store.flush_head().unwrap();
    store.delete_series(&[], TimeRange::ALL).unwrap();
    store.clean_tombstones().unwrap();
    for (path, bytes) in before {
        assert_eq!(
            fs::read(&path).unwrap_or_default(),
            bytes,
            "{}",
            path.display()
        );
    }
    assert_eq!(storage::check(&copy).unwrap(), []);
}

#[test]
fn a_snapshot_without_the_head_has_the_blocks_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = fill(folder.path());
    let name = store.snapshot(true).unwrap();
    let copy = open(&folder.path().join("snapshots").join(&name));
    assert_eq!(readable(&copy), (SERIES * (SAMPLES - 1), 0));
    assert_eq!(storage::inspect(folder.path()).unwrap().snapshots, [name]);
    drop(store);
    let to = folder.path().join("elsewhere");
    storage::snapshot_folder(folder.path(), &to).unwrap();
    assert_eq!(readable(&open(&to)), (SERIES * SAMPLES, 0));
    let words = storage::snapshot_folder(folder.path(), &to).unwrap_err();
    assert!(words.to_string().contains("exists"), "{words}");
}

#[test]
fn a_lost_block_is_told_with_its_times_until_a_repair() {
    let folder = tempfile::tempdir().unwrap();
    drop(fill(folder.path()));
    fs::remove_file(block(folder.path(), 1)).unwrap();
    fs::write(block(folder.path(), 2), "no block").unwrap();
    let range = |hour: i64| TimeRange {
        start_ms: hour * HOUR_MS,
        end_ms: (hour + 1) * HOUR_MS - 60_000,
    };
    let lost = [
        (block(folder.path(), 1), range(0)),
        (block(folder.path(), 2), range(1)),
    ];
    for _ in 0..2 {
        let store = open(folder.path());
        assert_eq!(store.recovery().lost_ranges, lost);
        assert_eq!(store.counters().blocks_missing, 1);
        assert_eq!(store.counters().blocks_damaged, 1);
        store.flush_head().unwrap();
    }
    assert_eq!(storage::check(folder.path()).unwrap().len(), 2);
    let repair = storage::repair(folder.path()).unwrap();
    let aside = folder.path().join("damaged/0000000000000002.block");
    assert_eq!(repair.set_aside, std::slice::from_ref(&aside));
    assert_eq!(fs::read(aside).unwrap(), b"no block");
    assert_eq!(storage::check(folder.path()).unwrap(), []);
    let store = open(folder.path());
    assert_eq!(store.recovery().lost_ranges, []);
    assert_eq!(readable(&store), (SERIES, 0));
}

#[test]
fn a_repair_keeps_all_that_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    drop(fill(folder.path()));
    let path = block(folder.path(), 1);
    let bytes = fs::read(&path).unwrap();
    let mut tried = 0;
    for at in (0..bytes.len()).step_by(64).rev() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x20;
        fs::write(&path, &damaged).unwrap();
        let store = open(folder.path());
        let (before, partial) = readable(&store);
        let opens = store.recovery().damaged_blocks.is_empty();
        drop(store);
        if !opens || partial == 0 {
            continue;
        }
        tried += 1;
        assert!(!storage::check(folder.path()).unwrap().is_empty());
        let repair = storage::repair(folder.path()).unwrap();
        assert_eq!(repair.lost_rows as usize, partial);
        assert_eq!(fs::read(&repair.set_aside[0]).unwrap(), damaged);
        assert_eq!(storage::check(folder.path()).unwrap(), []);
        assert_eq!(readable(&open(folder.path())), (before, 0));
        break;
    }
    assert_eq!(tried, 1, "no byte of {} is part of a row", path.display());
}

#[test]
fn a_repair_leaves_damaged_records_of_the_log_behind() {
    let folder = tempfile::tempdir().unwrap();
    drop(fill(folder.path()));
    let log = folder.path().join("log");
    let mut segments: Vec<PathBuf> = log
        .read_dir()
        .unwrap()
        .map(|one| one.unwrap().path())
        .collect();
    segments.sort();
    let path = segments.pop().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(storage::check(folder.path()).unwrap().len(), 1);
    let before = readable(&open(folder.path()));
    let repair = storage::repair(folder.path()).unwrap();
    assert!(repair.lost_records > 0);
    assert_eq!(storage::check(folder.path()).unwrap(), []);
    assert_eq!(readable(&open(folder.path())), before);
}

#[test]
fn what_was_deleted_goes_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let store = fill(folder.path());
    store.flush_head().unwrap();
    let before = store.counters().blocks_samples;
    let one = [Matcher::equal("instance", "0")];
    store.delete_series(&one, TimeRange::ALL).unwrap();
    assert_eq!(store.counters().blocks_samples, before, "marked alone");
    store.clean_tombstones().unwrap();
    let expected = before - SAMPLES as u64;
    assert_eq!(store.counters().blocks_samples, expected);
    drop(store);
    assert_eq!(readable(&open(folder.path())), ((SERIES - 1) * SAMPLES, 0));
}
