//! What somebody removes or damages in the data folder costs no more than it
//! held, and is said.
#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{append, labels, options, read_one, sample};
use series::{Matcher, SampleColumns, SeriesStore, StoreError, TimeRange};
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

/// Ten hours of a sample a minute in blocks, then one more sample in the WAL.
fn fill(folder: &Path) -> Store {
    let store = open(folder);
    for hours in [0..5, 5..10] {
        for time_ms in (hours.start * HOUR_MS..hours.end * HOUR_MS).step_by(60_000) {
            for index in 0..SERIES {
                append(
                    &store,
                    &labels("m", index),
                    &[sample(time_ms, index as f64)],
                );
            }
        }
        store.flush_head().unwrap();
    }
    for index in 0..SERIES {
        append(&store, &labels("m", index), &[sample(10 * HOUR_MS, 1.0)]);
    }
    store
}

const SAMPLES: usize = 10 * 60 + 1;

fn check_all(store: &Store) {
    for index in 0..SERIES {
        let found = read_one(store, &labels("m", index));
        assert_eq!(found.len(), SAMPLES, "series {index}");
        assert_eq!(found.values[0], index as f64, "series {index}");
    }
}

fn blocks(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.join("blocks").read_dir().unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|one| one == "block"));
    paths.sort();
    paths
}

/// The catalog is made anew, whole, and its references go to nobody else.
fn check_rebuilt(folder: &Path, was_missing: bool) {
    let store = open(folder);
    let rebuilt = store.recovery().catalog.unwrap();
    assert_eq!(rebuilt.was_missing, was_missing);
    assert_eq!(rebuilt.series, SERIES as u64);
    assert_eq!(rebuilt.series_without_labels, 0);
    assert_eq!(store.counters().catalogs_rebuilt, 1);
    check_all(&store);
    append(&store, &labels("new", 0), &[sample(10 * HOUR_MS, 7.0)]);
    assert_eq!(read_one(&store, &labels("new", 0)).values, [7.0]);
    check_all(&store);
    drop(store);
    let store = open(folder);
    assert_eq!(store.recovery().catalog, None, "it is whole again");
    check_all(&store);
}

#[test]
fn a_missing_catalog_is_made_from_blocks_and_wal() {
    let folder = tempfile::tempdir().unwrap();
    drop(fill(folder.path()));
    fs::remove_file(folder.path().join("catalog")).unwrap();
    check_rebuilt(folder.path(), true);
}

#[test]
fn a_damaged_catalog_is_made_from_blocks_and_wal() {
    for share in [0, 1, 2] {
        let folder = tempfile::tempdir().unwrap();
        drop(fill(folder.path()));
        let path = folder.path().join("catalog");
        let mut bytes = fs::read(&path).unwrap();
        let at = (bytes.len() - 1) * share / 2;
        bytes[at] ^= 4;
        fs::write(&path, &bytes).unwrap();
        check_rebuilt(folder.path(), false);
        let kept = fs::read(folder.path().join("catalog.damaged")).unwrap();
        assert_eq!(
            kept, bytes,
            "the damaged file stays for whoever can mend it"
        );
    }
}

#[test]
fn a_compacted_block_has_labels_too() {
    let folder = tempfile::tempdir().unwrap();
    let store = fill(folder.path());
    let long_after = 100 * HOUR_MS;
    for index in 0..SERIES {
        append(&store, &labels("m", index), &[sample(long_after, 1.0)]);
    }
    store.flush_head().unwrap();
    store.maintain().unwrap();
    assert!(store.counters().blocks_compacted > 0);
    drop(store);
    fs::remove_file(folder.path().join("catalog")).unwrap();
    fs::remove_dir_all(folder.path().join("log")).unwrap();
    let store = open(folder.path());
    assert_eq!(store.recovery().catalog.unwrap().series, SERIES as u64);
    for index in 0..SERIES {
        assert_eq!(read_one(&store, &labels("m", index)).len(), SAMPLES + 1);
    }
}

#[test]
fn series_of_blocks_without_labels_are_counted_and_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/data-1");
    fs::create_dir(folder.path().join("blocks")).unwrap();
    // A block of the first format alone, without catalog and WAL.
    let block = "blocks/0000000000000001.block";
    fs::copy(fixture.join(block), folder.path().join(block)).unwrap();
    let store = open(folder.path());
    assert_eq!(store.recovery().catalog.unwrap().series_without_labels, 6);
    // A new series of the same metric must not get their samples.
    let series = labels("jobs_total", 0);
    append(&store, &series, &[sample(HOUR_MS, 5.0)]);
    assert_eq!(read_one(&store, &series).values, [5.0]);
}

#[test]
fn a_removed_block_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let store = fill(folder.path());
    assert_eq!(store.counters().blocks_missing, 0);
    fs::remove_file(&blocks(folder.path())[0]).unwrap();
    store.maintain().unwrap();
    assert_eq!(store.counters().blocks_missing, 1);
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.recovery().missing_blocks.len(), 1);
    assert_eq!(store.counters().blocks_missing, 1);
    let left = read_one(&store, &labels("m", 0)).len();
    assert!(left > 0 && left < SAMPLES, "{left} samples");
}

/// Flips one bit in the middle of the first block: of a row, or of a page.
fn damage_a_row(folder: &Path) -> PathBuf {
    let path = blocks(folder).swap_remove(0);
    let bytes = fs::read(&path).unwrap();
    for at in (0..bytes.len()).step_by(64).rev() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x20;
        fs::write(&path, &damaged).unwrap();
        let store = open(folder);
        let opens = store.recovery().damaged_blocks.is_empty();
        if opens && is_partial(&store) {
            return path;
        }
    }
    unreachable!("no byte of {} is part of a row", path.display());
}

fn is_partial(store: &Store) -> bool {
    let readers = store.select(&[Matcher::equal("__name__", "m")], TimeRange::ALL);
    readers.unwrap().iter().any(|reader| {
        let mut samples = SampleColumns::default();
        matches!(
            reader.read(TimeRange::ALL, &mut samples),
            Err(StoreError::Partial(_))
        )
    })
}

#[test]
fn a_damaged_row_costs_its_samples_and_is_said() {
    let folder = tempfile::tempdir().unwrap();
    drop(fill(folder.path()));
    let path = damage_a_row(folder.path());
    let store = open(folder.path());
    let readers = store.select(&[Matcher::equal("__name__", "m")], TimeRange::ALL);
    let mut partial = 0;
    for reader in readers.unwrap() {
        let mut samples = SampleColumns::default();
        match reader.read(TimeRange::ALL, &mut samples) {
            Ok(()) => assert_eq!(samples.len(), SAMPLES),
            Err(StoreError::Partial(damage)) => {
                partial += 1;
                assert!(samples.len() > 1 && samples.len() < SAMPLES);
                assert!(samples.timestamps_ms.is_sorted_by(|a, b| a < b));
                let name = reader.labels().to_string();
                assert!(damage.starts_with(&name), "{damage}");
                assert!(damage.contains(&path.display().to_string()), "{damage}");
                assert!(damage.contains("from 0.000 to 17940.000"), "{damage}");
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(partial > 0);
    assert_eq!(store.counters().damaged_rows, partial);
}
