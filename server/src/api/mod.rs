//! Prometheus' HTTP API over whichever source serves: the same paths,
//! parameters, answers and errors.
//!
//! Handlers turn parameters into typed questions (`params`), and typed
//! answers into Prometheus' JSON (`json`).

mod error;
mod json;
mod labels;
mod params;
mod query;
mod status;
mod write;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use http::Method;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderValue, ORIGIN};
use tower_http::cors::{AllowOrigin, CorsLayer};

pub use error::ApiError;

use crate::state::AppState;

/// The largest form or remote write request, as it is sent.
const MAX_BODY_BYTES: usize = 32 << 20;

/// Everything under [`wire::url::API_V1`].
pub fn router(cors_origins: &[String]) -> Router<AppState> {
    let v1 = Router::new()
        .route("/query", get(query::instant).post(query::instant))
        .route("/query_range", get(query::range).post(query::range))
        .route(
            "/query_exemplars",
            get(query::exemplars).post(query::exemplars),
        )
        .route("/format_query", get(query::format).post(query::format))
        .route("/series", get(labels::series).post(labels::series))
        .route("/labels", get(labels::names).post(labels::names))
        .route("/label/{name}/values", get(labels::values))
        .route("/metadata", get(labels::metadata))
        .route("/targets", get(status::targets))
        .route("/targets/metadata", get(status::target_metadata))
        .route("/scrape_pools", get(status::scrape_pools))
        .route("/alertmanagers", get(status::alertmanagers))
        .route("/rules", get(status::rules))
        .route("/alerts", get(status::alerts))
        .route("/status/buildinfo", get(status::build_info))
        .route("/status/config", get(status::config))
        .route("/status/flags", get(status::flags))
        .route("/status/runtimeinfo", get(status::runtime_info))
        .route("/status/walreplay", get(status::wal_replay))
        .route("/status/tsdb", get(status::tsdb))
        .route("/write", post(write::remote_write))
        .fallback(error::not_found)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
    let v1 = if cors_origins.is_empty() {
        v1
    } else {
        v1.layer(cors(cors_origins))
    };
    Router::new().nest(wire::url::API_V1, v1)
}

/// Scripts of these origins alone may read answers.
fn cors(origins: &[String]) -> CorsLayer {
    let origins = origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([ACCEPT, AUTHORIZATION, CONTENT_TYPE, ORIGIN])
        .expose_headers([DATE])
}
