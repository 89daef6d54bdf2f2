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
use tokio::time::timeout_at;
use wire::url::LiveParams;

use crate::boards::variables::Resolved;
use crate::boards::{BoardError, PageChrome};
use crate::clock::now_ms;
use crate::live::hub::TooManyViews;
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

/// Why a view cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error(transparent)]
    Board(#[from] BoardError),
    #[error(transparent)]
    Full(#[from] TooManyViews),
    #[error(transparent)]
    Ended(#[from] ViewEnded),
    #[error("there is no source of data")]
    NoSource,
    #[error("there is no playlist `{0}`: add a [[playlist]] of this name to andon.toml")]
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
            Self::Full(_) | Self::Ended(_) | Self::NoSource => StatusCode::SERVICE_UNAVAILABLE,
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

/// A place at the view that `params` ask for on a page of this width.
async fn enter(state: &AppState, params: &LiveParams, width: Width) -> Result<PageView, PageError> {
    // At the start the first look for job systems may still be under way.
    let _ = timeout_at(state.booted() + WAIT_FOR_BOARDS, state.boards().ready()).await;
    let entry = state.boards().get(&params.board)?;
    let request = entry.request(params, now_ms())?;
    let frontends = state.frontends();
    let resolver = state.boards().resolver();
    let resolved = resolver
        .resolve(&entry, &request.params, frontends, request.ends)
        .await;
    let source = resolved.scope.fill(entry.source(), Target::Text);
    let frontend = frontends.get(&source).or_else(|| frontends.get(""));
    let frontend = frontend.ok_or(PageError::NoSource)?;
    let scrape_interval_ms = frontend.scrape_interval_ms(now_ms()).await;
    let view = entry.resolve(&request, &resolved, scrape_interval_ms, width.max_points())?;
    Ok(PageView {
        viewer: state.hub().enter(view.key, view.spec, frontends.clone())?,
        resolved,
        chrome: view.chrome,
        range: (request.params.from, request.params.to),
        zone: request.params.zone,
    })
}
