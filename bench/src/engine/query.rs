//! How long range and instant queries take.

use super::{heading, row};
use crate::dataset::Dataset;
use crate::report::{Report, median};
use crate::server::{Product, Server, seconds_since};
use anyhow::{Context, Result, bail};
use std::time::Instant;

/// Runs of each range query; the median counts.
const RUNS: i64 = 5;
const STEP_MS: i64 = 60_000;
const INSTANT_QUERIES: usize = 1_000;
/// Instant queries under way at once.
const CLIENTS: usize = 4;

/// Range queries over all series: a name for the figure, and PromQL.
const RANGE: [(&str, &str); 6] = [
    (
        "sum_rate",
        "sum by (kind) (rate(job_duration_seconds_bucket[5m]))",
    ),
    (
        "quantile",
        "histogram_quantile(0.95, sum by (le) (rate(job_duration_seconds_bucket[5m])))",
    ),
    (
        "max_over_time",
        "max by (kind) (max_over_time(job_duration_seconds_bucket[5m]))",
    ),
    ("topk", "topk(5, rate(job_duration_seconds_bucket[5m]))"),
    (
        "binary",
        "sum by (le) (rate(job_duration_seconds_bucket[5m]) / on (instance, kind) group_left \
         rate(jobs_started_total[5m]))",
    ),
    (
        "subquery",
        "max_over_time(sum by (kind) (rate(job_duration_seconds_bucket[5m]))[30m:1m])",
    ),
];

/// What an overview asks for.
const INSTANT: [&str; 4] = [
    "histogram_quantile(0.95, sum by (le) (rate(job_duration_seconds_bucket{kind=\"kind-3\"}[5m])))",
    "sum by (kind) (rate(jobs_started_total[5m]))",
    "sum(jobs_started_total)",
    "sum(rate(job_duration_seconds_bucket{le=\"+Inf\"}[5m])) / sum(rate(jobs_started_total[5m]))",
];

/// Measures both kinds on servers that hold `data`, in the order of [`Product::ALL`].
pub async fn measure(
    report: &mut Report,
    servers: &[(Product, Server)],
    data: &Dataset,
) -> Result<()> {
    let mut rows = vec![heading("range query, ms")];
    for (name, expression) in RANGE {
        let mut times = Vec::new();
        for (product, server) in servers {
            report.step(&format!("{name} on {}", product.name()));
            times.push(
                range_ms(&server.url, expression, data)
                    .await
                    .context(product.name())?,
            );
        }
        rows.push(row(name, &times));
        report.at_least(
            format!("{name}_faster_than_prometheus"),
            times[1] / times[0],
            "times",
            2.0,
        );
    }
    let title = format!(
        "{} series, 6 h at 15 s, a point a minute; median of {RUNS}",
        data.series
    );
    report.table(&title, &rows);
    instant(report, servers, data).await
}

async fn instant(report: &mut Report, servers: &[(Product, Server)], data: &Dataset) -> Result<()> {
    let mut rates = Vec::new();
    for (product, server) in servers {
        report.step(&format!("instant queries on {}", product.name()));
        rates.push(
            instant_per_second(&server.url, data)
                .await
                .context(product.name())?,
        );
    }
    let rows = [heading(""), row("a second", &rates)];
    report.table(
        &format!("{INSTANT_QUERIES} instant queries, {CLIENTS} clients"),
        &rows,
    );
    report.at_least("instant_over_prometheus", rates[0] / rates[1], "times", 2.0);
    Ok(())
}

fn seconds(ms: i64) -> String {
    (ms as f64 / 1e3).to_string()
}

/// The median time of `expression` over all of `data`. Each run's range ends a step earlier, so that no result of an
/// earlier one serves it.
async fn range_ms(url: &str, expression: &str, data: &Dataset) -> Result<f64> {
    let client = reqwest::Client::new();
    let mut times = Vec::new();
    for run in 0..=RUNS {
        let end = seconds(data.end_ms - run * STEP_MS);
        let start = seconds(data.start_ms - run * STEP_MS);
        let step = seconds(STEP_MS);
        let query = [
            ("query", expression),
            ("start", &start),
            ("end", &end),
            ("step", &step),
            ("nocache", "1"),
        ];
        let started = Instant::now();
        let answer = client
            .get(format!("{url}/api/v1/query_range"))
            .query(&query)
            .send()
            .await?;
        let body = answer.text().await?;
        times.push(seconds_since(started) * 1e3);
        expect_series(&body)?;
    }
    times.remove(0); // The first warms up.
    Ok(median(times))
}

async fn instant_per_second(url: &str, data: &Dataset) -> Result<f64> {
    let started = Instant::now();
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let url = format!("{url}/api/v1/query");
        let (start_ms, end_ms) = (data.start_ms, data.end_ms);
        clients.spawn(async move {
            let http = reqwest::Client::new();
            for index in (client..INSTANT_QUERIES).step_by(CLIENTS) {
                let back_ms = (end_ms - start_ms) / 2 * i64::try_from(index)?
                    / i64::try_from(INSTANT_QUERIES)?;
                let time = ((end_ms - back_ms) as f64 / 1e3).to_string();
                let query = [
                    ("query", INSTANT[index % INSTANT.len()]),
                    ("time", &time),
                    ("nocache", "1"),
                ];
                expect_series(&http.get(&url).query(&query).send().await?.text().await?)?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = clients.join_next().await {
        done??;
    }
    Ok(INSTANT_QUERIES as f64 / seconds_since(started))
}

/// Fails where an answer is an error or empty: a fast wrong answer is no answer.
fn expect_series(body: &str) -> Result<()> {
    let answer: serde_json::Value = serde_json::from_str(body)?;
    let series = answer["data"]["result"].as_array().map_or(0, Vec::len);
    if answer["status"] != "success" || series == 0 {
        let head: String = body.chars().take(300).collect();
        bail!("no series in the answer: {head}");
    }
    Ok(())
}
