//! A block whose file is damaged costs its own samples, is reported, and
//! holds nothing else up.
#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;

use std::path::{Path, PathBuf};

use common::{labels, options, read, sample};
use series::{Matcher, TimeRange};
use storage::{Options, Store};

const HOUR_MS: i64 = 3_600_000;

fn open(folder: &Path) -> Store {
    let options = Options {
        retention_ms: i64::MAX,
        ..options(folder)
    };
    Store::open(&options, |_| {}).unwrap()
}

/// A sample a minute for ten hours, the older ones in blocks.
fn fill(folder: &Path) -> usize {
    let store = open(folder);
    let series = store.series_ref(&labels("one", 1)).unwrap();
    let times: Vec<i64> = (0..10 * HOUR_MS).step_by(60_000).collect();
    for time_ms in &times {
        let batch = [(series, sample(*time_ms, 1.0))];
        store.append(&batch, i64::MAX).unwrap();
    }
    store.maintain().unwrap();
    store.flush_head().unwrap();
    times.len()
}

fn blocks(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.join("blocks").read_dir().unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn held(store: &Store) -> usize {
    let all = Matcher::equal("__name__", "one");
    let found = read(store, std::slice::from_ref(&all), TimeRange::ALL);
    found.iter().map(|(_, columns)| columns.len()).sum()
}

fn check(damage: impl Fn(&mut Vec<u8>)) {
    let folder = tempfile::tempdir().unwrap();
    let written = fill(folder.path());
    let paths = blocks(folder.path());
    assert!(paths.len() > 1, "the test needs two blocks");
    let mut bytes = std::fs::read(&paths[0]).unwrap();
    damage(&mut bytes);
    std::fs::write(&paths[0], bytes).unwrap();
    let store = open(folder.path());
    let left_out = &store.recovery().damaged_blocks;
    assert_eq!(left_out.len(), 1);
    assert_eq!(left_out[0].path, paths[0]);
    let readable = held(&store);
    assert!(
        readable > 0 && readable < written,
        "{readable} of {written}"
    );
    assert!(paths[0].exists(), "the file stays for whoever can mend it");
}

#[test]
fn a_block_without_its_beginning_is_left_out() {
    check(|bytes| bytes[..512].fill(0));
}

#[test]
fn a_block_that_is_cut_off_is_left_out() {
    check(|bytes| bytes.truncate(bytes.len() / 2));
}

#[test]
fn a_block_with_a_damaged_table_of_tables_is_left_out() {
    check(|bytes| bytes[512..].iter_mut().for_each(|byte| *byte ^= 0x55));
}
