//! Requests of pages -> HTML, snapshots and event streams.
//!
//! A page and its stream ask for the same view, so that what the HTML holds is
//! what the stream goes on from.

pub mod board;
mod chrome;
mod diagnostics;
mod frame;
pub mod kiosk;
pub mod list;
pub mod live;
pub mod problem;
mod render;
pub mod share;
pub mod targets;
mod width;

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use any_spawner::Executor;
use axum::response::{IntoResponse, Response};
use dashboard::Target;
use http::StatusCode;
use http::header::{HeaderValue, RETRY_AFTER};
use tokio::time::timeout_at;
use wire::url::LiveParams;

use crate::boards::variables::Resolved;
use crate::boards::{BoardEntry, BoardError, PageChrome, ViewRequest, intervals};
use crate::clock::now_ms;
use crate::live::hub::{Client, TooManyViews};
use crate::live::view::{ViewEnded, Viewer};
use crate::state::AppState;
pub use frame::FrameParts;
pub use render::Nonce;
use width::Width;

/// Has leptos render on the runtime that calls this.
pub fn use_this_runtime() {
    // That it knows of it already is no error.
    let _ = Executor::init_tokio();
}

/// Pages that come so soon after the start wait until then for the first boards.
const WAIT_FOR_BOARDS: Duration = Duration::from_secs(5);

/// Where there is no view to be had, clients come back after so many seconds.
const COME_BACK_AFTER_S: HeaderValue = HeaderValue::from_static("5");

/// Why a view cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error(transparent)]
    Board(#[from] BoardError),
    #[error(transparent)]
    Full(#[from] TooManyViews),
    #[error(transparent)]
    Ended(#[from] ViewEnded),
    #[error(
        "there is no playlist `{0}`: add a [[playlist]] of this name to andon.toml, and reload it (SIGHUP)"
    )]
    NoPlaylist(String),
    #[error("the board has no variable `{0}`")]
    NoVariable(String),
    #[error("there is no page `{0}`")]
    NoPage(String),
    #[error("the board has no panel `{0}` with data")]
    NoPanel(String),
}

impl PageError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoPlaylist(_)
            | Self::NoPage(_)
            | Self::Board(BoardError::NotFound(_))
            | Self::NoVariable(_)
            | Self::NoPanel(_) => StatusCode::NOT_FOUND,
            Self::Board(BoardError::Broken { .. }) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Board(_) => StatusCode::BAD_REQUEST,
            Self::Full(TooManyViews::OfAddress(_)) => StatusCode::TOO_MANY_REQUESTS,
            Self::Full(_) | Self::Ended(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = plain(self.status(), &self);
        if matches!(self, Self::Full(_) | Self::Ended(_)) {
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, COME_BACK_AFTER_S);
        }
        response
    }
}

fn plain(status: StatusCode, words: &dyn Display) -> Response {
    (status, format!("{words}\n")).into_response()
}

/// A page's view, and what stands around its panels.
struct PageView {
    viewer: Viewer,
    resolved: Arc<Resolved>,
    chrome: PageChrome,
    /// The range that is shown, as the URL would say it.
    range: (String, String),
    /// The zone in which times are written, by its name.
    zone: String,
}

/// What a page asks for, with the values of its board's variables.
struct ResolvedRequest {
    entry: Arc<BoardEntry>,
    request: ViewRequest,
    resolved: Arc<Resolved>,
}

/// Finds the board that `params` ask for, and the values of its variables.
async fn resolve(state: &AppState, params: &LiveParams) -> Result<ResolvedRequest, PageError> {
    // At the start the first look for job systems may still be under way: it makes
    // the first page and the boards of systems. A board that is there waits for nothing.
    if params.board.is_overview() || state.boards().get(&params.board).is_err() {
        let _ = timeout_at(state.booted() + WAIT_FOR_BOARDS, state.boards().ready()).await;
    }
    let entry = state.boards().get(&params.board)?;
    let request = entry.request(params, now_ms())?;
    let frontends = state.frontends();
    let resolver = state.boards().resolver();
    let resolved = resolver
        .resolve(&entry, &request.params, frontends, request.ends)
        .await;
    Ok(ResolvedRequest {
        entry,
        request,
        resolved,
    })
}

/// A place at the view that `params` ask for on a page of this width.
async fn enter(
    state: &AppState,
    params: &LiveParams,
    width: Width,
    client: Client,
) -> Result<PageView, PageError> {
    let ResolvedRequest {
        entry,
        request,
        resolved,
    } = resolve(state, params).await?;
    let frontends = state.frontends();
    let source = resolved.scope.fill(entry.source(), Target::Text);
    let filled = entry.filled(&request, &resolved)?;
    let intervals = intervals(&filled.board, &source.into(), frontends).await;
    let max_points = width.max_points();
    let view = entry.resolve(&request, &resolved, filled, &intervals, max_points);
    Ok(PageView {
        viewer: state
            .hub()
            .enter(view.key, view.spec, frontends.clone(), client)?,
        resolved,
        chrome: view.chrome,
        range: (request.params.from, request.params.to),
        zone: request.params.zone,
    })
}
