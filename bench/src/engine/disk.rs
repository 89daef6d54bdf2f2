//! How many bytes a sample takes on disk once the store has compacted it.

use super::{heading, row};
use crate::dataset::{Dataset, Growing, Label, labels};
use crate::report::Report;
use crate::server::{Product, Server, disk_bytes, free_address};
use anyhow::{Context, Result};
use exposition::{Entry, Format, Parser};
use std::collections::HashMap;
use std::process::Command;
use std::time::Duration;

/// Scrapes of node_exporter: 6 h, were they 15 s apart. Whatever the time of day, most of them are then in hours that
/// are over.
const SCRAPES: usize = 1440;
/// The real distance of two scrapes.
const PAUSE: Duration = Duration::from_millis(100);

/// Bytes a sample of what `servers` hold, each told to compact first and then ended.
pub async fn measure(
    report: &mut Report,
    servers: Vec<(Product, Server)>,
    data: &Dataset,
    name: &str,
) -> Result<()> {
    let mut sizes = Vec::new();
    for (product, server) in servers {
        report.step(&format!("compacting {}", product.name()));
        sizes.push(bytes_a_sample(product, server, data).await?);
    }
    let rows = [heading(""), row("bytes a sample", &sizes)];
    report.table(
        &format!("Disk after compaction, {} samples of {name}", data.samples),
        &rows,
    );
    report.at_most(
        format!("disk_{name}_to_prometheus"),
        sizes[0] / sizes[1],
        "of",
        0.6,
    );
    Ok(())
}

async fn bytes_a_sample(product: Product, server: Server, data: &Dataset) -> Result<f64> {
    let client = reqwest::Client::new();
    let folder = match product {
        Product::Andon => return of_blocks(&server, data).await,
        // A snapshot is all blocks, the head as one more.
        Product::Prometheus => {
            let snapshot = format!("{}/api/v1/admin/tsdb/snapshot", server.url);
            client.post(snapshot).send().await?.error_for_status()?;
            server.data.join("data/snapshots")
        }
        Product::VictoriaMetrics => {
            for path in ["/internal/force_flush", "/internal/force_merge"] {
                client
                    .get(format!("{}{path}", server.url))
                    .send()
                    .await?
                    .error_for_status()?;
            }
            // The merge goes on in the background.
            let folder = server.data.join("data");
            settled(&folder).await?;
            folder
        }
    };
    Ok(disk_bytes(&folder)? as f64 / data.samples as f64)
}

/// Andon moves samples to blocks by itself as they get older: all that is on disk but the log, for the samples that
/// have been moved. Waits until that is most of them.
async fn of_blocks(server: &Server, data: &Dataset) -> Result<f64> {
    loop {
        let page = reqwest::get(format!("{}/metrics", server.url))
            .await?
            .text()
            .await?;
        let samples = gauge(&page, "andon_store_block_samples")?;
        if samples > data.samples as f64 / 2.0 {
            let log = gauge(&page, "andon_store_log_bytes")?;
            return Ok((disk_bytes(&server.data)? as f64 - log) / samples);
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

fn gauge(page: &str, name: &str) -> Result<f64> {
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let value = line.and_then(|value| value.trim().parse().ok());
    value.with_context(|| format!("no {name} in Andon's metrics"))
}

/// Waits until the size of `folder` stays the same for two seconds.
async fn settled(folder: &std::path::Path) -> Result<()> {
    let mut before = None;
    loop {
        let now = disk_bytes(folder).ok(); // A file may go while it is looked at.
        if now.is_some() && now == before {
            return Ok(());
        }
        before = now;
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

/// Real values: node_exporter's, scraped in quick succession and dated 15 s apart.
pub async fn node_exporter(end_ms: i64) -> Result<Dataset> {
    let address = free_address()?;
    let mut command = Command::new("prometheus-node-exporter");
    command
        .arg(format!("--web.listen-address={address}"))
        .arg("--log.level=error");
    let exporter = Server::spawn(&mut command, &address, "/metrics").await?;
    let mut seen: HashMap<String, (Vec<Label>, Vec<f64>)> = HashMap::new();
    for scrape in 0..SCRAPES {
        let page = reqwest::get(format!("{}/metrics", exporter.url))
            .await?
            .text()
            .await?;
        for entry in Parser::new(page.as_bytes(), Format::Text)? {
            if let Entry::Sample(sample) = entry? {
                let key = sample.series.raw().to_owned();
                let (_, values) = seen
                    .entry(key)
                    .or_insert_with(|| (labels_of(&sample.series), Vec::new()));
                // A series that was not there before begins with what it has now.
                values.resize(scrape, sample.value);
                values.push(sample.value);
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    let growing = seen.into_values().map(|(labels, mut values)| {
        values.resize(SCRAPES, values.last().copied().unwrap_or(0.0));
        let mut values = values.into_iter();
        Growing {
            labels,
            next: Box::new(move |_| values.next().unwrap_or(f64::NAN)),
        }
    });
    Dataset::of(growing.collect(), SCRAPES, end_ms)
}

fn labels_of(series: &exposition::Series) -> Vec<Label> {
    let pairs: Vec<_> = series
        .labels()
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let borrowed: Vec<(&str, String)> = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    labels(&series.name(), &borrowed)
}
