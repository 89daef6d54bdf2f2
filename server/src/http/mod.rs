//! HTTP around the handlers: the URL table, headers, compression, assets, health.

mod health;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// The URL table.
pub fn router(state: AppState) -> Router {
    Router::new()
        .route(wire::url::HEALTHZ, get(health::alive))
        .route(wire::url::LIVEZ, get(health::alive))
        .with_state(state)
}
