//! Prometheus' HTTP API over whichever source serves: the same paths,
//! parameters, answers and errors.
//!
//! Handlers turn parameters into typed questions ([`params`]), and typed
//! answers into Prometheus' JSON ([`json`]).

mod error;
mod json;
mod labels;
mod params;
mod query;
mod status;
mod write;

use axum::Router;
use axum::routing::{get, post};

pub use error::ApiError;

use crate::state::AppState;

/// Everything under [`wire::url::API_V1`].
pub fn router() -> Router<AppState> {
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
        .route("/rules", get(status::rules))
        .route("/alerts", get(status::alerts))
        .route("/status/buildinfo", get(status::build_info))
        .route("/status/config", get(status::config))
        .route("/status/flags", get(status::flags))
        .route("/status/runtimeinfo", get(status::runtime_info))
        .route("/status/tsdb", get(status::tsdb))
        .route("/write", post(write::remote_write))
        .fallback(error::not_found);
    Router::new().nest(wire::url::API_V1, v1)
}
