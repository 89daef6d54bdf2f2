//! `POST /api/v1/write`: remote write 1.0, a snappy block of protobuf.
//!
//! The block says its uncompressed length, which is checked before anything is
//! allocated for it. A request is acknowledged once the log has its samples.

mod intake;
mod request;

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use remote_write::{BlockError, Malformed};
use storage::Store;

use crate::clock::now_ms;
use crate::state::AppState;
use crate::supervise;
pub use intake::Intake;
use request::Receiver;

/// The largest request as it is sent.
const MAX_BODY_BYTES: usize = 32 << 20;

/// The largest request, uncompressed; senders stay far below.
const MAX_UNCOMPRESSED_BYTES: usize = 64 << 20;

/// When a sender that found no room is to come again, in seconds.
const COME_AGAIN_AFTER_S: HeaderValue = HeaderValue::from_static("5");

/// Why a request was not taken; the sender sees the text.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("this Andon has no store: it reads from an upstream, which takes remote write itself")]
    NoStore,
    #[error("the store is not ready: {0}")]
    NotReady(String),
    #[error("remote write 1.0 alone is understood, not {0}")]
    UnsupportedVersion(String),
    #[error("the request is larger than {limit_bytes} bytes; send fewer samples at once")]
    TooLarge { limit_bytes: usize },
    #[error("the body broke off: {0}")]
    BrokenBody(String),
    #[error("the body was not complete in time")]
    SlowBody,
    #[error("other senders' requests take all the room that there is; send it again soon")]
    NoRoom,
    #[error(transparent)]
    Block(#[from] BlockError),
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("{0}")]
    Disk(#[from] storage::StorageError),
    #[error("the request was interrupted")]
    Interrupted,
}

/// What of a request was not taken; all the rest is stored.
///
/// Native histograms are refused and not passed over: after 400 a sender counts
/// them as failed, says so in its log, and goes on with the next request, while
/// 204 would tell it that they are stored and 5xx would have it try for ever.
#[derive(Debug, Default, thiserror::Error)]
#[error("{}", self.text())]
pub struct Rejection {
    /// Samples that were not taken.
    pub samples: u64,
    /// Of the first sample or series that was not taken.
    pub reason: Option<String>,
    /// Native histograms, none of which is stored.
    pub histograms: u64,
}

impl Rejection {
    fn text(&self) -> String {
        let samples = self.reason.as_ref().map(|reason| {
            let samples = self.samples;
            format!("{samples} samples were not taken; the first: {reason}")
        });
        let histograms = (self.histograms > 0).then(|| {
            let histograms = self.histograms;
            format!(
                "{histograms} native histograms were not taken, for they are not stored yet; \
                 the rest of the request is. Set send_native_histograms: false, and have the \
                 classic buckets sent"
            )
        });
        let parts: Vec<String> = samples.into_iter().chain(histograms).collect();
        parts.join("; ")
    }
}

impl WriteError {
    /// Senders try 5xx again and drop what got 4xx.
    fn status(&self) -> StatusCode {
        match self {
            Self::NoStore => StatusCode::NOT_FOUND,
            Self::NotReady(_)
            | Self::SlowBody
            | Self::NoRoom
            | Self::Disk(_)
            | Self::Interrupted => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedVersion(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Block(BlockError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BrokenBody(_) | Self::Block(_) | Self::Malformed(_) | Self::Rejected(_) => {
                StatusCode::BAD_REQUEST
            }
        }
    }
}

impl IntoResponse for WriteError {
    fn into_response(self) -> Response {
        let mut response = (self.status(), format!("{self}\n")).into_response();
        if matches!(self, Self::NoRoom | Self::SlowBody) {
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, COME_AGAIN_AFTER_S);
        }
        response
    }
}

/// Takes one request.
pub async fn remote_write(
    State(state): State<AppState>,
    Extension(intake): Extension<Intake>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, WriteError> {
    let engine = state.engine().ok_or(WriteError::NoStore)?;
    let store = engine
        .store()
        .map_err(|error| WriteError::NotReady(error.to_string()))?;
    let store = Arc::clone(store);
    check_version(&headers)?;
    let received = intake.receive(body, MAX_BODY_BYTES).await?;
    // Decoding and the disk would hold up the runtime's threads. The work goes
    // on when the sender is gone, and holds what it has received.
    let work = move || {
        let received = received;
        take(&store, &received.bytes)
    };
    let taken = supervise::blocking("remote write", work)
        .await
        .unwrap_or(Err(WriteError::Interrupted));
    if let Err(WriteError::Rejected(rejection)) = &taken {
        engine.note_refused_histograms(rejection.histograms);
    }
    taken.map(|()| StatusCode::NO_CONTENT)
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
    let request = remote_write::decompress(body, MAX_UNCOMPRESSED_BYTES)?;
    Receiver::new(store, now_ms()).take(&request)
}
