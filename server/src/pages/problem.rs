//! Why a board cannot be shown, as a page: what is wrong, and where to go on.

use std::sync::Arc;

use app::{Found, ProblemPage, Theme};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::Uri;
use http::header::{CACHE_CONTROL, HeaderValue};

use super::board::{PageRequest, links};
use super::render::render;
use super::{PageError, list};
use crate::assets::bundle_files;
use crate::boards::{BoardEntry, BoardError};
use crate::state::AppState;

/// Names less alike than this are not meant (Jaro-Winkler, 1 is the same).
const NEAR: f64 = 0.75;
/// So many are offered.
const SUGGESTIONS: usize = 3;

/// The page; `has_bar` is whether the page that was asked for has the bar.
pub async fn problem(state: &AppState, error: &PageError, theme: Theme, has_bar: bool) -> Response {
    let (headline, lines, advice) = message(error);
    let page = ProblemPage {
        headline,
        lines,
        advice,
        meant: meant(state, error),
        is_passing: error.is_passing(),
        boards: has_bar.then(|| links(state)),
        theme,
        bundle: bundle_files(),
    };
    let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let html = render(move || app::problem_document(page.clone())).await;
    (error.status(), no_store, html).into_response()
}

/// Any page that there is not.
pub async fn no_page(State(state): State<AppState>, uri: Uri, request: PageRequest) -> Response {
    let error = PageError::NoPage(uri.path().to_owned());
    problem(&state, &error, request.theme(), true).await
}

/// The boards whose names are nearest to that of the address.
fn meant(state: &AppState, error: &PageError) -> Vec<Found> {
    let wanted = match error {
        PageError::Board(BoardError::NotFound(id)) => id.as_str(),
        PageError::NoPage(path) => path.trim_matches('/'),
        _ => return Vec::new(),
    };
    let wanted = wanted.split('/').next().unwrap_or_default().to_lowercase();
    let distance = |entry: &BoardEntry| {
        let to = |name: &str| strsim::jaro_winkler(&wanted, &name.to_lowercase());
        to(entry.id.as_str()).max(to(&entry.title))
    };
    let all = state.boards().all();
    let mut near: Vec<(f64, &Arc<BoardEntry>)> =
        all.iter().map(|entry| (distance(entry), entry)).collect();
    near.retain(|(distance, _)| *distance > NEAR);
    near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let near = near.into_iter().take(SUGGESTIONS);
    near.map(|(_, entry)| list::board(entry)).collect()
}

/// A headline, what is wrong line by line, and what to do.
fn message(error: &PageError) -> (String, Vec<String>, &'static str) {
    match error {
        PageError::Board(BoardError::Broken { id, problem }) => (
            format!("The file of the board “{id}” is broken"),
            problem.lines().map(str::to_owned).collect(),
            "Mend the file: this page looks again every few seconds.",
        ),
        PageError::Board(BoardError::NotFound(_))
        | PageError::NoPanel(_)
        | PageError::NoPage(_) => (
            "Not found".to_owned(),
            vec![error.to_string()],
            "Look for it among all boards, or by Ctrl+K on any of them.",
        ),
        PageError::Board(_) => (
            "The address asks for what cannot be shown".to_owned(),
            vec![error.to_string()],
            "Correct the address, or leave out what is wrong in it.",
        ),
        PageError::Full(_) | PageError::Ended(_) => (
            "Not now".to_owned(),
            vec![error.to_string()],
            "This page looks again every few seconds.",
        ),
        PageError::NoPlaylist(_) | PageError::NoVariable(_) => {
            ("Not found".to_owned(), vec![error.to_string()], "")
        }
    }
}

impl PageError {
    /// Whether it may be over without anybody changing the address.
    fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Full(_) | Self::Ended(_) | Self::Board(BoardError::Broken { .. })
        )
    }
}
