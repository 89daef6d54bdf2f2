//! The top bar: the way home, the boards, the controls.

use leptos::prelude::*;
use wire::url;

use super::menus::icon;
use crate::controls::{PauseButton, RefreshLabel, TimeLabel};
use crate::ids;
use crate::page::BoardLink;

/// The bar above everything; `current` is the id of the board on the page.
#[component]
pub fn TopBar(boards: Vec<BoardLink>, current: String) -> impl IntoView {
    let links = boards.into_iter().map(|board| {
        let is_here = (board.id == current).then_some("page");
        view! { <a href=board_url(&board.id) aria-current=is_here>{board.title}</a> }
    });
    view! {
        <header class="topbar">
            <a class="wordmark" href=url::OVERVIEW>
                {icon("andon")}
                "Andon"
            </a>
            <nav class="boards" aria-label="Boards">{links.collect_view()}</nav>
            <Controls/>
        </header>
    }
}

/// A board's address; the overview has none of its own.
fn board_url(id: &str) -> String {
    match id {
        "" => url::OVERVIEW.to_owned(),
        id => url::BOARD.replace("{board}", &url::encode(id)),
    }
}

#[component]
fn Controls() -> impl IntoView {
    view! {
        <div class="controls">
            <button type="button" class="button" popovertarget=ids::TIME_MENU title="Range of time">
                {icon("clock")} <TimeLabel/>
            </button>
            <button type="button" class="button" popovertarget=ids::REFRESH_MENU title="Refresh">
                {icon("refresh")} <RefreshLabel/>
            </button>
            <PauseButton/>
            <button
                type="button"
                class="button needs-script"
                data-action="theme"
                aria-label="Dark or light"
                title="Dark or light (t)"
            >
                {icon("theme")}
            </button>
            <button
                type="button"
                class="button"
                popovertarget=ids::HELP
                aria-label="Keys"
                title="Keys (?)"
            >
                {icon("help")}
            </button>
        </div>
    }
}
