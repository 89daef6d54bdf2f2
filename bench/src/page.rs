//! `bench page`: what the overview costs, beside Prometheus' graph page of the same data and, where it is installed,
//! Netdata's: bytes, paint and blocking in Chromium; processor time a render; the binary, idle memory and start.

use crate::browser;
use crate::report::{Report, digits};
use crate::server::{Server, andon_binary, free_address, seconds_since, work_folder};
use anyhow::Result;
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};

/// So long the peers gather data before pages are looked at.
const HISTORY: Duration = Duration::from_secs(90);
const RENDERS: u32 = 200;
const STARTS: usize = 5;
const QUANTILE: &str =
    "histogram_quantile(0.95, sum by (le) (rate(demo_job_duration_seconds_bucket[1m])))";

/// Starts everything, measures, and adds the figures to `report`.
pub async fn measure(report: &mut Report) -> Result<()> {
    let (demo, prometheus, board) = stack().await?;
    report.step("gathering data");
    tokio::time::sleep(HISTORY).await;
    let idle = [
        board.resident_bytes()? / 1e6,
        prometheus.resident_bytes()? / 1e6,
    ];
    in_browser(report, &board, &prometheus).await?;
    render(report, &board).await?;
    drop((demo, board));
    small(report, &prometheus.url, idle).await
}

/// A demo system, a Prometheus that scrapes it, and an Andon in front of that.
pub async fn stack() -> Result<(Server, Server, Server)> {
    let demo = andon(&["--demo"]).await?;
    let prometheus = prometheus(&demo.url).await?;
    let board = andon(&[&prometheus.url]).await?;
    Ok((demo, prometheus, board))
}

async fn in_browser(report: &mut Report, board: &Server, prometheus: &Server) -> Result<()> {
    let graph = reqwest::Url::parse_with_params(
        &format!("{}/graph", prometheus.url),
        [
            ("g0.expr", QUANTILE),
            ("g0.tab", "0"),
            ("g0.range_input", "15m"),
        ],
    )?;
    let mut pages = vec![
        ("andon", format!("{}/?from=now-15m&to=now", board.url)),
        ("prometheus", graph.to_string()),
    ];
    let netdata = netdata().await?;
    match &netdata {
        Some(server) => pages.push(("netdata", format!("{}/", server.url))),
        None => report.step("netdata is not installed: left out"),
    }
    let mut seen = Vec::new();
    for (name, url) in &pages {
        report.step(&format!("loading {name}'s page"));
        seen.push((*name, browser::run("page.mjs", &[url])?));
    }
    loads(report, &seen);
    Ok(())
}

/// The pages' costs: ours, then Prometheus', then any other.
fn loads(report: &mut Report, seen: &[(&str, Value)]) {
    let row = |title: &str, key: &str, unit: f64| {
        let cells = seen
            .iter()
            .map(|(_, page)| digits(number(page, key) / unit));
        std::iter::once(title.to_owned()).chain(cells).collect()
    };
    let names = seen.iter().map(|(name, _)| (*name).to_owned());
    let rows = [
        std::iter::once(String::new()).chain(names).collect(),
        row("bytes, KiB", "bytes", 1024.0),
        row("of them WASM, KiB", "wasm_bytes", 1024.0),
        row("largest contentful paint, ms", "lcp_ms", 1.0),
        row("blocking over 50 ms, ms", "blocking_ms", 1.0),
        row("layout shift", "layout_shift", 1.0),
    ];
    report.table("A cold load in Chromium, 1440 × 900, median of 5", &rows);
    let ours = |key: &str| number(&seen[0].1, key);
    let paint = ours("lcp_ms") / number(&seen[1].1, "lcp_ms");
    report.at_most("page_bytes", ours("bytes") / 1024.0, "KiB", 200.0);
    report.at_most("page_wasm", ours("wasm_bytes") / 1024.0, "KiB", 150.0);
    report.at_most("page_lcp_to_prometheus", paint, "of", 0.5);
    report.at_most("page_blocking", ours("blocking_ms"), "ms", 50.0);
    report.at_most("page_layout_shift", ours("layout_shift"), "shift", 0.01);
}

