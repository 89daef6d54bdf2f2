//! `/`, `/d/…` and `/embed/…`: a board as HTML that already holds its data.

use std::convert::Infallible;
use std::time::Duration;

use app::{BoardLink, Chrome, PageContext, Theme};
use axum::extract::{FromRequestParts, Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, COOKIE, HeaderValue};
use http::request::Parts;
use wire::url::LiveParams;

use super::render::render;
use super::{PageError, enter};
use crate::boards::OVERVIEW;
use crate::http::assets::bundle_files;
use crate::state::AppState;

/// A page waits so long for data; after that it is sent as it is, and the
/// stream brings the rest.
const WAIT_FOR_DATA: Duration = Duration::from_millis(1_500);

/// What a request asks for besides a board.
pub struct Asked {
    query: String,
    theme: Theme,
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let cookies = parts
            .headers
            .get(COOKIE)
            .and_then(|value| value.to_str().ok());
        Ok(Self {
            theme: Theme::chosen(&query, cookies.unwrap_or_default()),
            query,
        })
    }
}

impl Asked {
    /// Dark or light.
    pub fn theme(&self) -> Theme {
        self.theme
    }

    /// Whether the URL asks for a wall: `?kiosk`.
    fn chrome(&self) -> Chrome {
        Chrome::of_board(&self.query)
    }
}

/// `GET /`.
pub async fn overview(State(state): State<AppState>, asked: Asked) -> Result<Response, PageError> {
    let chrome = asked.chrome();
    page(&state, OVERVIEW.to_owned(), asked, chrome).await
}

/// `GET /d/{board}`.
pub async fn board(
    State(state): State<AppState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, PageError> {
    let chrome = asked.chrome();
    page(&state, id, asked, chrome).await
}

/// `GET /embed/{board}`.
pub async fn embed(
    State(state): State<AppState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, PageError> {
    let chrome = Chrome::of_embed(&asked.query);
    page(&state, id, asked, chrome).await
}

/// `GET /embed/{board}/{panel}`.
pub async fn embed_panel(
    State(state): State<AppState>,
    Path((id, panel)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, PageError> {
    let chrome = Chrome::of_embed(&asked.query);
    page(&state, format!("{id}/{panel}"), asked, chrome).await
}

async fn page(
    state: &AppState,
    id: String,
    asked: Asked,
    chrome: Chrome,
) -> Result<Response, PageError> {
    let params = LiveParams {
        board: id,
        ..LiveParams::from_query(&asked.query)
    };
    let viewer = enter(state, &params).await?;
    // Late data is no error: the page says that it waits.
    let _ = tokio::time::timeout(WAIT_FOR_DATA, viewer.view().loaded()).await;
    let context = PageContext {
        snapshot: viewer.view().snapshot(),
        params,
        boards: links(state),
        theme: asked.theme,
        chrome,
        bundle: bundle_files(),
    };
    let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let html = render(move || app::document(context.clone())).await;
    Ok((no_store, html).into_response())
}

/// Every board, for the navigation.
pub fn links(state: &AppState) -> Vec<BoardLink> {
    let link = |entry: &crate::boards::Entry| BoardLink {
        id: entry.id.clone(),
        title: match entry.id.as_str() {
            OVERVIEW => "Overview".to_owned(),
            _ => entry.board.title.clone(),
        },
    };
    state
        .boards()
        .all()
        .iter()
        .map(|entry| link(entry))
        .collect()
}
