//! A board's page, as the server writes it: the top bar, the headline with the
//! state line, the panels on their grid, the menus.

mod boards_menu;
mod diagnostics;
mod list;
mod menus;
mod panels;
mod pickers;
mod problem;
mod share;
mod switches;
mod topbar;

use leptos::prelude::*;
use wire::board::{PanelKind, PanelLayout};
use wire::id::{BoardId, PanelId};
use wire::url::LiveParams;

use crate::controls::{StateLine, WallClock};
use crate::ids;
use crate::page::{Chrome, PageContext, PageLink, PanelDiagnostic, Picker, Row, Switch};
use crate::store::navigation::search_with;
pub use list::{BoardList, Folder, Found, Listed, board_list_document, render_found};
pub use menus::Icons;
use menus::{Help, PanelMenu, RefreshMenu, TimeMenu};
use panels::Panel;
use pickers::Pickers;
pub use pickers::render_choices;
pub use problem::{ProblemPage, problem_document};
use switches::Switches;
pub use topbar::TopBar;
use topbar::{Controls, Palette};

/// The page of one board.
#[component]
pub fn BoardPage(page: PageContext) -> impl IntoView {
    let board = page.snapshot.board;
    let class = surroundings(&page.chrome);
    let is_full = page.chrome == Chrome::Full;
    let bar = is_full.then(|| {
        view! { <TopBar boards=page.boards current=Some(board.id.clone())><Controls/></TopBar> }
    });
    let around = page.around;
    let above = view! {
        <Above is_full pickers=around.pickers switches=around.switches links=around.links notices=around.notices query=page.query.clone()/>
    };
    let headline = match page.chrome {
        Chrome::Embed { .. } => None,
        Chrome::Full => Some(view! { <Headline title=board.title is_wall=false/> }),
        Chrome::Kiosk => Some(view! { <Headline title=board.title is_wall=true/> }),
    };
    view! {
        <Icons/>
        <div class=class>
            {bar}
            <main data-board=board.id.to_string()>
                {headline}
                {above}
                <Panels
                    panels=board.panels
                    rows=around.rows
                    links=around.panel_links
                    diagnostics=around.diagnostics
                    share=is_full.then(|| board.id.clone())
                    query=page.query.clone()
                />
            </main>
        </div>
        <div class="spoken" id=ids::ANNOUNCER aria-live="polite"></div>
        <TimeMenu range=around.range query=page.query.clone() board_zone=around.board_zone/>
        <RefreshMenu params=page.params query=page.query/>
        <PanelMenu/>
        <Help/>
        <Palette/>
    }
}

