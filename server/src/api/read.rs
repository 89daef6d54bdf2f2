//! `read`: remote read, the raw samples of the store of our own.
//!
//! An upstream is asked itself: what it would answer is passed through by nobody here.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use remote_read::RequestError;

use super::error::{ApiError, status};
use crate::source::{ApiErrorKind, Engine};
use crate::state::AppState;
use crate::supervise;

/// The largest request, uncompressed: selectors alone.
const MAX_REQUEST_BYTES: usize = 1 << 20;

/// `POST /api/v1/read`. Errors are plain text, as Prometheus' are.
pub async fn remote_read(State(state): State<AppState>, body: Bytes) -> Response {
    match answer(&state, &body).await {
        Ok(block) => {
            let headers = [
                (CONTENT_TYPE, remote_read::MEDIA_TYPE),
                (CONTENT_ENCODING, "snappy"),
            ];
            (headers, block).into_response()
        }
        Err(error) => (status(error.kind), format!("{}\n", error.message)).into_response(),
    }
}

async fn answer(state: &AppState, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let source = state.default_source()?;
    let engine: Arc<Engine> = match state.engine().filter(|_| source.is_own_store()) {
        Some(engine) => Arc::clone(engine),
        None => {
            let name = source.describe();
            return Err(ApiError {
                kind: ApiErrorKind::NotFound,
                message: format!("the samples are in {name}: read them there"),
            });
        }
    };
    let queries = remote_read::queries(body, MAX_REQUEST_BYTES).map_err(refused)?;
    let mut results = Vec::new();
    let mut left = engine.options().limits.max_samples;
    for query in queries {
        let series = engine.samples(query.matchers, query.range, left).await?;
        left -= series.iter().map(|one| one.samples.len()).sum::<usize>();
        results.push(series);
    }
    let block = supervise::blocking("remote read", move || remote_read::answer(&results)).await;
    match block {
        Some(Ok(block)) => Ok(block),
        Some(Err(error)) => Err(ApiError::bad_data(format!(
            "the answer is too large: ask for less at once: {error}"
        ))),
        None => Err(ApiError {
            kind: ApiErrorKind::Internal,
            message: "the answer was not written; the log says why".to_owned(),
        }),
    }
}

fn refused(error: RequestError) -> ApiError {
    ApiError::bad_data(error.to_string())
}
