//! `POST /api/v1/write`: remote write 1.0, a snappy block of protobuf.
//!
//! The block says its uncompressed length, which is checked before anything is
//! allocated for it. A request is acknowledged once the log has its samples.

mod message;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use prost::Message;
use series::{Labels, Metadata, MetricKind, Sample};
use storage::Store;
use tsdb::SeriesRef;

use crate::state::AppState;
use message::{MetricMetadata, TimeSeries, WriteRequest};

/// The largest request, uncompressed; senders stay far below.
const MAX_UNCOMPRESSED_BYTES: usize = 64 << 20;

/// Why a request was not taken; the sender sees the text.
#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error("this Andon has no store: it reads from an upstream, which takes remote write itself")]
    NoStore,
    #[error("the store is not ready: {0}")]
    NotReady(String),
    #[error("remote write 1.0 alone is understood, not {0}")]
    UnsupportedVersion(String),
    #[error("the body is no snappy block: {0}")]
    Snappy(#[from] snap::Error),
    #[error("the request claims {claimed} bytes uncompressed, more than {MAX_UNCOMPRESSED_BYTES}")]
    TooLarge { claimed: usize },
    #[error("the body is no write request: {0}")]
    Protobuf(#[from] prost::DecodeError),
    #[error("a label is no UTF-8")]
    NotUtf8,
    #[error("{0}")]
    SeriesLimit(#[from] tsdb::SeriesLimitReached),
    #[error("{rejected} samples were not taken; the first: {reason}")]
    Rejected { rejected: u64, reason: String },
    #[error("{0}")]
    Disk(#[from] storage::StorageError),
    #[error("the request was interrupted")]
    Interrupted,
}

impl WriteError {
    /// Senders try 5xx again and drop what got 4xx.
    fn status(&self) -> StatusCode {
        match self {
            Self::NoStore => StatusCode::NOT_FOUND,
            Self::NotReady(_) | Self::Disk(_) | Self::Interrupted => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::UnsupportedVersion(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::SeriesLimit(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Snappy(_) | Self::Protobuf(_) | Self::NotUtf8 | Self::Rejected { .. } => {
                StatusCode::BAD_REQUEST
            }
        }
    }
}

impl IntoResponse for WriteError {
    fn into_response(self) -> Response {
        (self.status(), format!("{self}\n")).into_response()
    }
}

/// Takes one request.
pub async fn remote_write(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, impl IntoResponse> {
    let Some(engine) = state.engine() else {
        return Err(WriteError::NoStore);
    };
    let store = engine
        .store()
        .map_err(|error| WriteError::NotReady(error.to_string()))?;
    let store = Arc::clone(store);
    check_version(&headers)?;
    // Decoding and the disk would hold up the runtime's threads.
    tokio::task::spawn_blocking(move || take(&store, &body))
        .await
        .unwrap_or(Err(WriteError::Interrupted))?;
    Ok(StatusCode::NO_CONTENT)
}

fn check_version(headers: &HeaderMap) -> Result<(), WriteError> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    if kind.contains("io.prometheus.write.v2") {
        return Err(WriteError::UnsupportedVersion(kind.to_owned()));
    }
    Ok(())
}

fn take(store: &Store, body: &[u8]) -> Result<(), WriteError> {
    let claimed = snap::raw::decompress_len(body)?;
    if claimed > MAX_UNCOMPRESSED_BYTES {
        return Err(WriteError::TooLarge { claimed });
    }
    let plain = snap::raw::Decoder::new().decompress_vec(body)?;
    let request = WriteRequest::decode(Bytes::from(plain))?;
    let batch = batch(store, &request.timeseries)?;
    let outcome = store.append(&batch, i64::MAX)?;
    for entry in &request.metadata {
        declare(store, entry);
    }
    match outcome.first_offence {
        None => Ok(()),
        Some(offence) => Err(WriteError::Rejected {
            rejected: outcome.rejected(),
            reason: format!("{} at {} ms", offence.reason, offence.sample.timestamp_ms),
        }),
    }
}

fn batch(store: &Store, all: &[TimeSeries]) -> Result<Vec<(SeriesRef, Sample)>, WriteError> {
    let samples = all.iter().map(|one| one.samples.len()).sum();
    let mut batch = Vec::with_capacity(samples);
    for one in all {
        let series = store.series_ref(&labels(one)?)?;
        batch.extend(one.samples.iter().map(|sample| {
            let sample = Sample {
                timestamp_ms: sample.timestamp,
                value: sample.value,
            };
            (series, sample)
        }));
    }
    Ok(batch)
}

/// Senders sort labels; one that does not is understood nevertheless.
fn labels(one: &TimeSeries) -> Result<Labels, WriteError> {
    let mut pairs = Vec::with_capacity(one.labels.len());
    for label in &one.labels {
        let name = std::str::from_utf8(&label.name).map_err(|_| WriteError::NotUtf8)?;
        let value = std::str::from_utf8(&label.value).map_err(|_| WriteError::NotUtf8)?;
        pairs.push(series::Label { name, value });
    }
    let is_canonical = pairs.iter().all(|label| !label.value.is_empty())
        && pairs.windows(2).all(|two| two[0].name < two[1].name);
    Ok(if is_canonical {
        Labels::from_sorted(pairs)
    } else {
        Labels::from_pairs(pairs.iter().map(|label| (label.name, label.value)))
    })
}

fn declare(store: &Store, entry: &MetricMetadata) {
    let metadata = Metadata {
        kind: entry.metric_kind(),
        help: entry.help.clone(),
        unit: entry.unit.clone(),
    };
    if metadata.kind != MetricKind::Unknown || !metadata.help.is_empty() {
        store.set_metadata(&entry.metric_family_name, &metadata);
    }
}