/// What stands between the headline and the panels: on a wall and in a frame
/// only what must be known.
#[component]
fn Above(
    is_full: bool,
    pickers: Vec<Picker>,
    switches: Vec<Switch>,
    links: Vec<PageLink>,
    notices: Vec<String>,
    query: String,
) -> impl IntoView {
    let links = (is_full && !links.is_empty()).then(|| view! { <Links links/> });
    let switches = is_full.then(|| view! { <Switches switches query=query.clone()/> });
    let pickers = is_full.then(|| view! { <Pickers pickers query/> });
    let notices = notices.into_iter().map(|notice| {
        view! { <p class="board-notice" role="alert">{notice}</p> }
    });
    view! { {links} {pickers} {switches} {notices.collect_view()} }
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

/// The panels on their grid, and over it those that give a verdict; `share` is
/// the board whose panels offer to be put into frames.
#[component]
pub fn Panels(
    panels: Vec<PanelLayout>,
    rows: Vec<Row>,
    links: Vec<(PanelId, Vec<PageLink>)>,
    diagnostics: Vec<PanelDiagnostic>,
    #[prop(optional_no_strip)] share: Option<BoardId>,
    query: String,
) -> impl IntoView {
    let height = panels.iter().map(|panel| panel.grid.y + panel.grid.h);
    let height = height.max().unwrap_or(1).to_string();
    let (verdicts, panels): (Vec<_>, Vec<_>) =
        panels.into_iter().partition(PanelLayout::is_verdict);
    let mut around = Around {
        rows,
        links,
        diagnostics,
        share,
        query,
    };
    let verdicts = verdicts.into_iter().map(|panel| around.panel(panel));
    let verdicts = verdicts.collect_view();
    let has_grid = !panels.is_empty() || verdicts.is_empty();
    let panels = panels.into_iter().map(|panel| around.panel(panel));
    let panels = panels.collect_view();
    view! {
        {verdicts}
        {has_grid.then(|| view! { <div class="board" style=("--rows", height)>{panels}</div> })}
    }
}

/// What stands around panels, by panel.
struct Around {
    rows: Vec<Row>,
    links: Vec<(PanelId, Vec<PageLink>)>,
    diagnostics: Vec<PanelDiagnostic>,
    share: Option<BoardId>,
    query: String,
}

impl Around {
    fn panel(&mut self, panel: PanelLayout) -> impl IntoView + use<> {
        let fold = self.rows.iter().find(|row| row.id == panel.id);
        let fold = fold.map(|row| (*row, fold_address(&self.query, row.id)));
        let own = self.links.iter().position(|(id, _)| *id == panel.id);
        let links = own
            .map(|index| self.links.swap_remove(index).1)
            .unwrap_or_default();
        let diagnostics = self.diagnostics.iter();
        let of_panel = diagnostics.filter(|diagnostic| diagnostic.panel == panel.id);
        let diagnostics = of_panel.cloned().collect();
        let share = self.share.as_ref();
        let share = share.filter(|_| panel.kind != PanelKind::Row);
        let share = share.map(|board| share_address(board, panel.id, &self.query));
        view! { <Panel panel fold links diagnostics share/> }
    }
}

/// Where the sheet of a panel's frame is.
fn share_address(board: &BoardId, panel: PanelId, query: &str) -> String {
    let path = wire::url::SHARE
        .replace("{board}", &wire::url::encode(board.name()))
        .replace("{panel}", &panel.to_string());
    let mut params = LiveParams::from_query(query);
    params.board = BoardId::overview();
    [&path, "?", &params.to_query()].concat()
}

/// The address under which a row is folded where it is open now, or open.
fn fold_address(query: &str, row: PanelId) -> String {
    let id = row.to_string();
    address(query, |params| {
        let mut toggled: Vec<&str> = params.rows.split('.').filter(|id| !id.is_empty()).collect();
        match toggled.iter().position(|other| *other == id) {
            Some(index) => drop(toggled.remove(index)),
            None => toggled.push(&id),
        }
        params.rows = toggled.join(".");
    })
}

/// The page's address with other parameters; what else it says stays.
fn address(query: &str, change: impl FnOnce(&mut LiveParams)) -> String {
    let mut params = LiveParams::from_query(query);
    change(&mut params);
    ["?", &search_with(query, &params)].concat()
}

/// Pages that belong to the board.
#[component]
fn Links(links: Vec<PageLink>) -> impl IntoView {
    let links = links
        .into_iter()
        .map(|link| view! { <li><Away link/></li> });
    view! { <nav class="links" aria-label="Links"><ul>{links.collect_view()}</ul></nav> }
}

/// A link, in a tab of its own where it says so.
#[component]
fn Away(link: PageLink) -> impl IntoView {
    let target = link.new_tab.then_some("_blank");
    view! { <a href=link.url target=target rel="noopener">{link.title}</a> }
}

/// The page's class.
fn surroundings(chrome: &Chrome) -> &'static str {
    match chrome {
        Chrome::Full => "page",
        Chrome::Kiosk => "page kiosk",
        Chrome::Embed { transparent: false } => "page embed",
        Chrome::Embed { transparent: true } => "page embed transparent",
    }
}
