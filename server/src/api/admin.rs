//! `admin/tsdb/…`: snapshots of the store of our own, and deletions from it, as in
//! Prometheus. They are refused unless the configuration switches them on.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use storage::{StorageError, Store};

use super::error::ApiError;
use super::json::Success;
use super::params::Params;
use crate::source::{Annotations, ApiErrorKind};
use crate::state::AppState;
use crate::supervise;

/// What has to be set first.
const OFF: &str = "the admin API is off: set enable_admin_api = true in andon.toml, or start with \
                   --enable-admin-api";

/// `POST|PUT /api/v1/admin/tsdb/snapshot`: the name of a folder in `snapshots/` of the
/// data folder.
pub async fn snapshot(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    let skip_head = match params.get("skip_head") {
        "" | "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
        "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
        text => {
            let reason = format!("unable to parse boolean: {text:?}");
            return Err(ApiError::invalid_parameter("skip_head", &reason));
        }
    };
    let name = on_store(&state, move |store| store.snapshot(skip_head)).await?;
    Ok(Success::data(
        &json!({ "name": name }),
        &Annotations::default(),
    ))
}

/// `POST|PUT /api/v1/admin/tsdb/delete_series`: they are not found any more, and leave
/// the disk when blocks are merged, or by `clean_tombstones`.
pub async fn delete_series(
    State(state): State<AppState>,
    params: Params,
) -> Result<StatusCode, ApiError> {
    let query = params.series_query()?;
    if query.selectors.is_empty() {
        return Err(ApiError::bad_data("no match[] parameter provided"));
    }
    let mut selections = Vec::new();
    for selector in &query.selectors {
        let matchers = promql::parse_selector(selector)
            .map_err(|error| ApiError::invalid_parameter("match[]", &error.to_string()))?;
        selections.push(matchers);
    }
    on_store(&state, move |store| {
        let mut selections = selections.iter();
        selections.try_for_each(|matchers| store.delete_series(matchers, query.range))
    })
    .await?;
    tracing::info!(selectors = ?query.selectors, "series are deleted");
    Ok(StatusCode::NO_CONTENT)
}

/// `POST|PUT /api/v1/admin/tsdb/clean_tombstones`.
pub async fn clean_tombstones(State(state): State<AppState>) -> Result<StatusCode, ApiError> {
    on_store(&state, Store::clean_tombstones).await?;
    tracing::info!("deleted series are removed from the disk");
    Ok(StatusCode::NO_CONTENT)
}

/// Has the work done on the store, where blocking is allowed.
async fn on_store<T: Send + 'static>(
    state: &AppState,
    work: impl FnOnce(&Store) -> Result<T, StorageError> + Send + 'static,
) -> Result<T, ApiError> {
    if !state.settings().enable_admin_api {
        return Err(ApiError {
            kind: ApiErrorKind::Forbidden,
            message: OFF.to_owned(),
        });
    }
    let engine = state.engine().ok_or_else(|| ApiError {
        kind: ApiErrorKind::NotFound,
        message: "there is no store here: ask the source itself".to_owned(),
    })?;
    let store = Arc::clone(engine.store()?);
    let done = supervise::blocking("admin", move || work(&store)).await;
    let failed = "it ended without an answer, which is a fault of Andon's; its log says why";
    let done = done.ok_or_else(|| internal(failed.to_owned()))?;
    done.map_err(|error| match error {
        StorageError::InMemory => ApiError {
            kind: ApiErrorKind::Unavailable,
            message: error.to_string(),
        },
        other => internal(other.to_string()),
    })
}

fn internal(message: String) -> ApiError {
    ApiError {
        kind: ApiErrorKind::Internal,
        message,
    }
}
