//! A full disk: refused, alive, nothing acknowledged lost, and on again.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]
#![expect(clippy::print_stdout, reason = "says what was skipped, and why")]

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;

use std::path::Path;
use std::process::Command;

use common::{labels, open, read_one, sample};
use series::{Labels, Sample};
use storage::{StorageError, Store};

const SERIES: usize = 50;
const MINUTE_MS: i64 = 60_000;

/// A small file system of its own, gone when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where mounting needs rights that the test does not have.
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"]);
        let mounted = mount.arg(folder.path()).output();
        let is_mounted = mounted.is_ok_and(|output| output.status.success());
        is_mounted.then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()));
    }
}

fn all_labels() -> impl Iterator<Item = Labels> {
    (0..SERIES).map(|index| labels("m", index))
}

/// One more sample of every series, a minute after the one before.
fn append(store: &Store, batch: usize) -> Result<(), StorageError> {
    let samples: Vec<(_, Sample)> = all_labels()
        .map(|labels| {
            let series = store.series_ref(&labels).unwrap();
            // Arbitrary bits, so that nothing compresses.
            let value = (batch as f64).sqrt().sin();
            (series, sample(batch as i64 * MINUTE_MS, value))
        })
        .collect();
    let outcome = store.append(&samples, i64::MAX)?;
    assert_eq!(outcome.rejected(), 0, "{outcome:?}");
    Ok(())
}

fn check(store: &Store, acknowledged: usize) {
    for labels in all_labels() {
        let found = read_one(store, &labels);
        assert!(
            found.len() >= acknowledged,
            "{} of {acknowledged}",
            found.len()
        );
        let times = (0..found.len()).map(|batch| batch as i64 * MINUTE_MS);
        assert!(found.timestamps_ms.iter().copied().eq(times));
    }
}

/// Appends until the disk refuses; maintenance on the way may find no room
/// first.
fn fill(store: &Store, acknowledged: &mut usize, maintain: bool) -> StorageError {
    loop {
        if maintain && acknowledged.is_multiple_of(500) {
            let _ = store.maintain();
        }
        match append(store, *acknowledged) {
            Ok(()) => *acknowledged += 1,
            Err(error) => return error,
        }
    }
}

fn fill_and_recover(maintain: bool) {
    let Some(disk) = SmallDisk::mount("6m") else {
        println!("SKIPPED: mounting a small file system needs root");
        return;
    };
    let folder = disk.path().join("data");
    let ballast = disk.path().join("ballast");
    let store = open(&folder);
    let mut acknowledged = 0;
    std::fs::write(&ballast, vec![1; 1 << 20]).unwrap();
    let refusal = fill(&store, &mut acknowledged, maintain);
    assert!(refusal.to_string().contains("No space left"), "{refusal}");
    assert!(append(&store, acknowledged).is_err());
    let _ = store.maintain();
    check(&store, acknowledged);
    std::fs::remove_file(&ballast).unwrap();
    for _ in 0..100 {
        append(&store, acknowledged).unwrap();
        acknowledged += 1;
    }
    // A block needs room beside the WAL that it frees.
    let _ = store.maintain();
    check(&store, acknowledged);
    drop(store);
    let store = open(&folder);
    assert_eq!(store.recovery().damaged_records, 0);
    check(&store, acknowledged);
}

#[test]
fn a_full_disk_refuses_and_recovers() {
    fill_and_recover(false);
}

#[test]
fn a_disk_that_fills_under_maintenance_recovers() {
    fill_and_recover(true);
}
