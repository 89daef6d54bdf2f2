//! `series`, `labels`, `label/{name}/values`, `metadata`.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use serde::Serialize;

use super::error::ApiError;
use super::json::Success;
use super::params::Params;
use crate::source::{Annotations, MetricMetadata};
use crate::state::AppState;

/// `GET|POST /api/v1/series`.
pub async fn series(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    let query = params.series_query()?;
    if query.selectors.is_empty() {
        return Err(ApiError::bad_data("no match[] parameter provided"));
    }
    let found = state.default_source()?.series(&query).await?;
    Ok(Success::label_sets(&found.items, &found.annotations))
}

/// `GET|POST /api/v1/labels`.
pub async fn names(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    let query = params.series_query()?;
    let found = state.default_source()?.label_names(&query).await?;
    Ok(Success::data(&found.items, &found.annotations))
}

/// `GET /api/v1/label/{name}/values`.
pub async fn values(
    State(state): State<AppState>,
    Path(name): Path<String>,
    params: Params,
) -> Result<Success, ApiError> {
    let query = params.series_query()?;
    let found = state.default_source()?.label_values(&name, &query).await?;
    Ok(Success::data(&found.items, &found.annotations))
}

#[derive(Serialize)]
struct Entry<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    help: &'a str,
    unit: &'a str,
}

/// `GET /api/v1/metadata`.
pub async fn metadata(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    let limit = match params.limit("limit")? {
        0 => usize::MAX,
        limit => limit,
    };
    let metric = Some(params.get("metric")).filter(|name| !name.is_empty());
    let all = state.default_source()?.metadata(metric).await?;
    let by_name: BTreeMap<&str, [Entry<'_>; 1]> = all
        .iter()
        .take(limit)
        .map(|one| (one.name.as_str(), [entry(one)]))
        .collect();
    Ok(Success::data(&by_name, &Annotations::default()))
}

fn entry(one: &MetricMetadata) -> Entry<'_> {
    Entry {
        kind: one.metadata.kind.as_str(),
        help: &one.metadata.help,
        unit: &one.metadata.unit,
    }
}
