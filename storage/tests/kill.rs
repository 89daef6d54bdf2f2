//! `kill -9` under many writers: nothing that was acknowledged is lost.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]
#![expect(clippy::print_stdout, reason = "the child tells its parent")]

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{histogram, labels, open, read_one, sample};
use storage::Store;

const FOLDER_VARIABLE: &str = "ANDON_TEST_KILL_FOLDER";
const KILLS: usize = 20;
const WRITERS: usize = 8;
const SERIES_OF_WRITER: usize = 20;

fn series_of(writer: usize) -> impl Iterator<Item = series::Labels> {
    (0..SERIES_OF_WRITER).map(move |index| labels(&format!("writer_{writer}"), index))
}

fn histograms_of(writer: usize) -> series::Labels {
    labels(&format!("histograms_{writer}"), 0)
}

/// How many batches of a writer the store has; all its series must agree but
/// for the last batch, which may have been under way.
fn batches(store: &Store, writer: usize) -> usize {
    let counts = series_of(writer).map(|labels| {
        let columns = read_one(store, &labels);
        let expected = (0..columns.len()).map(|batch| batch as f64);
        assert!(
            columns.values.iter().copied().eq(expected),
            "{labels} has gaps"
        );
        columns.len()
    });
    let floats = counts.min().unwrap();
    let columns = read_one(store, &histograms_of(writer));
    let found = columns.iter_histograms();
    let histograms = found.map(|(time, one)| (time, one.count));
    let expected = (0..columns.lengths().histograms as i64).map(|b| (b * 60_000, b as f64));
    assert!(histograms.eq(expected), "writer {writer} has gaps");
    floats.min(columns.lengths().histograms)
}

/// Writes and acknowledges until it is killed. The test below runs itself
/// as this, in a process of its own.
fn write_until_killed(folder: &Path) {
    let store = open(folder);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let store = &store;
            scope.spawn(move || write_for_ever(store, writer));
        }
        loop {
            store.maintain().unwrap();
            std::thread::sleep(Duration::from_millis(5));
        }
    });
}

fn write_for_ever(store: &Store, writer: usize) {
    let first = batches(store, writer);
    let series: Vec<_> = series_of(writer)
        .map(|labels| store.series_ref(&labels).unwrap())
        .collect();
    for batch in first.. {
        // A minute a batch: the head has something to hand to the disk.
        let sample = sample(batch as i64 * 60_000, batch as f64);
        let samples: Vec<_> = series.iter().map(|&one| (one, sample)).collect();
        let outcome = store.append(&samples, i64::MAX).unwrap();
        assert_eq!(outcome.rejected(), 0, "{outcome:?}");
        let labels = histograms_of(writer);
        let histograms = [histogram(batch as i64 * 60_000, batch as f64)];
        let outcome = common::append_histograms(store, &labels, &histograms);
        assert_eq!(outcome.rejected(), 0, "{outcome:?}");
        println!("acknowledged {writer} {batch}");
    }
}

#[test]
fn nothing_acknowledged_is_lost() {
    if let Some(folder) = std::env::var_os(FOLDER_VARIABLE) {
        return write_until_killed(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut random = fastrand::Rng::with_seed(9);
    let mut acknowledged = [0; WRITERS];
    for kill in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "nothing_acknowledged_is_lost", "--nocapture"])
            .env(FOLDER_VARIABLE, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut wanted = random.usize(1..1500);
        // The pipe is read to its end: what was acknowledged before the kill.
        while let Some(Ok(line)) = lines.next() {
            let words: Vec<&str> = line.split(' ').collect();
            let ["acknowledged", writer, batch] = words[..] else {
                continue;
            };
            let (writer, batch): (usize, usize) = (writer.parse().unwrap(), batch.parse().unwrap());
            acknowledged[writer] = batch + 1;
            wanted = wanted.saturating_sub(1);
            if wanted == 0 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        let store = open(folder.path());
        for (writer, &acknowledged) in acknowledged.iter().enumerate() {
            let found = batches(&store, writer);
            assert!(
                found >= acknowledged,
                "kill {kill}: {found} of {acknowledged}"
            );
        }
    }
}
