//! `/d` and the palette: boards and panels by what they are called.

use app::{BoardList, Folder, Found, Listed};
use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use dashboard::Kind;
use http::header::{CACHE_CONTROL, HeaderValue};
use wire::url::{board_url, pairs};

use super::board::{PageRequest, links, title};
use super::render::render;
use crate::assets::bundle_files;
use crate::boards::{BoardEntry, Boards};
use crate::state::AppState;

/// A search shows so many boards and panels at most.
const FOUND: usize = 50;

/// `GET /d`.
pub async fn boards(State(state): State<AppState>, request: PageRequest) -> Response {
    let find = wanted(request.query());
    let (folders, found) = match find.as_str() {
        "" => (folders(&state), Vec::new()),
        find => (Vec::new(), found(&state, find)),
    };
    let context = BoardList {
        folders,
        found,
        find,
        boards: links(&state),
        theme: request.theme(),
        bundle: bundle_files(),
    };
    let html = render(move || app::board_list_document(context.clone())).await;
    (no_store(), html).into_response()
}

/// What the boards of files outside any folder are listed under.
const FILES: &str = "Boards";
/// What other pages are listed under.
const PAGES: &str = "Pages";

/// Every board by its folder, in the order of the navigation, then other pages.
fn folders(state: &AppState) -> Vec<Folder> {
    let mut folders: Vec<Folder> = Vec::new();
    let mut put = |title: &str, board: Listed| match folders
        .iter_mut()
        .find(|folder| folder.title == title)
    {
        Some(folder) => folder.boards.push(board),
        None => folders.push(Folder {
            title: title.to_owned(),
            boards: vec![board],
        }),
    };
    for entry in state.boards().all() {
        let title = match entry.folder.as_str() {
            "" => FILES,
            folder => folder,
        };
        put(title, listed(&entry));
    }
    for board in broken(state.boards()) {
        put(
            FILES,
            Listed {
                problem: board.within.clone(),
                ..page(board, "")
            },
        );
    }
    for found in pages(state) {
        let about = found.within.clone();
        put(PAGES, page(found, &about));
    }
    folders
}

/// What is found, of which nothing is counted.
fn page(found: Found, about: &str) -> Listed {
    Listed {
        title: found.title,
        url: found.url,
        about: about.to_owned(),
        size: String::new(),
        problem: String::new(),
    }
}

fn listed(entry: &BoardEntry) -> Listed {
    let panels = entry.board.panels.iter();
    let panels = panels
        .filter(|panel| !matches!(panel.kind, Kind::Row(_)))
        .count();
    let tags = || entry.board.tags.join(", ");
    let about = entry.board.description.lines().next().unwrap_or_default();
    let problem = entry.problem.as_ref();
    Listed {
        title: title(entry),
        url: board_url(&entry.id),
        about: if about.is_empty() {
            tags()
        } else {
            about.to_owned()
        },
        size: match panels {
            1 => "1 panel".to_owned(),
            count => format!("{count} panels"),
        },
        problem: problem
            .map_or("", |_| "its file is broken by now")
            .to_owned(),
    }
}

/// Pages beside the boards.
fn pages(state: &AppState) -> Vec<Found> {
    let targets = Found {
        title: "Targets".to_owned(),
        within: "what Andon scrapes, and how it goes".to_owned(),
        url: wire::url::TARGETS.to_owned(),
    };
    state.scraper().map(|_| targets).into_iter().collect()
}

/// `GET /api/palette`.
pub async fn palette(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    let find = wanted(&query.unwrap_or_default());
    let found = found(&state, &find);
    (no_store(), Html(app::render_found(found))).into_response()
}

fn no_store() -> [(http::HeaderName, HeaderValue); 1] {
    [(CACHE_CONTROL, HeaderValue::from_static("no-store"))]
}

fn wanted(query: &str) -> String {
    let find = pairs(query).find(|(name, _)| name == "find");
    find.map(|(_, find)| find).unwrap_or_default()
}

/// The boards, then the panels, then the pages, in whose titles every word of
/// `find` stands.
fn found(state: &AppState, find: &str) -> Vec<Found> {
    matching(state.boards(), pages(state), find)
}

fn matching(boards: &Boards, pages: Vec<Found>, find: &str) -> Vec<Found> {
    let words: Vec<String> = find.split_whitespace().map(str::to_lowercase).collect();
    let matches = |found: &Found| {
        let text = format!("{} {}", found.title, found.within).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let all = boards.all();
    let of_boards = all.iter().map(|entry| board(entry));
    let of_panels = all.iter().flat_map(|entry| panels(entry));
    let boards = of_boards.chain(broken(boards));
    let found = boards.chain(of_panels).chain(pages).filter(matches);
    found.take(FOUND).collect()
}

pub fn board(entry: &BoardEntry) -> Found {
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
        title: id.to_string(),
        within: "its file is broken".to_owned(),
    })
}

fn panels(entry: &BoardEntry) -> impl Iterator<Item = Found> {
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
            boards.put_found("", &name.to_lowercase().into(), board.numbered());
        }
        let check = |find: &str, expected: &[&str]| {
            let found = matching(&boards, Vec::new(), find);
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
