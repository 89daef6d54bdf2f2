//! Prometheus' HTTP API over whichever source serves.

use axum::Router;

use crate::state::AppState;

/// Everything under [`wire::url::API_V1`].
pub fn router() -> Router<AppState> {
    Router::new()
}
