//! Whether the process answers, and whether it can serve boards.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use http::StatusCode;
use query::SourceName;
use serde::Serialize;

use crate::query::QueryFrontend;
use crate::state::AppState;

/// A probe must answer soon whatever the sources do.
const PING_LIMIT: Duration = Duration::from_millis(500);

/// The process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    replay: Option<Replay>,
    sources: Vec<SourceReadiness>,
}

#[derive(Serialize)]
struct Replay {
    replayed_bytes: u64,
    total_bytes: u64,
    samples: u64,
}

#[derive(Serialize)]
struct SourceReadiness {
    name: String,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Boards can be served: the store's log is replayed. A source that is away
/// does not make the server unready, since boards then show their last data and
/// say so: the body tells.
pub async fn ready(State(state): State<AppState>) -> Response {
    let ready = state.engine().is_none_or(|engine| engine.store().is_ok());
    let replay = state.engine().map(|engine| {
        let progress = engine.replay_progress();
        Replay {
            replayed_bytes: progress.replayed_bytes,
            total_bytes: progress.total_bytes,
            samples: progress.samples,
        }
    });
    let frontends = state.frontends().all();
    let asked = frontends.iter();
    let asked = asked.map(|(name, frontend)| source_readiness(name, frontend));
    let sources = join_all(asked).await;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = Readiness {
        ready,
        replay,
        sources,
    };
    (status, Json(body)).into_response()
}

async fn source_readiness(name: &SourceName, frontend: &QueryFrontend) -> SourceReadiness {
    let error = match tokio::time::timeout(PING_LIMIT, frontend.ping()).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("no answer within {} ms", PING_LIMIT.as_millis())),
    };
    SourceReadiness {
        name: name.to_string(),
        what: frontend.describe(),
        error,
    }
}
