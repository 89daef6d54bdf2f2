//! `bench live`: ten thousand viewers of one board beside one viewer, on one server, in one run. Delays are counted
//! from the moment at which the first viewer has an event; the source's queries are counted by the source itself.

mod viewer;

use crate::page;
use crate::report::{Report, digits};
use crate::server::{Server, seconds_since};
use anyhow::{Result, bail};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use viewer::Seen;

const VIEWERS: usize = 10_000;
/// As many as the server allows one address; each batch comes from an address of loopback of its own.
const PER_ADDRESS: usize = 1_000;
const COUNTED: Duration = Duration::from_secs(30);
const STEP_MS: f64 = 1_000.0;
const BOARD: &str = "from=now-5m&to=now&refresh=1s";

/// Runs every part and adds its figures to `report`.
pub async fn measure(report: &mut Report) -> Result<()> {
    let (_demo, prometheus, board) = page::stack().await?;
    report.step("gathering data");
    tokio::time::sleep(Duration::from_secs(60)).await;
    opening(report, &board, &prometheus).await?;
    crowd(report, &board, &prometheus).await
}

/// Opens a board of a fixed time, which asks nothing while it is open: once, then a hundred times more.
async fn opening(report: &mut Report, board: &Server, prometheus: &Server) -> Result<()> {
    report.step("opening a board that others watch");
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)?
        .as_millis();
    let query = format!("from={}&to={}", now - 60_000, now - 5_000);
    let seen = Arc::new(Seen::default());
    let before = queries(prometheus).await?;
    let mut viewers = JoinSet::new();
    viewer::watch(&mut viewers, board, 0, &query, seen.clone()).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let first = queries(prometheus).await? - before;
    for _ in 0..100 {
        reqwest::get(format!("{}/?{query}", board.url))
            .await?
            .error_for_status()?;
        viewer::watch(&mut viewers, board, 0, &query, seen.clone()).await?;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let more = queries(prometheus).await? - before - first;
    let rows = [
        vec!["the first viewer".to_owned(), digits(first)],
        vec!["a hundred more".to_owned(), digits(more)],
    ];
    report.table("Queries that the source gets for one board", &rows);
    report.at_most("queries_of_another_viewer", more, "queries", 0.0);
    Ok(())
}

/// One viewer, then all of them.
async fn crowd(report: &mut Report, board: &Server, prometheus: &Server) -> Result<()> {
    let seen = Arc::new(Seen::default());
    let mut viewers = JoinSet::new();
    viewer::watch(&mut viewers, board, 0, BOARD, seen.clone()).await?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    report.step("one viewer");
    let alone = queries_a_second(prometheus).await?;
    let few = board.resident_bytes()? / 1e6;
    report.step(&format!("{VIEWERS} viewers come"));
    while viewers.len() < VIEWERS {
        let from = viewers.len() / PER_ADDRESS;
        viewer::watch(&mut viewers, board, from, BOARD, seen.clone()).await?;
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    report.step("all of them watch");
    seen.start();
    let cpu = board.cpu_seconds()?;
    let together = queries_a_second(prometheus).await?;
    let cpu = (board.cpu_seconds()? - cpu) / COUNTED.as_secs_f64() * 100.0;
    let frames = Frames::of(&seen.stop(VIEWERS).await)?;
    let memory = [few, board.resident_bytes()? / 1e6];
    say(report, &frames, memory, cpu, [alone, together]);
    Ok(())
}

/// Table and figures of the crowd; `memory` is the server's in MB and `queries` are the source's a second, with one
/// viewer and with all.
fn say(report: &mut Report, frames: &Frames, memory: [f64; 2], cpu: f64, queries: [f64; 2]) {
    let [few, memory] = memory;
    let [alone, together] = queries;
    let rows = [
        ("events counted", frames.events as f64),
        ("frames missed", frames.missed as f64),
        ("delay, median, ms", frames.delay_ms(0.5)),
        ("delay, p99, ms", frames.delay_ms(0.99)),
        ("server memory, one viewer, MB", few),
        ("server memory, all viewers, MB", memory),
        ("server CPU, % of one core", cpu),
        ("source queries a second, one viewer", alone),
        ("source queries a second, all viewers", together),
    ];
    let rows = rows.map(|(name, number)| vec![name.to_owned(), digits(number)]);
    report.table(
        &format!("{VIEWERS} viewers of the overview, a step a second, on shared cores"),
        &rows,
    );
    report.at_most("frames_missed", frames.missed as f64, "frames", 0.0);
    report.at_most("delay_p99", frames.delay_ms(0.99), "ms", STEP_MS);
    report.at_most("live_memory", memory, "MB", 100.0);
    report.at_most("queries_to_one_viewer", together / alone, "of", 1.05);
}

/// What became of the events that every viewer should have.
struct Frames {
    events: usize,
    missed: usize,
    /// Ascending.
    delays_ms: Vec<f64>,
}

impl Frames {
    fn of(events: &[Vec<f64>]) -> Result<Self> {
        if events.is_empty() {
            bail!("no event came");
        }
        let missed = events
            .iter()
            .map(|delays| VIEWERS.saturating_sub(delays.len()))
            .sum();
        let mut delays_ms: Vec<f64> = events.iter().flatten().copied().collect();
        delays_ms.sort_by(f64::total_cmp);
        Ok(Self {
            events: events.len(),
            missed,
            delays_ms,
        })
    }

    /// The delay that `share` of all frames do not exceed.
    fn delay_ms(&self, share: f64) -> f64 {
        let index = (self.delays_ms.len() as f64 * share) as usize;
        self.delays_ms.get(index).copied().unwrap_or(f64::NAN)
    }
}

async fn queries_a_second(prometheus: &Server) -> Result<f64> {
    let (before, start) = (queries(prometheus).await?, Instant::now());
    tokio::time::sleep(COUNTED).await;
    Ok((queries(prometheus).await? - before) / seconds_since(start))
}

/// Queries that Prometheus has answered, by its own count.
async fn queries(prometheus: &Server) -> Result<f64> {
    let page = reqwest::get(format!("{}/metrics", prometheus.url))
        .await?
        .text()
        .await?;
    let counts = page
        .lines()
        .filter(|line| {
            line.starts_with("prometheus_http_requests_total{") && line.contains("/api/v1/query")
        })
        .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
    Ok(counts.sum())
}
