//! The list of all boards, as a page by folders, and as what the palette of
//! every page shows: what a search finds of boards, panels and pages.

use leptos::prelude::*;
use wire::board::Health;

use super::menus::Icons;
use super::topbar::TopBar;
use crate::document::head;
use crate::page::{BoardLink, BundleFiles, Theme};
use crate::text::health;

/// All that the page is made from.
#[derive(Clone, Debug)]
pub struct BoardList {
    /// Every board, by folders, where nothing is looked for.
    pub folders: Vec<Folder>,
    /// What was found, where something is.
    pub found: Vec<Found>,
    /// What was looked for.
    pub find: String,
    /// Every board there is, for the navigation.
    pub boards: Vec<BoardLink>,
    /// Dark or light.
    pub theme: Theme,
    /// The bundle's URLs.
    pub bundle: BundleFiles,
}

/// Boards, or other pages, that are listed together.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Its name.
    pub title: String,
    /// What it holds.
    pub boards: Vec<Listed>,
}

/// A board in its folder.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its title.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// What it is about; may be empty.
    pub about: String,
    /// What of it is counted: `12 panels`; may be empty.
    pub size: String,
    /// What is wrong with it, in a few words; empty where nothing is.
    pub problem: String,
}

/// A board, a panel or a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its title.
    pub title: String,
    /// The folder of a board, the board of a panel.
    pub within: String,
    /// Where it is.
    pub url: String,
}

/// The whole document of the page, from `<!DOCTYPE html>` on.
pub fn board_list_document(page: BoardList) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <Document page/>
    }
}

#[component]
fn Document(page: BoardList) -> impl IntoView {
    let body = if page.find.is_empty() {
        folders(page.folders).into_any()
    } else {
        view! { <ul class="found">{entries(page.found)}</ul> }.into_any()
    };
    view! {
        <html lang="en" data-theme=page.theme.attribute()>
            <head>
                {head("Boards", &page.bundle)}
            </head>
            <body>
                <Icons/>
                <div class="page">
                    <TopBar boards=page.boards current=None/>
                    <main class="board-list">
                        <div class="headline">
                            <h1>"Boards"</h1>
                            <Search find=page.find/>
                        </div>
                        {body}
                    </main>
                </div>
            </body>
        </html>
    }
}

#[component]
fn Search(find: String) -> impl IntoView {
    view! {
        <form method="get" role="search">
            <input
                type="search"
                name="find"
                value=find
                placeholder="A board or panel"
                aria-label="A board or panel"
            />
            <button type="submit" class="button">"Search"</button>
        </form>
    }
}

fn folders(folders: Vec<Folder>) -> impl IntoView {
    let sections = folders.into_iter().map(|folder| {
        let rows = folder.boards.into_iter().map(row).collect_view();
        view! {
            <section>
                <h2>{folder.title}</h2>
                <ul>{rows}</ul>
            </section>
        }
    });
    sections.collect_view()
}

fn row(board: Listed) -> impl IntoView {
    let mark = ["mark mark-", health::class(Health::Bad)].concat();
    let problem = (!board.problem.is_empty()).then(|| {
        view! {
            <em>
                <span aria-hidden="true" class=mark></span>
                {board.problem}
            </em>
        }
    });
    view! {
        <li>
            <a href=board.url>{board.title}</a>
            <span>{board.about}</span>
            {problem}
            <small>{board.size}</small>
        </li>
    }
}

/// The entries of the list alone.
pub fn render_found(found: Vec<Found>) -> String {
    entries(found).to_html()
}

fn entries(found: Vec<Found>) -> impl IntoView + use<> {
    if found.is_empty() {
        return view! { <li class="nothing">"Nothing of that name"</li> }.into_any();
    }
    let entries = found.into_iter().map(|found| {
        view! {
            <li>
                <a href=found.url>
                    {found.title}
                    <span>{found.within}</span>
                </a>
            </li>
        }
    });
    entries.collect_view().into_any()
}
