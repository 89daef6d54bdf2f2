//! `bench engine`: Andon's own engine beside Debian's Prometheus and VictoriaMetrics: the same data, the same
//! queries, one run.

mod conformance;
mod disk;
mod parse;
mod query;
mod restart;
mod scrape;

use crate::dataset::{Dataset, INTERVAL_MS};
use crate::report::{Report, digits};
use crate::server::{Product, Server, seconds_since};
use anyhow::{Result, bail};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// How far back the data goes.
const HOURS: i64 = 6;

/// What can be measured alone, in the order of a whole run.
const PARTS: [&str; 6] = [
    "conformance",
    "parse",
    "scrape",
    "restart",
    "jobs",
    "node_exporter",
];

/// Runs one part, or every one, and adds its figures to `report`.
pub async fn measure(report: &mut Report, part: Option<&str>) -> Result<()> {
    let now_ms = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    for name in PARTS
        .iter()
        .filter(|name| part.is_none_or(|part| part == **name))
    {
        match *name {
            "conformance" => conformance::measure(report)?,
            "parse" => parse::measure(report)?,
            "scrape" => scrape::measure(report).await?,
            "restart" => restart::measure(report, now_ms).await?,
            "jobs" => jobs(report, now_ms).await?,
            _ => node_exporter(report, now_ms).await?,
        }
    }
    match part {
        Some(part) if !PARTS.contains(&part) => bail!("no part `{part}`: there are {PARTS:?}"),
        _ => Ok(()),
    }
}

/// A job system's samples: writing, querying and keeping them.
async fn jobs(report: &mut Report, now_ms: i64) -> Result<()> {
    report.step("making the job system's data");
    let per_series = usize::try_from(HOURS * 3_600_000 / INTERVAL_MS)?;
    let jobs = Dataset::job_system(per_series, now_ms)?;
    let (servers, rates) = written(report, &jobs).await?;
    let rows = [heading(""), row("million samples a second", &rates)];
    report.table("Remote write, 20 samples a series a request, log on", &rows);
    report.at_least(
        "remote_write_over_prometheus",
        rates[0] / rates[1],
        "times",
        1.0,
    );
    query::measure(report, &servers, &jobs).await?;
    disk::measure(report, servers, &jobs, "jobs").await
}

/// Keeping what a real exporter says.
async fn node_exporter(report: &mut Report, now_ms: i64) -> Result<()> {
    report.step("scraping node_exporter");
    let node = disk::node_exporter(now_ms).await?;
    let (servers, _) = written(report, &node).await?;
    disk::measure(report, servers, &node, "node_exporter").await
}

/// Every product with `data` written to it, and at how many million samples a second.
async fn written(report: &Report, data: &Dataset) -> Result<(Vec<(Product, Server)>, Vec<f64>)> {
    let (mut servers, mut rates) = (Vec::new(), Vec::new());
    for product in Product::ALL {
        report.step(&format!(
            "writing {} samples to {}",
            data.samples,
            product.name()
        ));
        let server = Server::start(product, None).await?;
        let start = Instant::now();
        data.write_to(&server.url).await?;
        rates.push(data.samples as f64 / seconds_since(start) / 1e6);
        servers.push((product, server));
    }
    Ok((servers, rates))
}

/// The heading of a table that has a column a product.
fn heading(first: &str) -> Vec<String> {
    let names = Product::ALL.iter().map(|product| product.name().to_owned());
    [first.to_owned()].into_iter().chain(names).collect()
}

fn row(first: &str, numbers: &[f64]) -> Vec<String> {
    let numbers = numbers.iter().map(|number| digits(*number));
    [first.to_owned()].into_iter().chain(numbers).collect()
}
