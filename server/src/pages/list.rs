//! `/d` and the palette: boards and panels by what they are called.

use app::{BoardList, Found};
use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use http::header::{CACHE_CONTROL, HeaderValue};
use wire::url::pairs;

use super::around::board_url;
use super::board::{Asked, title};
use super::render::render;
use crate::boards::{Boards, Entry};
use crate::http::assets::bundle_files;
use crate::state::AppState;

/// A search shows so many boards and panels at most.
const FOUND: usize = 50;

/// `GET /d`.
pub async fn boards(State(state): State<AppState>, asked: Asked) -> Response {
    let find = wanted(asked.query());
    let context = BoardList {
        found: match find.as_str() {
            "" => {
                let all = state.boards().all();
                let whole = all.iter().map(|entry| board(entry));
                whole.chain(broken(state.boards())).collect()
            }
            find => found(state.boards(), find),
        },
        find,
        theme: asked.theme(),
        bundle: bundle_files(),
    };
    let html = render(move || app::board_list_document(context.clone())).await;
    (no_store(), html).into_response()
}

/// `GET /api/palette`.
pub async fn palette(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    let find = wanted(&query.unwrap_or_default());
    let found = found(state.boards(), &find);
    (no_store(), Html(app::render_found(found))).into_response()
}

fn no_store() -> [(http::HeaderName, HeaderValue); 1] {
    [(CACHE_CONTROL, HeaderValue::from_static("no-store"))]
}

fn wanted(query: &str) -> String {
    let find = pairs(query).find(|(name, _)| name == "find");
    find.map(|(_, find)| find).unwrap_or_default()
}

/// The boards, then the panels, in whose titles every word of `find` stands.
fn found(boards: &Boards, find: &str) -> Vec<Found> {
    let words: Vec<String> = find.split_whitespace().map(str::to_lowercase).collect();
    let matches = |found: &Found| {
        let text = format!("{} {}", found.title, found.within).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let all = boards.all();
    let of_boards = all.iter().map(|entry| board(entry));
    let of_panels = all.iter().flat_map(|entry| panels(entry));
    let found = of_boards
        .chain(broken(boards))
        .chain(of_panels)
        .filter(matches);
    found.take(FOUND).collect()
}

fn board(entry: &Entry) -> Found {
    Found {
        title: title(entry),
        within: entry.folder.clone(),
        url: board_url(&entry.id),
    }
}

/// The boards whose files were never whole.
fn broken(boards: &Boards) -> impl Iterator<Item = Found> {
    boards.broken().into_keys().map(|id| Found {
        url: board_url(&id),
        title: id,
        within: "its file is broken".to_owned(),
    })
}

fn panels(entry: &Entry) -> impl Iterator<Item = Found> {
    let (within, url) = (title(entry), board_url(&entry.id));
    let panels = entry.board.panels.iter();
    let titled = panels.filter(|panel| !panel.title.is_empty() && !panel.title.contains('$'));
    titled.map(move |panel| Found {
        title: panel.title.clone(),
        within: within.clone(),
        url: format!("{url}#panel-{}-title", panel.id),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dashboard::{Board, Panel};

    #[test]
    fn boards_come_before_panels_and_every_word_counts() {
        let boards = Boards::default();
        let panel = |title: &str| Panel {
            title: title.into(),
            ..Panel::default()
        };
        for name in ["Farm", "Shop"] {
            let board = Board {
                title: name.into(),
                panels: vec![panel("Queue"), panel("Farm hands"), panel("$host")],
                ..Board::default()
            };
            boards.put(&name.to_lowercase(), board.numbered());
        }
        let check = |find: &str, expected: &[&str]| {
            let found = found(&boards, find);
            let urls: Vec<&str> = found.iter().map(|found| found.url.as_str()).collect();
            assert_eq!(urls, expected, "{find}");
        };
        check(
            "farm",
            &[
                "/d/farm",
                "/d/farm#panel-1-title",
                "/d/farm#panel-2-title",
                "/d/shop#panel-2-title",
            ],
        );
        check("QUEUE shop", &["/d/shop#panel-1-title"]);
        check("nothing", &[]);
    }
}
