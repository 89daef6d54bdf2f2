//! `features`: what of Prometheus' interfaces is served, by their names for it.
//!
//! Prometheus has it since 3.8, so that clients need not conclude from a version.

use axum::extract::State;
use serde_json::{Map, Value, json};

use super::error::ApiError;
use super::json::Success;
use super::params::Params;
use super::status::upstream_or;
use crate::state::AppState;

/// `GET /api/v1/features`.
pub async fn features(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    upstream_or(&state, "/features", &params, || Ok(own(&state))).await
}

fn own(state: &AppState) -> Value {
    let delayed = state
        .engine()
        .is_some_and(|engine| engine.options().name_removal == promql::NameRemoval::Delayed);
    json!({
        "api": {
            "admin": state.settings().enable_admin_api,
            "exclude_alerts": false,
            "label_values_match": true,
            "lifecycle": true,
            "otlp_write_receiver": false,
            "query_stats": true,
            "query_warnings": true,
            "remote_write_receiver": true,
            "time_range_labels": true,
            "time_range_series": true,
        },
        "promql": {
            "at_modifier": true,
            "bool": true,
            "by": true,
            "delayed_name_removal": delayed,
            "duration_expr": false,
            "fill": false,
            "group_left": true,
            "group_right": true,
            "ignoring": true,
            "negative_offset": true,
            "offset": true,
            "on": true,
            "per_query_lookback_delta": true,
            "per_step_stats": false,
            "subqueries": true,
            "without": true,
        },
        "promql_functions": all_on(promql::Function::all().map(|function| function.name)),
        "scrape": { "extra_scrape_metrics": true },
        "service_discovery_providers": all_on(["dns", "file", "http", "static"].into_iter()),
        "tsdb": { "exemplar_storage": true, "native_histograms": false },
    })
}

fn all_on(names: impl Iterator<Item = &'static str>) -> Value {
    let on: Map<String, Value> = names.map(|name| (name.to_owned(), true.into())).collect();
    on.into()
}
