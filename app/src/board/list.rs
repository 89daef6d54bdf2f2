//! The list of all boards, as a page and as what the palette of every page
//! shows: what a search finds of boards and panels.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use wire::url;

use crate::page::{BundleFiles, Theme};

/// All that the page is made from.
#[derive(Clone, Debug)]
pub struct BoardList {
    /// What was found.
    pub found: Vec<Found>,
    /// What was looked for; all boards where it is empty.
    pub find: String,
    /// Dark or light.
    pub theme: Theme,
    /// The bundle's URLs.
    pub bundle: BundleFiles,
}

/// A board or a panel.
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
    view! {
        <html lang="en" data-theme=page.theme.attribute()>
            <head>
                <title>"Boards · Andon"</title>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="dark light"/>
                <style nonce=use_nonce() inner_html=page.bundle.style></style>
                <link rel="icon" type="image/svg+xml" href=page.bundle.icon/>
            </head>
            <body>
                <div class="page">
                    <header class="topbar">
                        <a class="wordmark" href=url::OVERVIEW>"Andon"</a>
                    </header>
                    <main class="board-list">
                        <h1>"Boards"</h1>
                        <form method="get" role="search">
                            <input
                                type="search"
                                name="find"
                                value=page.find
                                placeholder="A board or panel"
                                aria-label="A board or panel"
                            />
                            <button type="submit" class="button">"Search"</button>
                        </form>
                        <ul class="found">{entries(page.found)}</ul>
                    </main>
                </div>
            </body>
        </html>
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
    let entry = |found: Found| {
        view! {
            <li>
                <a href=found.url>
                    {found.title}
                    <span>{found.within}</span>
                </a>
            </li>
        }
    };
    found.into_iter().map(entry).collect_view().into_any()
}
