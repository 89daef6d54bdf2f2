//! A damaged block is said once and does not hold up what else is due.
#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;

use std::fs;

use common::{append, labels, options, sample};
use storage::Store;

const HOUR_MS: i64 = 3_600_000;

/// A folder with a block each of the first three hours.
fn blocks() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&options(folder.path()), |_| {}).unwrap();
    let mut random = fastrand::Rng::with_seed(1);
    for minute in 0..4 * 60 {
        let value = random.f64();
        append(
            &store,
            &labels("m", 0),
            &[sample(minute * HOUR_MS / 60, value)],
        );
        store.maintain().unwrap();
    }
    assert_eq!(store.counters().blocks, 3);
    folder
}

#[test]
fn the_next_blocks_are_merged_nevertheless() {
    let folder = blocks();
    let mut files: Vec<_> = fs::read_dir(folder.path().join("blocks"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let whole: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    let mut found = 0;
    for offset in (0..whole[0].len()).step_by(97) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("blocks")).unwrap();
        for (file, bytes) in files.iter().zip(&whole) {
            let mut bytes = bytes.clone();
            if *file == files[0] {
                bytes[offset] ^= 0x10;
            }
            let name = file.file_name().unwrap();
            fs::write(folder.path().join("blocks").join(name), bytes).unwrap();
        }
        let Ok(store) = Store::open(&options(folder.path()), |_| {}) else {
            continue;
        };
        append(&store, &labels("m", 0), &[sample(7 * HOUR_MS, 1.0)]);
        if store.maintain().is_err() {
            found += 1;
            store.maintain().unwrap();
            assert_eq!(store.counters().blocks, 3);
        }
    }
    assert!(found > 0);
}
