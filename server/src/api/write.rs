//! `POST /api/v1/write`: remote write 1.0, a snappy block of protobuf.
//!
//! The block says its uncompressed length, which is checked before anything is
//! allocated for it. A request is acknowledged once the log has its samples.

mod protobuf;
mod request;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use storage::Store;

use crate::clock::now_ms;
use crate::state::AppState;
use request::Receiver;

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
    #[error(transparent)]
    Malformed(#[from] protobuf::Malformed),
    #[error("a series has more than 1000 labels")]
    TooManyLabels,
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
            Self::Snappy(_) | Self::Malformed(_) | Self::TooManyLabels | Self::Rejected { .. } => {
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
    let request = snap::raw::Decoder::new().decompress_vec(body)?;
    Receiver::new(store, now_ms()).take(&request)
}
