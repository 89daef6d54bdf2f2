//! Counts, times and logs every request.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::state::AppState;

/// Runs around every route.
pub async fn request(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned())
        .unwrap_or_default();
    let method = request.method().clone();
    let start = Instant::now();
    let response = next.run(request).await;
    let (status, elapsed) = (response.status(), start.elapsed());
    state.metrics().http.observe(&route, status, elapsed);
    tracing::debug!(
        %method,
        route,
        status = status.as_u16(),
        elapsed_ms = elapsed.as_secs_f64() * 1e3,
        "request"
    );
    response
}
