//! `/metrics`: Andon's own metrics.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::metrics::MEDIA_TYPE;
use crate::state::AppState;

/// `GET /metrics`.
pub async fn expose(State(state): State<AppState>) -> Response {
    match state.metrics().exposition() {
        Ok(text) => ([(CONTENT_TYPE, MEDIA_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
