//! What a damaged log still gives back.
#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{append, labels, open, options, read_one, sample};
use series::Labels;
use storage::{ReplayProgress, SeriesRefused, Store};

/// Batches of a written store, each its own record and each of all series.
const BATCHES: i64 = 50;
const SERIES: usize = 4;

fn write(folder: &Path) {
    let store = open(folder);
    for batch in 0..BATCHES {
        for instance in 0..SERIES {
            let samples = [sample(batch * 1000, batch as f64)];
            append(&store, &labels("m", instance), &samples);
        }
    }
}

fn wal_files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder.join("log")).unwrap();
    files.map(|entry| entry.unwrap().path()).collect()
}

fn stored(store: &Store) -> usize {
    let count = |instance| read_one(store, &labels("m", instance)).len();
    (0..SERIES).map(count).sum()
}

#[test]
fn everything_comes_back_with_progress() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let mut told = Vec::new();
    let store = Store::open(&options(folder.path()), |progress| told.push(progress)).unwrap();
    assert_eq!(stored(&store), BATCHES as usize * SERIES);
    assert_eq!(store.recovery().damaged_records, 0);
    let all = ReplayProgress {
        replayed_bytes: told[0].total_bytes,
        total_bytes: told[0].total_bytes,
        samples: stored(&store) as u64,
    };
    assert_eq!((told[0].replayed_bytes, told.last()), (0, Some(&all)));
}

#[test]
fn a_flipped_bit_loses_only_its_record() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let [file] = wal_files(folder.path()).try_into().unwrap();
    let whole = fs::read(&file).unwrap();
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..60 {
        let mut damaged = whole.clone();
        let bit = random.usize(..whole.len() * 8);
        damaged[bit / 8] ^= 1 << (bit % 8);
        fs::write(&file, &damaged).unwrap();
        let store = open(folder.path());
        let recovery = store.recovery();
        assert_eq!(recovery.damaged_records, 1, "bit {bit}: {recovery:?}");
        assert_eq!(recovery.damage[0].path, file);
        assert_eq!(recovery.samples_without_series, 0, "bit {bit}");
        let lost = BATCHES as usize * SERIES - stored(&store);
        // A record of definitions has a copy; each other one holds a sample.
        assert!(lost <= 1, "bit {bit}: {lost} lost");
    }
}

#[test]
fn a_torn_tail_loses_only_the_tail() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let [file] = wal_files(folder.path()).try_into().unwrap();
    let whole = fs::read(&file).unwrap();
    let mut before = BATCHES as usize * SERIES;
    for cut in 1..60 {
        fs::write(&file, &whole[..whole.len() - cut]).unwrap();
        let store = open(folder.path());
        assert!(store.recovery().damaged_records <= 1);
        let now = stored(&store);
        assert!(before - now <= 1, "{} lost by one byte", before - now);
        before = now;
    }
    assert!(before < BATCHES as usize * SERIES);
}

#[test]
fn writing_goes_on_after_damage() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let [file] = wal_files(folder.path()).try_into().unwrap();
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 5]).unwrap();
    let new = labels("m", SERIES);
    append(&open(folder.path()), &new, &[sample(1, 1.0)]);
    let store = open(folder.path());
    assert_eq!(read_one(&store, &new).len(), 1);
    assert_eq!(stored(&store), BATCHES as usize * SERIES - 1);
}

#[test]
fn a_folder_serves_one_store() {
    let folder = tempfile::tempdir().unwrap();
    let _store = open(folder.path());
    let second = Store::open(&options(folder.path()), |_| {});
    let message = second.err().unwrap().to_string();
    assert!(message.contains("another process"), "{message}");
}

#[test]
fn any_bytes_open() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let [file] = wal_files(folder.path()).try_into().unwrap();
    let whole = fs::read(&file).unwrap();
    let mut random = fastrand::Rng::with_seed(5);
    for _ in 0..200 {
        let mut damaged = whole.clone();
        for _ in 0..random.usize(1..30) {
            let start = random.usize(..damaged.len());
            let end = damaged.len().min(start + random.usize(1..40));
            match random.u8(0..3) {
                0 => damaged[start..end].fill_with(|| random.u8(..)),
                1 => drop(damaged.drain(start..end)),
                _ => damaged.truncate(damaged.len().max(200) - random.usize(0..100)),
            }
        }
        fs::write(&file, &damaged).unwrap();
        stored(&open(folder.path()));
    }
}

#[test]
fn labels_that_the_log_could_not_read_back_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let of = |bytes: usize| Labels::from_pairs([("__name__", "m"), ("x", &"x".repeat(bytes))]);
    assert!(matches!(
        store.series_ref(&of(17 << 20)),
        Err(SeriesRefused::LongLabels { .. })
    ));
    let (long, after) = (of(1_000_000), labels("m", 0));
    for series in [&long, &after] {
        append(&store, series, &[sample(1, 1.0)]);
    }
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.recovery().damaged_records, 0);
    for series in [&long, &after] {
        assert_eq!(read_one(&store, series).len(), 1);
    }
}

#[test]
fn a_repeated_sample_is_acknowledged_only_once_the_log_has_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let labels = labels("m", 0);
    append(&store, &labels, &[sample(0, 0.0)]);
    for time in 1..500 {
        let before = store.counters().wal_bytes_written;
        let both = std::sync::Barrier::new(2);
        let write = || {
            both.wait();
            append(&store, &labels, &[sample(time, 1.0)]);
            assert!(store.counters().wal_bytes_written > before);
        };
        std::thread::scope(|scope| {
            scope.spawn(write);
            scope.spawn(write);
        });
    }
}
