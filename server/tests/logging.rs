//! The server whose log cannot be written goes on, and ends when it is to.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

#[expect(dead_code, reason = "the other binaries use the rest of it")]
mod exporter;
mod support;

use std::fs::File;
use std::io::{Write, pipe};
use std::process::Stdio;
use std::time::Duration;

use exporter::{Answer, Exporter};
use support::Andon;

/// A file that is full.
fn full() -> Stdio {
    let file = File::options().write(true).open("/dev/full");
    file.unwrap().into()
}

/// A pipe whose reader is gone, as when Ctrl-C ends `andon 2>&1 | tee log`.
fn without_reader() -> Stdio {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer.into()
}

/// A pipe that is full and stays so for as long as the process of the test lives.
fn stalled() -> Stdio {
    let (reader, mut writer) = pipe().unwrap();
    let log = writer.try_clone().unwrap();
    std::thread::spawn(move || {
        let _unread = reader;
        while writer.write_all(&[b'x'; 4096]).is_ok() {}
    });
    log.into()
}

/// Waits until the exporter is asked some times more.
async fn is_scraped_on(exporter: &Exporter) {
    let wanted = exporter.requests().len() + 3;
    while exporter.requests().len() < wanted {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A server that logs there scrapes a target that goes and comes back, says how
/// many lines were lost, and ends by a signal.
async fn check_goes_on(log: Stdio, loses_lines: bool) {
    let exporter = Exporter::of("a 1\n").await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("andon.toml");
    let job = format!(
        "[[scrape_configs]]\njob_name = \"j\"\nscrape_interval = \"100ms\"\n\
         static_configs = [{{ targets = [\"{}\"] }}]\n",
        exporter.address
    );
    std::fs::write(&config, job).unwrap();
    let arguments = ["--config", config.to_str().unwrap()];
    let mut andon = Andon::start_with_log(&arguments, log).await;
    for answer in [
        Answer::Other(500, "text/plain", String::new()),
        Answer::Page("a 2\n".to_owned()),
        Answer::Other(500, "text/plain", String::new()),
    ] {
        exporter.answer(answer);
        is_scraped_on(&exporter).await;
    }
    let metrics = reqwest::get(format!("{}/metrics", andon.url))
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    let lost = metrics.lines().find_map(|line| {
        let count = line.strip_prefix("andon_log_lines_dropped_total ")?;
        count.parse::<u64>().ok()
    });
    assert_eq!(lost.unwrap() > 0, loses_lines, "{lost:?}");
    assert_eq!(andon.signal("-TERM"), Some(0));
}

#[tokio::test]
async fn a_log_that_fails_costs_lines_alone() {
    check_goes_on(full(), true).await;
    check_goes_on(without_reader(), true).await;
}

#[tokio::test]
async fn a_log_that_nobody_reads_holds_up_nothing() {
    check_goes_on(stalled(), false).await; // the lines wait
}
