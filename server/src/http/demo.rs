//! `/demo/metrics`: the simulated job system as an exporter.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::clock::now_ms;
use crate::demo::MEDIA_TYPE;
use crate::state::AppState;

/// `GET /demo/metrics`; there is nothing without `--demo`.
pub async fn expose(State(state): State<AppState>) -> Response {
    match state.demo() {
        Some(demo) => ([(CONTENT_TYPE, MEDIA_TYPE)], demo.exposition(now_ms())).into_response(),
        None => (
            StatusCode::NOT_FOUND,
            "no simulated system: start with --demo\n",
        )
            .into_response(),
    }
}
