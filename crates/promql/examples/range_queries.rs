//! Times range queries of each kind over 10,000 series and 6 hours at 15 s in
//! memory, and over 50 native histograms, to profile the evaluator alone:
//! `cargo run --release -p promql --example range_queries [FILTER]`.

#[path = "../tests/support/store.rs"]
mod store;

use std::sync::Arc;
use std::time::Instant;

use promql::{Context, Interrupt, Value};
use series::histogram::Buckets;
use series::{Histogram, Labels};
use store::MemoryStore;

const STEP_MS: i64 = 15_000;
const SAMPLES: i64 = 6 * 240;
const INSTANCES: usize = 1_000;
const NATIVE_INSTANCES: usize = 50;
const NATIVE_BUCKETS: usize = 50;
const RUNS: u32 = 10;

const QUERIES: &[&str] = &[
    "sum by (instance) (rate(requests_total[5m]))",
    "sum(rate(requests_total[5m]))",
    "sum by (le) (rate(latency_seconds_bucket[5m]))",
    "histogram_quantile(0.95, sum by (le) (rate(latency_seconds_bucket[5m])))",
    "histogram_quantile(0.95, sum by (le, instance) (rate(latency_seconds_bucket[5m])))",
    "max_over_time(latency_seconds_bucket[5m])",
    "max(max_over_time(latency_seconds_bucket[5m]))",
    "sum(avg_over_time(latency_seconds_bucket[5m]))",
    "sum(sum_over_time(latency_seconds_bucket[1h]))",
    "sum(quantile_over_time(0.9, requests_total[5m]))",
    "topk(5, rate(latency_seconds_bucket[5m]))",
    "topk(5, latency_seconds_bucket)",
    "latency_seconds_bucket / on (instance, le) latency_seconds_bucket",
    "sum(latency_seconds_bucket / ignoring (le) group_left requests_total)",
    "sum(latency_seconds_bucket and requests_total)",
    "max(max_over_time(rate(latency_seconds_bucket[5m])[30m:1m]))",
    "quantile(0.9, latency_seconds_bucket)",
    "count_values(\"v\", round(requests_total, 1000000))",
    "sum(latency_seconds_bucket)",
    "latency_seconds_bucket",
    "sum(rate(latency_seconds[5m]))",
    "histogram_quantile(0.95, sum by (instance) (rate(latency_seconds[5m])))",
    "histogram_count(latency_seconds)",
];

fn main() {
    let store = fill();
    let filter = std::env::args().nth(1).unwrap_or_default();
    for query in QUERIES.iter().filter(|query| query.contains(&filter)) {
        time(&store, query);
    }
}

/// A counter and a histogram of eleven buckets for each instance; timestamps
/// lie up to 30 ms beside the interval, as scrapes do.
fn fill() -> MemoryStore {
    let mut store = MemoryStore::default();
    let mut random = 1_u64;
    let mut next = move || {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        random >> 40
    };
    for instance in 0..INSTANCES {
        let instance = format!("host-{instance}:9100");
        for bucket in 0..=11 {
            let le = if bucket == 10 {
                "+Inf".to_owned()
            } else {
                format!("{}", 0.005 * f64::from(1 << bucket))
            };
            let mut pairs = vec![("instance", instance.as_str()), ("job", "api")];
            if bucket < 11 {
                pairs.extend([("__name__", "latency_seconds_bucket"), ("le", &le)]);
            } else {
                pairs.push(("__name__", "requests_total"));
            }
            let mut value = 0;
            let samples: Vec<(i64, f64)> = (0..SAMPLES)
                .map(|at| {
                    value += 40 * (bucket + 1) + next() % 40;
                    (at * STEP_MS + (next() % 30) as i64, value as f64)
                })
                .collect();
            store.add(Labels::from_pairs(pairs), samples);
        }
    }
    for instance in 0..NATIVE_INSTANCES {
        let instance = format!("host-{instance}:9100");
        let pairs = [("__name__", "latency_seconds"), ("instance", &instance)];
        let mut counts = vec![0.0; NATIVE_BUCKETS];
        let histograms = (0..SAMPLES).map(|at| {
            counts[at as usize * 7 % NATIVE_BUCKETS] += (next() % 40) as f64;
            (at * STEP_MS, Arc::new(native(&counts)))
        });
        store.add_histograms(Labels::from_pairs(pairs), histograms);
    }
    store
}

fn native(counts: &[f64]) -> Histogram {
    Histogram {
        schema: 3,
        count: counts.iter().sum(),
        positive: Buckets::contiguous(-20, counts.to_vec()),
        ..Histogram::default()
    }
}

/// What the process has used, which other load on the machine does not
/// stretch; 0 where the system does not say.
fn cpu_ms() -> f64 {
    const TICK_MS: f64 = 10.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or("").split_whitespace();
    let ticks = fields
        .skip(11)
        .take(2)
        .map(|field| field.parse().unwrap_or(0.0));
    ticks.sum::<f64>() * TICK_MS
}

#[expect(clippy::print_stdout, reason = "the times are what the example is for")]
fn time(store: &MemoryStore, query: &str) {
    let interrupt = Interrupt::default();
    let context = Context::new(store, &interrupt);
    let expr = match promql::parse(query) {
        Ok(expr) => expr,
        Err(error) => return println!("{query}: {error}"),
    };
    let mut best = f64::INFINITY;
    let mut answer = None;
    let cpu_before = cpu_ms();
    for _ in 0..RUNS {
        let start = Instant::now();
        let end_ms = SAMPLES * STEP_MS;
        answer = Some(promql::range(&expr, 0, end_ms, STEP_MS, &context));
        best = best.min(start.elapsed().as_secs_f64() * 1000.0);
    }
    let cpu = (cpu_ms() - cpu_before) / f64::from(RUNS);
    match answer {
        Some(Ok(answer)) => {
            let series = match &answer.value {
                Value::Matrix(matrix) => matrix.len(),
                _ => 0,
            };
            println!("{best:7.1} ms, CPU {cpu:7.1} ms, {series:6} series: {query}");
        }
        other => println!("{query}: {other:?}"),
    }
}
