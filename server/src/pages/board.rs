//! `/` and `/d/{board}`: a board as HTML that already holds its data.

use std::time::Duration;

use app::{BoardLink, Chrome, PageContext, Theme};
use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use http::HeaderMap;
use http::header::{CACHE_CONTROL, COOKIE, HeaderValue};
use wire::url::LiveParams;

use super::{PageError, enter};
use crate::http::assets::bundle_files;
use crate::http::security::Nonce;
use crate::state::AppState;

/// A page waits so long for data; after that it is sent as it is, and the
/// stream brings the rest.
const WAIT_FOR_DATA: Duration = Duration::from_millis(1_500);

/// `GET /`.
pub async fn overview(
    state: State<AppState>,
    nonce: Extension<Nonce>,
    query: RawQuery,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    page(String::new(), state, nonce, query, headers).await
}

/// `GET /d/{board}`.
pub async fn board(
    Path(id): Path<String>,
    state: State<AppState>,
    nonce: Extension<Nonce>,
    query: RawQuery,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    page(id, state, nonce, query, headers).await
}

async fn page(
    id: String,
    State(state): State<AppState>,
    Extension(nonce): Extension<Nonce>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let query = query.unwrap_or_default();
    let params = LiveParams {
        board: id,
        ..LiveParams::from_query(&query)
    };
    let viewer = enter(&state, &params).await?;
    // Late data is no error: the page says that it waits.
    let _ = tokio::time::timeout(WAIT_FOR_DATA, viewer.view().loaded()).await;
    let cookies = headers
        .get(COOKIE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let context = PageContext {
        snapshot: viewer.view().snapshot(),
        params,
        boards: links(&state),
        theme: Theme::chosen(&query, cookies),
        chrome: Chrome::Full,
        nonce: nonce.0,
        bundle: bundle_files(),
    };
    let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((no_store, Html(app::render(context))).into_response())
}

fn links(state: &AppState) -> Vec<BoardLink> {
    let link = |entry: &crate::boards::Entry| BoardLink {
        id: entry.id.clone(),
        title: entry.board.title.clone(),
    };
    state
        .boards()
        .all()
        .iter()
        .map(|entry| link(entry))
        .collect()
}
