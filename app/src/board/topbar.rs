//! The top bar: the way home, the boards, the controls.

use leptos::prelude::*;
use wire::id::BoardId;
use wire::url;

use super::boards_menu::{in_bar, more_boards};
use super::menus::icon;
use crate::controls::{PauseButton, RefreshLabel, TimeLabel};
use crate::ids;
use crate::page::BoardLink;

/// The bar above everything; `current` is the id of the board on the page, if
/// one is. What the page is controlled by stands at its end.
#[component]
pub fn TopBar(
    boards: Vec<BoardLink>,
    current: Option<BoardId>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let in_bar = in_bar(&boards, current.as_ref());
    let has_more = in_bar.len() < boards.len();
    let links = in_bar.iter().map(|board| {
        let is_here = (Some(&board.id) == current.as_ref()).then_some("page");
        view! {
            <a href=url::board_url(&board.id) aria-current=is_here>
                {board.short_title.clone()}
            </a>
        }
    });
    let links: Vec<_> = links.collect();
    let more = has_more.then(|| more_boards(&boards, current.as_ref()));
    view! {
        <header class="topbar">
            <a class="wordmark" href=url::OVERVIEW>
                {icon("andon")}
                "Andon"
            </a>
            <nav class="boards" aria-label="Boards">
                <div>{links}</div>
                {more}
            </nav>
            {children.map(|children| children())}
        </header>
    }
}

/// Where the reader looks for boards and panels, filled in as they type.
#[component]
pub fn Palette() -> impl IntoView {
    view! {
        <div class="menu palette" id=ids::PALETTE popover="auto">
            <input
                type="search"
                placeholder="Jump to a board or panel"
                aria-label="Jump to a board or panel"
                spellcheck="false"
                autocomplete="off"
            />
            <ul class="found"></ul>
        </div>
    }
}

/// The range of time, the refresh, pause, theme and help.
#[component]
pub fn Controls() -> impl IntoView {
    view! {
        <div class="controls">
            <a
                class="button"
                href=url::BOARDS
                data-palette=""
                aria-label="All boards"
                title="Jump to a board or panel (Ctrl K)"
            >
                {icon("search")}
            </a>
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
