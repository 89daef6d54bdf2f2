//! `bench boards`: a board of 40 panels as first HTML, in processor time and bytes; a folder of 500 boards, read at the
//! start and after one has changed. Grafana's files, since that is what people have.

use crate::report::{Report, digits, median};
use crate::server::{Server, andon_binary, free_address, seconds_since, work_folder};
use anyhow::{Context, Result, bail};
use reqwest::Client;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const BOARDS: usize = 500;
const PANELS: usize = 40;
const RENDERS: u32 = 200;
const RELOADS: usize = 9;
/// So long the demo gathers data before a board is rendered.
const HISTORY: Duration = Duration::from_secs(20);
/// A wait longer than this is a fault, and no measurement.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts Andon on its demo, measures, and adds the figures to `report`.
pub async fn measure(report: &mut Report) -> Result<()> {
    report.step("writing the boards");
    let folder = write_boards()?;
    report.step("starting on the folder");
    let (server, load_ms) = load(&folder).await?;
    report.step("changing one board, again and again");
    let reload_ms = reload(&folder, &server).await?;
    report.step("gathering data");
    tokio::time::sleep(HISTORY).await;
    report.step("rendering the board of 40 panels");
    let (cpu_ms, bytes, plain) = render(&server).await?;
    let row = |title: &str, value: f64| vec![title.to_owned(), digits(value)];
    report.table(
        "Boards",
        &[
            row("500 boards from a folder, ms", load_ms),
            row("one of them changed, until it is served, ms", reload_ms),
            row("CPU a first HTML of 40 panels, ms", cpu_ms),
            row("its size as sent (Brotli), KiB", bytes / 1024.0),
            row("its size unpacked, KiB", plain / 1024.0),
        ],
    );
    report.at_most("boards_load", load_ms, "ms", 1_000.0);
    report.at_most("board_reload", reload_ms, "ms", 50.0);
    report.at_most("board_render_cpu", cpu_ms, "ms", 30.0);
    report.at_most("board_html", bytes / 1024.0, "KiB", 150.0);
    Ok(())
}

fn write_boards() -> Result<PathBuf> {
    let folder = work_folder()?.join("boards");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    for number in 0..BOARDS {
        write_board(&folder, number, &title(number))?;
    }
    Ok(folder)
}

fn title(number: usize) -> String {
    format!("Board {number:03} of the folder")
}

fn write_board(folder: &Path, number: usize, title: &str) -> Result<()> {
    let text = board(number, title).to_string();
    std::fs::write(folder.join(format!("board-{number:03}.json")), text)?;
    Ok(())
}

/// A dashboard as Grafana saves it: charts, figures, bars and tables of the demo's metrics, in rows.
fn board(number: usize, title: &str) -> Value {
    let kinds = ["timeseries", "stat", "timeseries", "bargauge", "table"];
    let exprs = [
        "sum by (kind) (rate(demo_job_duration_seconds_count{kind=~\"$kind\"}[$__rate_interval]))",
        "sum(rate(demo_job_duration_seconds_count[5m]))",
        "histogram_quantile(0.95, sum by (le, kind) (rate(demo_job_duration_seconds_bucket[$__rate_interval])))",
        "sum by (kind) (increase(demo_job_duration_seconds_count[10m]))",
        "sum by (kind) (rate(demo_job_duration_seconds_sum[5m]))",
    ];
    let panel = |index: usize| {
        let (place, kind) = (index % kinds.len(), kinds[index % kinds.len()]);
        // No two panels ask the same.
        let expr = format!("{} * {}", exprs[place], index + 1);
        json!({
            "id": index + 1, "type": kind, "title": format!("{kind} {index}"),
            "datasource": {"type": "prometheus", "uid": "andon"},
            "gridPos": {"x": index % 3 * 8, "y": index / 3 * 8, "w": 8, "h": 8},
            "fieldConfig": {"defaults": {"unit": "short", "thresholds": {"mode": "absolute", "steps": [
                {"color": "green", "value": null}, {"color": "red", "value": 80}]}}, "overrides": []},
            "targets": [{"refId": "A", "expr": expr, "legendFormat": "{{kind}}", "instant": place == 4}],
        })
    };
    json!({
        "uid": format!("board-{number:03}"), "title": title, "schemaVersion": 39, "tags": ["bench"],
        "time": {"from": "now-15m", "to": "now"},
        "templating": {"list": [{
            "type": "query", "name": "kind", "multi": true, "includeAll": true,
            "query": "label_values(demo_job_duration_seconds_count, kind)",
        }]},
        "panels": (0..PANELS).map(panel).collect::<Vec<_>>(),
    })
}

/// Starts on the folder; the time from then until its last board is served, the process' own start included.
async fn load(folder: &Path) -> Result<(Server, f64)> {
    let address = free_address()?;
    let mut command = Command::new(andon_binary()?);
    command
        .args(["--demo", "--listen", &address, "--boards"])
        .arg(folder);
    let start = Instant::now();
    let server = Server::spawn(&mut command, &address, "/livez").await?;
    until_listed(&server, &title(BOARDS - 1)).await?;
    Ok((server, seconds_since(start) * 1e3))
}

async fn reload(folder: &Path, server: &Server) -> Result<f64> {
    let mut times = Vec::new();
    for number in 0..RELOADS {
        let title = format!("Changed {number}");
        // Written aside and moved into place, as editors and deployments do.
        let place = folder.join("board-250.json");
        let aside = folder.join(".board-250");
        std::fs::write(&aside, board(250, &title).to_string())?;
        let start = Instant::now();
        std::fs::rename(&aside, &place)?;
        until_listed(server, &title).await?;
        times.push(seconds_since(start) * 1e3);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    Ok(median(times))
}

/// Waits until the list of boards has one of this title.
async fn until_listed(server: &Server, title: &str) -> Result<()> {
    let (client, start) = (Client::new(), Instant::now());
    let url =
        reqwest::Url::parse_with_params(&format!("{}/api/palette", server.url), [("find", title)])?;
    while start.elapsed() < PATIENCE {
        let answer = client.get(url.clone()).send().await?;
        if answer.text().await?.contains(&format!(">{title}<")) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    bail!("`{title}` is not served after {PATIENCE:?}")
}

/// Processor time a page in milliseconds, its bytes as sent, and unpacked.
async fn render(server: &Server) -> Result<(f64, f64, f64)> {
    let client = Client::new();
    let url = format!("{}/d/board-000", server.url);
    let get = || client.get(&url).send();
    let plain = get().await?.error_for_status()?.bytes().await?.len();
    let before = server.cpu_seconds()?;
    for _ in 0..RENDERS {
        get().await?.error_for_status()?.bytes().await?;
    }
    let cpu_ms = (server.cpu_seconds()? - before) * 1e3 / f64::from(RENDERS);
    let packed = client
        .get(&url)
        .header(ACCEPT_ENCODING, "br")
        .send()
        .await?;
    let encoding = packed.headers().get(CONTENT_ENCODING).cloned();
    let encoding = encoding.context("the page is not compressed")?;
    if encoding != "br" {
        bail!("the page came as {encoding:?} in place of Brotli");
    }
    let bytes = packed.bytes().await?.len();
    Ok((cpu_ms, bytes as f64, plain as f64))
}
