//! What it costs to scrape and store 200 targets of 1,000 series every 5 s.

use super::{heading, row};
use crate::report::Report;
use crate::server::{Product, Server, work_folder};
use anyhow::Result;
use axum::{Router, extract::Path, routing::get};
use serde_json::json;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const TARGETS: u32 = 200;
const SERIES_PER_TARGET: u32 = 1_000;
const INTERVAL_S: u64 = 5;
/// Series are created in this time, which is not counted.
const WARM_UP: Duration = Duration::from_secs(15);
const COUNTED: Duration = Duration::from_secs(60);

/// Lets one product after the other scrape the same targets.
pub async fn measure(report: &mut Report) -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let [toml, yaml] = config(&listener.local_addr()?.to_string())?;
    let targets = Router::new().route(
        "/metrics/{target}",
        get(|Path(target): Path<u32>| async move { page(target) }),
    );
    let serving = tokio::spawn(async move { axum::serve(listener, targets).await });
    let (mut cpu, mut memory) = (Vec::new(), Vec::new());
    for product in Product::ALL {
        report.step(&format!("scraping with {}", product.name()));
        let config = if product == Product::Andon {
            &toml
        } else {
            &yaml
        };
        let server = Server::start(product, Some(config)).await?;
        tokio::time::sleep(WARM_UP).await;
        let before = server.cpu_seconds()?;
        tokio::time::sleep(COUNTED).await;
        cpu.push((server.cpu_seconds()? - before) / COUNTED.as_secs_f64() * 100.0);
        memory.push(server.resident_bytes()? / 1e6);
    }
    serving.abort();
    say(report, &cpu, &memory);
    Ok(())
}

fn say(report: &mut Report, cpu: &[f64], memory: &[f64]) {
    let rows = [
        heading(""),
        row("CPU, % of one core", cpu),
        row("memory, MB", memory),
    ];
    report.table(
        &format!("{TARGETS} targets of {SERIES_PER_TARGET} series every {INTERVAL_S} s"),
        &rows,
    );
    report.at_most("scrape_cpu_to_prometheus", cpu[0] / cpu[1], "of", 0.5);
    report.at_most(
        "scrape_memory_to_prometheus",
        memory[0] / memory[1],
        "of",
        0.5,
    );
}

/// Prometheus' configuration (JSON is YAML), which every product reads; Andon by way of a file of its own.
fn config(address: &str) -> Result<[PathBuf; 2]> {
    let targets: Vec<_> = (0..TARGETS)
        .map(|target| {
            let path = format!("/metrics/{target}");
            json!({ "targets": [address], "labels": { "__metrics_path__": path, "target": target.to_string() } })
        })
        .collect();
    let interval = format!("{INTERVAL_S}s");
    let config = json!({
        "global": { "scrape_interval": interval, "scrape_timeout": interval },
        "scrape_configs": [{ "job_name": "targets", "static_configs": targets }],
    });
    let yaml = work_folder()?.join("scrape.yml");
    std::fs::write(&yaml, config.to_string())?;
    let toml = yaml.with_extension("toml");
    std::fs::write(&toml, "prometheus_config = \"scrape.yml\"\n")?;
    Ok([toml, yaml])
}

/// A target's page now: three counters of four grow, the fourth series is a gauge.
fn page(target: u32) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs_f64();
    let mut page = String::with_capacity(80 * SERIES_PER_TARGET as usize);
    for series in 0..SERIES_PER_TARGET {
        let speed = f64::from(series % 97 + target % 13);
        let value = match series % 4 {
            0 => (now * speed).sin() * 100.0,
            _ => (now * speed).floor() % 1e9,
        };
        let name = [
            "queue_depth",
            "jobs_total",
            "job_bytes_total",
            "job_seconds_total",
        ][series as usize % 4];
        let _ = writeln!(
            page,
            "{name}{{kind=\"kind-{}\",worker=\"worker-{}\"}} {value}",
            series / 40,
            series / 4 % 10
        );
    }
    page
}
