//! `POST /api/v1/write`: remote write 1.0 and 2.0, a snappy block of protobuf.
//!
//! The block says its uncompressed length, which is checked before anything is
//! allocated for it. A request is acknowledged once the log has its samples.

mod intake;
mod negotiation;
mod rejection;
mod request;

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use remote_write::{BlockError, InvalidSymbols, Malformed, Message, Request};
use storage::Store;

use crate::clock::now_ms;
use crate::state::AppState;
use crate::supervise;
pub use intake::Intake;
use negotiation::Unsupported;
pub use rejection::Rejection;
use request::{Receiver, Taken};

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
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
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
    Symbols(#[from] InvalidSymbols),
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
            Self::NotReady(_)
            | Self::SlowBody
            | Self::NoRoom
            | Self::Disk(_)
            | Self::Interrupted => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unsupported(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Block(BlockError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BrokenBody(_) | Self::Block(_) | Self::Malformed(_) | Self::Symbols(_) => {
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

/// How much of a 2.0 request is stored.
const SAMPLES_WRITTEN: HeaderName =
    HeaderName::from_static("x-prometheus-remote-write-samples-written");
const HISTOGRAMS_WRITTEN: HeaderName =
    HeaderName::from_static("x-prometheus-remote-write-histograms-written");
const EXEMPLARS_WRITTEN: HeaderName =
    HeaderName::from_static("x-prometheus-remote-write-exemplars-written");

/// Takes one request. What a sender of 2.0 is told in headers, it is told also
/// where only a part was taken.
pub async fn remote_write(
    State(state): State<AppState>,
    Extension(intake): Extension<Intake>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, WriteError> {
    let engine = state.engine().ok_or(WriteError::NoStore)?;
    let store = engine
        .store()
        .map_err(|error| WriteError::NotReady(error.to_string()))?;
    let store = Arc::clone(store);
    let message = negotiation::message(&headers)?;
    let received = intake.receive(body, MAX_BODY_BYTES).await?;
    // Decoding and the disk would hold up the runtime's threads. The work goes
    // on when the sender is gone, and holds what it has received.
    let work = move || {
        let received = received;
        take(&store, message, &received.bytes)
    };
    let taken = supervise::blocking("remote write", work)
        .await
        .unwrap_or(Err(WriteError::Interrupted))?;
    engine.note_remote_write(taken.rejection.histograms, taken.lost_exemplars);
    Ok(answer(message, &taken))
}

fn answer(message: Message, taken: &Taken) -> Response {
    let mut response = if taken.rejection.is_empty() {
        StatusCode::NO_CONTENT.into_response()
    } else {
        (StatusCode::BAD_REQUEST, format!("{}\n", taken.rejection)).into_response()
    };
    if message == Message::V2 {
        let headers = response.headers_mut();
        headers.insert(SAMPLES_WRITTEN, taken.samples.into());
        headers.insert(HISTOGRAMS_WRITTEN, taken.histograms.into());
        headers.insert(EXEMPLARS_WRITTEN, taken.exemplars.into());
    }
    response
}

fn take(store: &Store, message: Message, body: &[u8]) -> Result<Taken, WriteError> {
    let bytes = remote_write::decompress(body, MAX_UNCOMPRESSED_BYTES)?;
    let request = Request::new(message, &bytes)?;
    Receiver::new(store, now_ms()).take(&request)
}
