//! The top bar: the way home, the boards, the controls.

use leptos::prelude::*;
use wire::url;

use super::menus::icon;
use crate::controls::{PauseButton, RefreshLabel, TimeLabel};
use crate::ids;
use crate::page::BoardLink;

/// More boards than this are in the list of all boards alone.
const BOARDS_IN_BAR: usize = 8;

/// The bar above everything; `current` is the id of the board on the page, if
/// one is. What the page is controlled by stands at its end.
#[component]
pub fn TopBar(
    boards: Vec<BoardLink>,
    current: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let total = boards.len();
    let in_bar = |(index, board): (usize, BoardLink)| {
        let is_here = Some(&board.id) == current.as_ref();
        (index < BOARDS_IN_BAR || is_here).then(|| {
            let is_here = is_here.then_some("page");
            view! { <a href=board_url(&board.id) aria-current=is_here>{board.title}</a> }
        })
    };
    let links: Vec<_> = boards.into_iter().enumerate().filter_map(in_bar).collect();
    let all = (total > BOARDS_IN_BAR).then(|| {
        view! { <a href=url::BOARDS data-palette="">{format!("All {total} boards")}</a> }
    });
    view! {
        <header class="topbar">
            <a class="wordmark" href=url::OVERVIEW>
                {icon("andon")}
                "Andon"
            </a>
            <nav class="boards" aria-label="Boards">{links} {all}</nav>
            {children.map(|children| children())}
        </header>
    }
}

/// A board's address; the overview has none of its own.
pub fn board_url(id: &str) -> String {
    match id {
        "" => url::OVERVIEW.to_owned(),
        id => url::BOARD.replace("{board}", &url::encode(id)),
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
