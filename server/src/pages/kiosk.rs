//! `/kiosk/{playlist}`: the page of a display, and what it asks for.

use app::KioskContext;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, HeaderValue};
use serde::Serialize;
use wire::id::BoardId;
use wire::url;

use super::PageError;
use super::board::PageRequest;
use super::problem::problem;
use super::render::render;
use crate::assets::{bundle_files, server_version};
use crate::boards::playlist::{Playlist, Slide};
use crate::state::{AppState, Settings};

/// What a display shows at present.
#[derive(Debug, PartialEq, Serialize)]
struct DisplayState {
    version: String,
    theme: &'static str,
    /// Minutes of the day between which it is dark.
    night: Option<(u16, u16)>,
    boards: Vec<DisplaySlide>,
}

#[derive(Debug, PartialEq, Serialize)]
struct DisplaySlide {
    url: String,
    seconds: f64,
}

/// `GET /kiosk/{playlist}`.
pub async fn kiosk(
    State(state): State<AppState>,
    Path(name): Path<String>,
    request: PageRequest,
) -> Response {
    let settings = state.settings();
    let playlist = match find(&settings, &name) {
        Ok(playlist) => playlist,
        Err(error) => return problem(&state, &error, request.theme(), true).await,
    };
    let context = KioskContext {
        name: playlist.name.clone(),
        address: url::KIOSK_STATE.replace("{playlist}", &url::encode(&playlist.name)),
        version: server_version(),
        bundle: bundle_files(),
    };
    let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let html = render(move || app::kiosk_document(context.clone())).await;
    (no_store, html).into_response()
}

/// `GET /api/kiosk/{playlist}`: what the display shows at present. A board that
/// is not there is left out, until it is.
pub async fn shown(
    State(state): State<AppState>,
    Path(name): Path<String>,
) -> Result<Response, PageError> {
    let settings = state.settings();
    let playlist = find(&settings, &name)?;
    let there = playlist.boards.iter();
    let there = there.filter(|slide| state.boards().get(&slide.board).is_ok());
    let shown = DisplayState {
        version: server_version(),
        theme: playlist.theme.as_str(),
        night: playlist.night,
        boards: there.map(board).collect(),
    };
    let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((no_store, Json(shown)).into_response())
}

fn board(slide: &Slide) -> DisplaySlide {
    let path = url::board_url(&BoardId::named(slide.board.as_str()));
    let query = match slide.query.trim_start_matches('?') {
        "" => String::new(),
        query => format!("&{query}"),
    };
    DisplaySlide {
        url: format!("{path}?kiosk{query}"),
        seconds: slide.stays.0.as_secs_f64(),
    }
}

fn find<'a>(settings: &'a Settings, name: &str) -> Result<&'a Playlist, PageError> {
    let mut playlists = settings.playlists.iter();
    playlists
        .find(|playlist| playlist.name == name)
        .ok_or_else(|| PageError::NoPlaylist(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boards_are_shown_without_a_bar_and_with_what_their_query_says() {
        let check = |toml: &str, expected: &str| {
            let slide: Slide = toml::from_str(toml).unwrap();
            assert_eq!(board(&slide).url, expected);
        };
        check("board = \"overview\"", "/?kiosk");
        check(
            "board = \"a b\"\nquery = \"?from=now-1h&to=now\"",
            "/d/a%20b?kiosk&from=now-1h&to=now",
        );
    }
}
