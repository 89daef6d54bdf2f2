//! `/share/{board}/{panel}`: the sheet that puts a panel into a frame.

use app::{ShareContext, Theme};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{CACHE_CONTROL, HOST, HeaderValue};
use wire::id::BoardId;
use wire::url::{LiveParams, pairs};

use super::board::PageRequest;
use super::render::render;
use super::{PageError, enter};
use crate::assets::bundle_files;
use crate::boards::BoardError;
use crate::live::hub::Purpose;
use crate::state::AppState;

/// By which proxies tell what the reader's browser said.
const FORWARDED_PROTO: &str = "x-forwarded-proto";
const FORWARDED_HOST: &str = "x-forwarded-host";

/// `GET /share/{board}/{panel}`.
pub async fn share(
    State(state): State<AppState>,
    Path((board, panel)): Path<(String, String)>,
    headers: HeaderMap,
    request: PageRequest,
) -> Result<Response, PageError> {
    let id = BoardId::of_panel(&board, &panel);
    let params = LiveParams {
        board: id.clone(),
        ..LiveParams::from_query(request.query())
    };
    let client = request.client(Purpose::OneAnswer);
    let view = enter(&state, &params, request.width(), client).await?;
    let mut panels = view.viewer.view().snapshot().board.panels.into_iter();
    let panel = panels.next().ok_or(BoardError::NotFound(id))?;
    let says = |name: &str, value: &str| {
        pairs(request.query()).any(|(key, held)| key == name && held == value)
    };
    let context = ShareContext {
        board: board.into(),
        panel,
        origin: origin(&headers),
        params,
        frame_theme: match (says("frame-theme", "light"), says("frame-theme", "dark")) {
            (true, _) => Theme::Light,
            (_, true) => Theme::Dark,
            _ => Theme::System,
        },
        is_transparent: says("background", "transparent"),
        is_allowed: !state.settings().embed_origins.is_empty(),
        theme: request.theme(),
        bundle: bundle_files(),
    };
    let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let html = render(move || app::share_document(context.clone())).await;
    Ok((no_store, html).into_response())
}

/// Where the reader's browser found the server.
fn origin(headers: &HeaderMap) -> String {
    let host = first(headers, FORWARDED_HOST).or_else(|| first(headers, HOST.as_str()));
    let scheme = first(headers, FORWARDED_PROTO).unwrap_or("http");
    format!("{scheme}://{}", host.unwrap_or_default())
}

/// A header's value; of several proxies' that of the first, which the reader sees.
fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?;
    value.split(',').next().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_what_the_reader_sees() {
        let check = |pairs: &[(&'static str, &'static str)], expected: &str| {
            let pairs = pairs.iter().map(|(name, value)| {
                let name = http::HeaderName::from_static(name);
                (name, HeaderValue::from_static(value))
            });
            assert_eq!(origin(&pairs.collect()), expected);
        };
        check(&[("host", "127.0.0.1:3000")], "http://127.0.0.1:3000");
        let proxied = [
            ("host", "andon.internal"),
            ("x-forwarded-host", "andon.example"),
            ("x-forwarded-proto", "https"),
        ];
        check(&proxied, "https://andon.example");
        let twice = [
            ("x-forwarded-host", "andon.example, andon.internal"),
            ("x-forwarded-proto", "https, http"),
        ];
        check(&twice, "https://andon.example");
    }
}
