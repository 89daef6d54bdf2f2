//! Requests of pages -> HTML, snapshots and event streams.
//!
//! A page and its stream ask for the same view, so that what the HTML holds is
//! what the stream goes on from.

mod board;
mod live;
mod render;
mod targets;

use std::fmt::Display;
use std::time::Duration;

use any_spawner::Executor;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use tokio::time::timeout_at;
use wire::url::LiveParams;

use crate::boards::BoardError;
use crate::clock::now_ms;
use crate::live::hub::TooManyViews;
use crate::live::view::Viewer;
use crate::state::AppState;

/// The URLs that show boards.
pub fn router() -> Router<AppState> {
    // Leptos renders on our runtime; that it knows of it already is no error.
    let _ = Executor::init_tokio();
    Router::new()
        .route(wire::url::OVERVIEW, get(board::overview))
        .route(wire::url::BOARD, get(board::board))
        .route(wire::url::EMBED, get(board::embed))
        .route(wire::url::EMBED_PANEL, get(board::embed_panel))
        .route(wire::url::TARGETS, get(targets::targets))
        .route(wire::url::SNAPSHOT, get(live::snapshot))
        .route(wire::url::LIVE, get(live::stream))
}

/// Pages that come so soon after the start wait until then for the first boards.
const WAIT_FOR_BOARDS: Duration = Duration::from_secs(5);

/// Why a view cannot be shown.
#[derive(Debug, thiserror::Error)]
enum PageError {
    #[error(transparent)]
    Board(#[from] BoardError),
    #[error(transparent)]
    Full(#[from] TooManyViews),
    #[error("there is no source of data")]
    NoSource,
}

impl PageError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Board(BoardError::NotFound(_)) => StatusCode::NOT_FOUND,
            Self::Board(_) => StatusCode::BAD_REQUEST,
            Self::Full(_) | Self::NoSource => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        plain(self.status(), &self)
    }
}

fn plain(status: StatusCode, words: &dyn Display) -> Response {
    (status, format!("{words}\n")).into_response()
}

/// A place at the view that `params` ask for.
async fn enter(state: &AppState, params: &LiveParams) -> Result<Viewer, PageError> {
    // At the start the first look for job systems may still be under way.
    let _ = timeout_at(state.booted() + WAIT_FOR_BOARDS, state.boards().ready()).await;
    let entry = state.boards().get(&params.board)?;
    let plane = state.planes().get(entry.source());
    let plane = plane
        .or_else(|| state.planes().get(""))
        .ok_or(PageError::NoSource)?;
    let now_ms = now_ms();
    let scrape_interval_ms = plane.scrape_interval_ms(now_ms).await;
    let scope = entry
        .variables
        .resolve(&entry.board, params, plane.source(), now_ms)
        .await;
    let (key, spec) = entry.view(params, &scope, scrape_interval_ms, now_ms)?;
    Ok(state.hub().enter(key, spec, state.planes().clone())?)
}
