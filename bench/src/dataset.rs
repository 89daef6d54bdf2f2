//! The samples that every store is measured on: a job system of 50 instances and 10 kinds of jobs, whose durations
//! are in histograms of 20 buckets, 10,500 series in all; and Prometheus' remote write, the way they go in.

use anyhow::{Result, bail};
use prost::Message;
use std::sync::Arc;

/// The distance of two samples of a series.
pub const INTERVAL_MS: i64 = 15_000;
/// Samples of a series in one request.
const SAMPLES_PER_REQUEST: usize = 20;
const SERIES_PER_REQUEST: usize = 500;
/// Requests under way at once.
const WRITERS: usize = 4;

const INSTANCES: usize = 50;
const KINDS: usize = 10;
const BUCKETS: usize = 20;

/// Remote write 1.0's request: <https://prometheus.io/docs/specs/prw/remote_write_spec/>.
#[derive(Clone, PartialEq, Message)]
pub struct WriteRequest {
    #[prost(message, repeated, tag = "1")]
    pub timeseries: Vec<TimeSeries>,
}

#[derive(Clone, PartialEq, Message)]
pub struct TimeSeries {
    #[prost(message, repeated, tag = "1")]
    pub labels: Vec<Label>,
    #[prost(message, repeated, tag = "2")]
    pub samples: Vec<Sample>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct Label {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(string, tag = "2")]
    pub value: String,
}

#[derive(Clone, Copy, PartialEq, Message)]
pub struct Sample {
    #[prost(double, tag = "1")]
    pub value: f64,
    #[prost(int64, tag = "2")]
    pub timestamp_ms: i64,
}

/// Encoded requests in order of time: those of one window may go out together, the windows one after the other.
pub struct Dataset {
    windows: Vec<Vec<Arc<[u8]>>>,
    pub samples: usize,
    pub series: usize,
    /// The first sample's time.
    pub start_ms: i64,
    /// The last sample's time.
    pub end_ms: i64,
}

/// A series while it is being made.
pub struct Growing {
    pub labels: Vec<Label>,
    /// What the next samples are, given the time.
    pub next: Box<dyn FnMut(i64) -> f64>,
}

impl Dataset {
    /// So many samples of each of the job system's series, up to `end_ms`; the same for the same arguments.
    pub fn job_system(per_series: usize, end_ms: i64) -> Result<Self> {
        Self::of(job_system(), per_series, end_ms)
    }

    /// `per_series` samples of each of `series`, the last one at `end_ms`.
    pub fn of(mut series: Vec<Growing>, per_series: usize, end_ms: i64) -> Result<Self> {
        let end_ms = end_ms - end_ms % INTERVAL_MS;
        let start_ms = end_ms - INTERVAL_MS * (i64::try_from(per_series)? - 1);
        let times: Vec<i64> = (start_ms..=end_ms)
            .step_by(usize::try_from(INTERVAL_MS)?)
            .collect();
        let mut windows = Vec::new();
        for window in times.chunks(SAMPLES_PER_REQUEST) {
            let requests = series
                .chunks_mut(SERIES_PER_REQUEST)
                .map(|series| request(series, window));
            windows.push(requests.collect::<Result<Vec<_>>>()?);
        }
        Ok(Self {
            windows,
            samples: times.len() * series.len(),
            series: series.len(),
            start_ms,
            end_ms,
        })
    }

    /// Writes everything to the server at `url`.
    pub async fn write_to(&self, url: &str) -> Result<()> {
        let client = reqwest::Client::new();
        for window in &self.windows {
            let mut writers = tokio::task::JoinSet::new();
            for writer in 0..WRITERS {
                let requests: Vec<_> = window
                    .iter()
                    .skip(writer)
                    .step_by(WRITERS)
                    .cloned()
                    .collect();
                let (client, url) = (client.clone(), format!("{url}/api/v1/write"));
                writers.spawn(async move {
                    for request in requests {
                        post(&client, &url, &request).await?;
                    }
                    anyhow::Ok(())
                });
            }
            while let Some(done) = writers.join_next().await {
                done??;
            }
        }
        Ok(())
    }
}

async fn post(client: &reqwest::Client, url: &str, body: &Arc<[u8]>) -> Result<()> {
    let answer = client
        .post(url)
        .header("content-type", "application/x-protobuf")
        .header("content-encoding", "snappy")
        .header("x-prometheus-remote-write-version", "0.1.0")
        .body(body.to_vec())
        .send()
        .await?;
    let status = answer.status();
    if !status.is_success() {
        bail!("{url} answered {status}: {}", answer.text().await?);
    }
    Ok(())
}

fn request(series: &mut [Growing], times: &[i64]) -> Result<Arc<[u8]>> {
    let timeseries = series.iter_mut().map(|series| TimeSeries {
        labels: series.labels.clone(),
        samples: times
            .iter()
            .map(|&timestamp_ms| Sample {
                value: (series.next)(timestamp_ms),
                timestamp_ms,
            })
            .collect(),
    });
    let encoded = WriteRequest {
        timeseries: timeseries.collect(),
    }
    .encode_to_vec();
    Ok(snap::raw::Encoder::new().compress_vec(&encoded)?.into())
}

/// Labels in the order that remote write asks for.
pub fn labels(name: &str, pairs: &[(&str, String)]) -> Vec<Label> {
    let mut labels: Vec<Label> = [("__name__", name.to_owned())]
        .into_iter()
        .chain(pairs.iter().cloned())
        .map(|(name, value)| Label {
            name: name.to_owned(),
            value,
        })
        .collect();
    labels.sort_by(|a, b| a.name.cmp(&b.name));
    labels
}

fn job_system() -> Vec<Growing> {
    let mut series = Vec::new();
    for instance in 0..INSTANCES {
        for kind in 0..KINDS {
            let of_kind = |more: &[(&str, String)], name: &str| {
                let mut pairs = vec![
                    ("instance", format!("worker-{instance:02}.example:9100")),
                    ("job", "jobs".to_owned()),
                    ("kind", format!("kind-{kind}")),
                ];
                pairs.extend_from_slice(more);
                labels(name, &pairs)
            };
            for bucket in 0..BUCKETS {
                let bound = if bucket + 1 == BUCKETS {
                    "+Inf".to_owned()
                } else {
                    (0.005 * 1.6_f64.powi(bucket as i32)).to_string()
                };
                let seed = (instance * KINDS + kind) as u64;
                let labels = of_kind(&[("le", bound)], "job_duration_seconds_bucket");
                series.push(Growing {
                    labels,
                    next: counter(seed, (bucket + 1) as f64),
                });
            }
            let seed = (instance * KINDS + kind) as u64;
            series.push(Growing {
                labels: of_kind(&[], "jobs_started_total"),
                next: counter(seed, BUCKETS as f64),
            });
        }
    }
    series
}

/// Grows by a random whole number around `rate` at each sample. Buckets of one histogram have one `seed`, so that
/// they grow together.
fn counter(seed: u64, rate: f64) -> Box<dyn FnMut(i64) -> f64> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut value = 0.0;
    Box::new(move |_| {
        value += (random.f64() * 2.0 * rate).floor();
        value
    })
}
