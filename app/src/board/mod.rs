//! A board's page, as the server writes it: the top bar, the headline with the
//! state line, the panels on their grid, the menus.

mod menus;
mod panels;
mod topbar;

use leptos::prelude::*;

use crate::controls::StateLine;
use crate::page::{Chrome, PageContext};
use menus::{Help, Icons, RefreshMenu, TimeMenu};
use panels::Panel;
use topbar::TopBar;

/// The page of one board.
#[component]
pub fn BoardPage(page: PageContext) -> impl IntoView {
    let board = page.snapshot.board;
    let rows = board.panels.iter();
    let rows = rows.map(|panel| panel.grid.y + panel.grid.h).max();
    let rows = rows.unwrap_or(1).to_string();
    let class = match page.chrome {
        Chrome::Full => "page",
        Chrome::Kiosk => "page kiosk",
        Chrome::Embed => "page embed",
    };
    let bar = (page.chrome == Chrome::Full).then(|| {
        view! { <TopBar boards=page.boards current=board.id.clone()/> }
    });
    let headline = (page.chrome != Chrome::Embed).then(|| {
        view! {
            <div class="headline">
                <h1>{board.title}</h1>
                <StateLine/>
            </div>
        }
    });
    let panels = board
        .panels
        .into_iter()
        .map(|panel| view! { <Panel panel/> });
    view! {
        <Icons/>
        <div class=class>
            {bar}
            <main>
                {headline}
                <div class="board" style=("--rows", rows)>{panels.collect_view()}</div>
            </main>
        </div>
        <TimeMenu params=page.params.clone()/>
        <RefreshMenu params=page.params/>
        <Help/>
    }
}
