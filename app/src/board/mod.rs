//! A board's page: header, state line, panels on the grid.

use leptos::prelude::*;

use crate::page::PageContext;

/// The page of one board.
#[component]
pub fn BoardPage(page: PageContext) -> impl IntoView {
    let board = page.snapshot.board;
    view! {
        <main>
            <h1>{board.title}</h1>
        </main>
    }
}
