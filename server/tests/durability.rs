//! What remote write acknowledged stays: the real binary killed at any moment
//! under writers, its log damaged, its disk full.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{SystemTime, UNIX_EPOCH};

use support::{Andon, TimeSeries, series, skipped};
use tempfile::TempDir;
use tokio::task::JoinSet;

const KILLS: usize = 20;
const WRITERS: usize = 8;
const SERIES_OF_WRITER: usize = 10;
const STEP_MS: i64 = 1_000;

/// When the first batch is dated: the same in all runs of one test.
fn start_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap() - 3 * 86_400_000
}

async fn open(folder: &Path) -> Andon {
    Andon::start(&["--data-dir", folder.to_str().unwrap()]).await
}

/// Batch `number` of a writer: one sample of each of its series.
fn batch(writer: usize, number: usize, start_ms: i64) -> Vec<TimeSeries> {
    let name = format!("writer_{writer}");
    let sample = (start_ms + number as i64 * STEP_MS, number as f64);
    let one = |index: usize| {
        let labels = [("__name__", name.as_str()), ("index", &index.to_string())];
        series(&labels, &[sample])
    };
    (0..SERIES_OF_WRITER).map(one).collect()
}

/// How many batches of the writer there are, of which none may miss.
async fn batches(andon: &Andon, writer: usize, start_ms: i64) -> usize {
    let at = (start_ms + 3 * 86_400_000) / 1000;
    let path = format!("/api/v1/query?query=writer_{writer}[4d]&time={at}");
    let found = andon.data(&path).await["result"].clone();
    let found = found.as_array().unwrap();
    let counts = found.iter().map(|series| {
        let samples = series["values"].as_array().unwrap();
        for (number, sample) in samples.iter().enumerate() {
            assert_eq!(sample[1], number.to_string(), "writer {writer} has a gap");
        }
        samples.len()
    });
    if found.len() < SERIES_OF_WRITER {
        0
    } else {
        counts.min().unwrap()
    }
}

/// Sends batch after batch until the server is gone; counts those that were
/// acknowledged.
async fn write_until_killed(
    url: String,
    writer: usize,
    start_ms: i64,
    acknowledged: Arc<AtomicUsize>,
) {
    let client = reqwest::Client::new();
    loop {
        let number = acknowledged.load(SeqCst);
        let body = support::request(&batch(writer, number, start_ms));
        let request = client.post(format!("{url}/api/v1/write")).body(body);
        match request.send().await {
            Ok(answer) => assert_eq!(answer.status(), 204),
            Err(_) => return,
        }
        acknowledged.store(number + 1, SeqCst);
    }
}

/// Lets writers send until `more` batches are acknowledged, then kills the
/// server under them.
async fn kill_under_writers(
    folder: &Path,
    start_ms: i64,
    acknowledged: &[Arc<AtomicUsize>],
    more: usize,
) {
    let mut andon = open(folder).await;
    let mut writers = JoinSet::new();
    for (writer, acknowledged) in acknowledged.iter().enumerate() {
        let (url, acknowledged) = (andon.url.clone(), Arc::clone(acknowledged));
        writers.spawn(write_until_killed(url, writer, start_ms, acknowledged));
    }
    let total = || -> usize { acknowledged.iter().map(|one| one.load(SeqCst)).sum() };
    let wanted = total() + more;
    while total() < wanted {
        tokio::task::yield_now().await;
    }
    assert_eq!(andon.signal("-KILL"), None);
    writers.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let start_ms = start_ms();
    let acknowledged: Vec<Arc<AtomicUsize>> = (0..WRITERS).map(|_| Arc::default()).collect();
    for kill in 0..KILLS {
        let more = 5 + 17 * kill % 60;
        kill_under_writers(folder.path(), start_ms, &acknowledged, more).await;
        let andon = open(folder.path()).await;
        for (writer, acknowledged) in acknowledged.iter().enumerate() {
            let found = batches(&andon, writer, start_ms).await;
            let acknowledged = acknowledged.load(SeqCst);
            assert!(
                found >= acknowledged,
                "kill {kill}: {found} of {acknowledged}"
            );
        }
    }
}

