//! Whether the process answers, and whether it can serve boards.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;

use crate::state::AppState;

/// A probe must answer soon whatever the sources do.
const PING_LIMIT: Duration = Duration::from_secs(2);

/// The process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    sources: Vec<SourceReadiness>,
}

#[derive(Serialize)]
struct SourceReadiness {
    name: String,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Boards can be served. A source that is away does not make the server
/// unready, since boards then show their last data and say so: the body tells.
pub async fn ready(State(state): State<AppState>) -> Response {
    let mut sources = Vec::new();
    for (name, source) in state.sources() {
        let error = match tokio::time::timeout(PING_LIMIT, source.ping()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("no answer within {} s", PING_LIMIT.as_secs())),
        };
        sources.push(SourceReadiness {
            name: name.to_owned(),
            what: source.describe(),
            error,
        });
    }
    let ready = true;
    (StatusCode::OK, Json(Readiness { ready, sources })).into_response()
}
