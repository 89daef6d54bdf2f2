//! Requests of pages -> HTML, snapshots and event streams.
//!
//! A page and its stream ask for the same view, so that what the HTML holds is
//! what the stream goes on from.

mod around;
mod board;
mod frame;
mod kiosk;
mod list;
mod live;
mod problem;
mod remarks;
mod render;
mod share;
mod targets;
mod width;

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use any_spawner::Executor;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use dashboard::Target;
use http::StatusCode;
use tokio::time::timeout_at;
use wire::url::LiveParams;

use crate::boards::variables::Resolved;
use crate::boards::{Around, BoardError};
use crate::clock::now_ms;
use crate::live::hub::TooManyViews;
use crate::live::view::Viewer;
use crate::state::AppState;
pub use render::Nonce;
use width::Width;

/// The URLs that show boards.
pub fn router() -> Router<AppState> {
    // Leptos renders on our runtime; that it knows of it already is no error.
    let _ = Executor::init_tokio();
    Router::new()
        .route(wire::url::OVERVIEW, get(board::overview))
        .route(wire::url::BOARDS, get(list::boards))
        .route(wire::url::BOARD, get(board::board))
        .route(wire::url::BOARD_SLUG, get(board::board_slug))
        .route(wire::url::CHOICES, get(board::choices))
        .route(wire::url::PALETTE, get(list::palette))
        .route(wire::url::EMBED, get(board::embed))
        .route(
            wire::url::EMBED_PANEL,
            get(board::embed_panel).layer(Extension(frame::FrameParts::default())),
        )
        .route(wire::url::SHARE, get(share::share))
        .route(wire::url::KIOSK, get(kiosk::kiosk))
        .route(wire::url::KIOSK_STATE, get(kiosk::shown))
        .route(wire::url::TARGETS, get(targets::targets))
        .route(wire::url::CSV, get(live::csv))
        .route(wire::url::SNAPSHOT, get(live::snapshot))
        .fallback(problem::no_page)
}

/// The URL of event streams.
pub fn streams() -> Router<AppState> {
    Router::new().route(wire::url::LIVE, get(live::stream))
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

/// A page's view, and what stands around its panels.
struct Entered {
    viewer: Viewer,
    resolved: Arc<Resolved>,
    around: Around,
    /// The range that is shown, as the URL would say it.
    range: (String, String),
    /// The zone in which times are written, by its name.
    zone: String,
}

/// A place at the view that `params` ask for on a page of this width.
async fn enter(state: &AppState, params: &LiveParams, width: Width) -> Result<Entered, PageError> {
    // At the start the first look for job systems may still be under way.
    let _ = timeout_at(state.booted() + WAIT_FOR_BOARDS, state.boards().ready()).await;
    let entry = state.boards().get(&params.board)?;
    let asked = entry.asked(params, now_ms())?;
    let frontends = state.frontends();
    let resolver = state.boards().resolver();
    let resolved = resolver
        .resolve(&entry, &asked.params, frontends, asked.ends)
        .await;
    let source = resolved.scope.fill(entry.source(), Target::Text);
    let frontend = frontends.get(&source).or_else(|| frontends.get(""));
    let frontend = frontend.ok_or(PageError::NoSource)?;
    let scrape_interval_ms = frontend.scrape_interval_ms(now_ms()).await;
    let shown = entry.view(&asked, &resolved, scrape_interval_ms, width.max_points())?;
    Ok(Entered {
        viewer: state
            .hub()
            .enter(shown.key, shown.spec, frontends.clone())?,
        resolved,
        around: shown.around,
        range: (asked.params.from, asked.params.to),
        zone: asked.params.zone,
    })
}
