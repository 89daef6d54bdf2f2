//! Jobs that are scraped at different intervals, on boards of one source.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

mod support;

use std::time::Duration;

use server::clock::now_ms;
use support::{Andon, TimeSeries, series, wait_for};

const BOARD: &str = "version: 1
title: Mixed
time: {from: now-2m, refresh: 1s}
panels:
  - {id: 1, title: Rows, kind: stat, queries: [{expr: 'rate(rows_total[$__rate_interval])', legend: rows}]}
  - {id: 2, title: Hits, kind: stat, queries: [{expr: 'rate(hits_total[$__rate_interval])', legend: hits}]}
";

/// Ten minutes of a job's target and of a counter of its, up to now.
fn scraped(job: &str, counter: &str, interval_ms: i64) -> [TimeSeries; 2] {
    let now_ms = now_ms();
    let times = (0..600_000 / interval_ms).rev();
    let times: Vec<i64> = times.map(|age| now_ms - age * interval_ms).collect();
    let up: Vec<(i64, f64)> = times.iter().map(|time| (*time, 1.0)).collect();
    let counts: Vec<(i64, f64)> = times
        .iter()
        .map(|time| (*time, (time % 1_000_000_000) as f64))
        .collect();
    let labels = |name| [("__name__", name), ("instance", "i"), ("job", job)];
    [
        series(&labels("up"), &up),
        series(&labels(counter), &counts),
    ]
}

/// Waits until the last points of a panel all have values. How often a job is
/// scraped is learned again a moment after nothing was known.
async fn wait_for_values(andon: &Andon, panel: u32) {
    let csv = format!("{}/api/csv?board=mixed&panel={panel}", andon.url);
    wait_for(&csv).await;
    loop {
        let text = reqwest::get(&csv).await.unwrap().text().await.unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines.iter().rev().take(15);
        let empty = last.filter(|line| line.ends_with(',')).count();
        if lines.len() > 15 && empty <= 2 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn the_rate_of_a_slow_job_beside_a_quick_one_has_values() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mixed.yaml"), BOARD).unwrap();
    let andon = Andon::start(&["--boards", folder.path().to_str().unwrap()]).await;
    let quick = scraped("quick", "hits_total", 1_000);
    let slow = scraped("slow", "rows_total", 60_000);
    assert_eq!(andon.write(&[quick, slow].concat()).await, 204);
    wait_for_values(&andon, 1).await;
    wait_for_values(&andon, 2).await;
}
