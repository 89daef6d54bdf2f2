//! A board's page, as the server writes it: the top bar, the headline with the
//! state line, the panels on their grid, the menus.

mod menus;
mod panels;
mod topbar;

use leptos::prelude::*;
use wire::board::PanelView;

use crate::controls::{StateLine, WallClock};
use crate::ids;
use crate::page::{Chrome, NextPage, PageContext};
use menus::{Help, Icons, PanelMenu, RefreshMenu, TimeMenu};
use panels::Panel;
use topbar::TopBar;

/// The page of one board.
#[component]
pub fn BoardPage(page: PageContext) -> impl IntoView {
    let board = page.snapshot.board;
    let (class, next) = surroundings(&page.chrome);
    let next_ms = next.as_ref().map(|next| next.after_ms.to_string());
    let next = next.map(|next| next.url);
    let bar = (page.chrome == Chrome::Full).then(|| {
        view! { <TopBar boards=page.boards current=board.id.clone()/> }
    });
    let headline = match page.chrome {
        Chrome::Embed { .. } => None,
        Chrome::Full => Some(view! { <Headline title=board.title is_wall=false/> }),
        Chrome::Kiosk { .. } => Some(view! { <Headline title=board.title is_wall=true/> }),
    };
    view! {
        <Icons/>
        <div class=class data-next=next data-next-ms=next_ms>
            {bar}
            <main>
                {headline}
                <Panels panels=board.panels/>
            </main>
        </div>
        <div class="spoken" id=ids::ANNOUNCER aria-live="polite"></div>
        <TimeMenu params=page.params.clone()/>
        <RefreshMenu params=page.params/>
        <PanelMenu/>
        <Help/>
    }
}

#[component]
fn Headline(title: String, is_wall: bool) -> impl IntoView {
    view! {
        <div class="headline">
            <h1>{title}</h1>
            <StateLine/>
            {is_wall.then(|| view! { <WallClock/> })}
        </div>
    }
}

#[component]
fn Panels(panels: Vec<PanelView>) -> impl IntoView {
    let rows = panels.iter().map(|panel| panel.grid.y + panel.grid.h);
    let rows = rows.max().unwrap_or(1).to_string();
    let panels = panels.into_iter().map(|panel| view! { <Panel panel/> });
    view! { <div class="board" style=("--rows", rows)>{panels.collect_view()}</div> }
}

/// The page's class, and the page that follows on a wall.
fn surroundings(chrome: &Chrome) -> (&'static str, Option<NextPage>) {
    match chrome {
        Chrome::Full => ("page", None),
        Chrome::Kiosk { next } => ("page kiosk", next.clone()),
        Chrome::Embed { transparent: false } => ("page embed", None),
        Chrome::Embed { transparent: true } => ("page embed transparent", None),
    }
}