/// The largest file of the log.
fn log_file(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder.join("log")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    paths
        .max_by_key(|path| path.metadata().unwrap().len())
        .unwrap()
}

/// Of ten batches, one each request, how many outlive `damage` to the log.
async fn after_damage(damage: impl Fn(&mut Vec<u8>)) -> (usize, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut andon = open(folder.path()).await;
    let start_ms = start_ms();
    for number in 0..10 {
        assert_eq!(andon.write(&batch(0, number, start_ms)).await, 204);
    }
    andon.signal("-KILL");
    let path = log_file(folder.path());
    let mut bytes = std::fs::read(&path).unwrap();
    damage(&mut bytes);
    std::fs::write(&path, bytes).unwrap();
    let andon = open(folder.path()).await;
    let at = (start_ms + 3 * 86_400_000) / 1000;
    let path =
        format!("/api/v1/query?query=count_over_time(writer_0{{index=\"0\"}}[4d])&time={at}");
    let count = andon.data(&path).await["result"][0]["value"][1].clone();
    let metrics = reqwest::get(format!("{}/metrics", andon.url))
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    let reported = metrics.lines().any(|line| {
        line.starts_with("andon_store_log_damaged_records_total ") && !line.ends_with(" 0")
    });
    assert!(reported, "{metrics}");
    (count.as_str().unwrap().parse().unwrap(), folder)
}

#[tokio::test]
async fn damage_to_the_log_loses_the_damaged_record_alone() {
    let torn = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 3);
    assert_eq!(after_damage(torn).await.0, 9);
    // The last frames are of one batch each: a bit in the middle of the tail.
    let flipped = |bytes: &mut Vec<u8>| {
        let index = bytes.len() * 9 / 10;
        bytes[index] ^= 1;
    };
    assert_eq!(after_damage(flipped).await.0, 9);
}

/// A small file system of its own, gone when dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// `None` where mounting needs rights that the test does not have.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=6m", "none"]);
        let mounted = mount.arg(folder.path()).output();
        let is_mounted = mounted.is_ok_and(|output| output.status.success());
        is_mounted.then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server on it may still be ending.
        let unmounted = Command::new("umount").arg("-l").arg(self.0.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()));
    }
}

/// Values that nothing compresses, one sample a series.
fn incompressible(number: usize, start_ms: i64) -> Vec<TimeSeries> {
    let one = |index: usize| {
        let labels = [("__name__", "noise"), ("index", &index.to_string())];
        let value = ((number * 1_000 + index) as f64).sqrt().sin();
        series(&labels, &[(start_ms + number as i64 * STEP_MS, value)])
    };
    (0..1_000).map(one).collect()
}

#[tokio::test]
async fn a_full_disk_refuses_and_takes_again() {
    let Some(disk) = SmallDisk::mount() else {
        skipped("mounting a small file system needs root");
        return;
    };
    let start_ms = start_ms();
    let ballast = disk.0.path().join("ballast");
    std::fs::write(&ballast, vec![1; 1 << 20]).unwrap();
    let mut andon = open(&disk.0.path().join("data")).await;
    let mut acknowledged = 0;
    let refusal = loop {
        match andon.write(&incompressible(acknowledged, start_ms)).await {
            status if status.is_success() => acknowledged += 1,
            status => break status,
        }
    };
    assert!(refusal.is_server_error(), "{refusal}");
    let count = "/api/v1/query?query=count_over_time(noise{index=\"7\"}[4d])";
    let at = (start_ms + 3 * 86_400_000) / 1000;
    let count = format!("{count}&time={at}");
    let stored = async |andon: &Andon| -> usize {
        let value = andon.data(&count).await["result"][0]["value"][1].clone();
        value.as_str().unwrap().parse().unwrap()
    };
    assert!(stored(&andon).await >= acknowledged, "it still answers");
    std::fs::remove_file(&ballast).unwrap();
    let status = andon.write(&incompressible(acknowledged, start_ms)).await;
    assert_eq!(status, 204, "there is room again");
    andon.signal("-KILL");
    let andon = open(&disk.0.path().join("data")).await;
    assert!(stored(&andon).await > acknowledged);
}