fn number(page: &Value, key: &str) -> f64 {
    page[key].as_f64().unwrap_or(f64::NAN)
}

async fn render(report: &mut Report, board: &Server) -> Result<()> {
    report.step("rendering the overview");
    let client = reqwest::Client::new();
    let before = board.cpu_seconds()?;
    for _ in 0..RENDERS {
        client
            .get(&board.url)
            .send()
            .await?
            .error_for_status()?
            .bytes()
            .await?;
    }
    let cpu_ms = (board.cpu_seconds()? - before) * 1e3 / f64::from(RENDERS);
    report.table(
        "Server",
        &[vec![
            "CPU a render of the overview, ms".to_owned(),
            digits(cpu_ms),
        ]],
    );
    report.at_most("render_cpu", cpu_ms, "ms", 10.0);
    Ok(())
}

/// The size of the binary, memory when idle, and the time from start to the first answer.
async fn small(report: &mut Report, upstream: &str, idle: [f64; 2]) -> Result<()> {
    let binary_mb = std::fs::metadata(andon_binary()?)?.len() as f64 / 1e6;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let start = Instant::now();
        let server = andon(&[upstream]).await?;
        starts.push(seconds_since(start) * 1e3);
        server.stop()?;
    }
    let start_ms = crate::report::median(starts);
    let rows = [
        vec![String::new(), "andon".to_owned(), "prometheus".to_owned()],
        vec!["binary, MB".to_owned(), digits(binary_mb), String::new()],
        vec![
            "memory when nobody looks, MB".to_owned(),
            digits(idle[0]),
            digits(idle[1]),
        ],
        vec![
            "start to first answer, ms".to_owned(),
            digits(start_ms),
            String::new(),
        ],
    ];
    report.table("Small", &rows);
    report.at_most("binary", binary_mb, "MB", 45.0);
    report.at_most("idle_memory", idle[0], "MB", 40.0);
    report.at_most("start", start_ms, "ms", 100.0);
    Ok(())
}

/// An Andon with these arguments, that answers.
pub async fn andon(args: &[&str]) -> Result<Server> {
    let address = free_address()?;
    let mut command = Command::new(andon_binary()?);
    command.args(["--listen", &address]).args(args);
    Server::spawn(&mut command, &address, "/healthz").await
}

/// Prometheus, scraping the demo's exporter every second.
async fn prometheus(demo: &str) -> Result<Server> {
    let folder = work_folder()?.join("page");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let config = json!({
        "global": { "scrape_interval": "1s" },
        "scrape_configs": [{
            "job_name": "demo",
            "metrics_path": "/demo/metrics",
            "static_configs": [{ "targets": [demo.trim_start_matches("http://")] }],
        }],
    });
    let file = folder.join("prometheus.yml");
    std::fs::write(&file, config.to_string())?;
    let address = free_address()?;
    let mut command = Command::new("prometheus");
    command
        .arg(format!("--web.listen-address={address}"))
        .arg(format!(
            "--storage.tsdb.path={}",
            folder.join("data").display()
        ))
        .arg(format!("--config.file={}", file.display()))
        .arg("--log.level=warn");
    Server::spawn(&mut command, &address, "/-/ready").await
}

/// Netdata in the foreground, with no cloud and its files in our folder; `None` where it is not installed.
async fn netdata() -> Result<Option<Server>> {
    let is_there = Command::new("netdata")
        .arg("-v")
        .output()
        .is_ok_and(|answer| answer.status.success());
    if !is_there {
        return Ok(None);
    }
    let address = free_address()?;
    let (host, port) = address.rsplit_once(':').unwrap_or((&address, "0"));
    let mut command = Command::new("netdata");
    command.args([
        "-D",
        "-i",
        host,
        "-p",
        port,
        "-W",
        "set global \"run as user\" root",
    ]);
    Server::spawn(&mut command, &address, "/api/v1/info")
        .await
        .map(Some)
}
