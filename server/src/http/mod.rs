//! HTTP around the handlers: the URL table, security headers, compression,
//! assets, health.

mod demo;
mod health;
mod metrics;
mod observe;
pub mod security;
pub mod serve;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use crate::state::AppState;

/// Where Prometheus has these; `promtool check` asks there.
const PROMETHEUS_HEALTHY: &str = "/-/healthy";
const PROMETHEUS_READY: &str = "/-/ready";

/// The URL table.
pub fn router(state: AppState) -> Router {
    Router::new()
        .route(
            &format!("{}/{{file}}", wire::url::ASSETS),
            get(crate::assets::serve),
        )
        .route(wire::url::HEALTHZ, get(health::alive))
        .route(wire::url::LIVEZ, get(health::alive))
        .route(wire::url::READYZ, get(health::ready))
        .route(PROMETHEUS_HEALTHY, get(health::alive))
        .route(PROMETHEUS_READY, get(health::ready))
        .route(wire::url::METRICS, get(metrics::expose))
        .route(wire::url::DEMO_METRICS, get(demo::expose))
        .merge(crate::api::router(state.cors_origins()))
        .merge(crate::pages::router())
        // Answers are made once and read once: the fastest level saves most bytes
        // at little cost. What is compressed already passes through.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        // Even at rest, a compressor takes kilobytes of each stream.
        .merge(crate::pages::streams())
        .layer(from_fn_with_state(state.clone(), security::headers))
        .route_layer(from_fn_with_state(state.clone(), observe::request))
        .with_state(state)
}
