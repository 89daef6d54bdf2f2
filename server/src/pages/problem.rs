//! Why a board cannot be shown, as a page: what is wrong, and where to go on.

use app::{ProblemPage, Theme};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, HeaderValue};

use super::PageError;
use super::board::links;
use super::render::render;
use crate::boards::BoardError;
use crate::http::assets::bundle_files;
use crate::state::AppState;

/// The page; `has_bar` is whether the page that was asked for has the bar.
pub async fn problem(state: &AppState, error: &PageError, theme: Theme, has_bar: bool) -> Response {
    let (headline, lines, advice) = words(error);
    let page = ProblemPage {
        headline,
        lines,
        advice,
        is_passing: error.is_passing(),
        boards: has_bar.then(|| links(state)),
        theme,
        bundle: bundle_files(),
    };
    let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let html = render(move || app::problem_document(page.clone())).await;
    (error.status(), no_store, html).into_response()
}

/// A headline, what is wrong line by line, and what to do.
fn words(error: &PageError) -> (String, Vec<String>, &'static str) {
    match error {
        PageError::Board(BoardError::Broken { id, problem }) => (
            format!("The file of the board “{id}” is broken"),
            problem.lines().map(str::to_owned).collect(),
            "Mend the file: this page looks again every few seconds.",
        ),
        PageError::Board(BoardError::NotFound(_)) | PageError::NoPanel(_) => (
            "Not found".to_owned(),
            vec![error.to_string()],
            "Look for it among all boards, or by Ctrl+K on any of them.",
        ),
        PageError::Board(_) => (
            "The address asks for what cannot be shown".to_owned(),
            vec![error.to_string()],
            "Correct the address, or leave out what is wrong in it.",
        ),
        PageError::Full(_) | PageError::NoSource => (
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
            Self::Full(_) | Self::NoSource | Self::Board(BoardError::Broken { .. })
        )
    }
}
