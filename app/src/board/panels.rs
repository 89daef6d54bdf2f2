//! One panel's frame: its place on the grid, its title, its island.

use leptos::prelude::*;
use wire::board::{FixedMarkup, Grid, PanelKind, PanelLayout};
use wire::id::PanelId;

use super::Away;
use super::diagnostics::Mark;
use super::menus::icon;
use super::share::Share;
use crate::ids;
use crate::page::{PageLink, PanelDiagnostic, Row};
use crate::panel::{ChartPanel, Picture, RenderedPanel};

/// A panel of any kind; `fold` is what a row is and where its other state is.
#[component]
pub fn Panel(
    panel: PanelLayout,
    fold: Option<(Row, String)>,
    links: Vec<PageLink>,
    diagnostics: Vec<PanelDiagnostic>,
    share: Option<String>,
) -> impl IntoView {
    let id = panel.id;
    let title_id = ["panel-", &id.to_string(), "-title"].concat();
    let slim = if panel.grid.w <= 8 { " slim" } else { "" };
    let class = ["panel panel-", kind_class(&panel.kind), slim].concat();
    let is_chart = matches!(panel.kind, PanelKind::TimeSeries(_));
    let has_data = is_chart || matches!(panel.kind, PanelKind::Rendered(_));
    let body = match panel.kind {
        PanelKind::TimeSeries(_) => view! { <ChartPanel id><Picture id/></ChartPanel> }.into_any(),
        PanelKind::Rendered(_) => view! { <RenderedPanel id/> }.into_any(),
        PanelKind::Fixed(fixed) => {
            view! { <div class="prose" inner_html=fixed.html></div> }.into_any()
        }
        PanelKind::Row => ().into_any(),
    };
    let links = (!links.is_empty()).then(|| view! { <PanelLinks links/> });
    let title = panel.title.clone();
    let heading = view! {
        <Heading
            id=title_id.clone()
            title=title.clone()
            fold
            time=panel.time
            description=panel.description
        />
    };
    let share = share.map(|address| view! { <Share panel=id title address/> });
    let more = has_data.then(|| view! { <More id is_chart title=panel.title.clone()/> });
    view! {
        <section class=class style=place(panel.grid) aria-labelledby=title_id>
            {heading}
            {links}
            <Mark panel=id diagnostics/>
            {body}
            {more}
            {share}
        </section>
    }
}

/// Pages that belong to a panel.
#[component]
fn PanelLinks(links: Vec<PageLink>) -> impl IntoView {
    let links = links
        .into_iter()
        .map(|link| view! { <li><Away link/></li> });
    view! { <ul class="panel-links">{links.collect_view()}</ul> }
}

/// A panel's heading; `time` is how its time differs from the page's.
#[component]
fn Heading(
    id: String,
    title: String,
    fold: Option<(Row, String)>,
    time: String,
    description: String,
) -> impl IntoView {
    let description = (!description.is_empty()).then_some(description);
    let words = match fold {
        Some((row, address)) => view! { <Fold row address title/> }.into_any(),
        None => title.into_any(),
    };
    if time.is_empty() {
        return view! { <h2 id=id title=description>{words}</h2> }.into_any();
    }
    // The panel is called by its title alone.
    view! { <h2 title=description><span id=id>{words}</span> <small>{time}</small></h2> }.into_any()
}

/// A row's heading, which folds what follows it and opens it again.
#[component]
fn Fold(row: Row, address: String, title: String) -> impl IntoView {
    let expanded = if row.is_open { "true" } else { "false" };
    let count = (!row.is_open).then(|| match row.panels {
        1 => "1 panel".to_owned(),
        count => format!("{count} panels"),
    });
    view! {
        <a class="fold" href=address data-row=row.id.to_string() aria-expanded=expanded role="button">
            {icon("fold")}
            {title}
            <span>{count}</span>
        </a>
    }
}

/// The button that opens the panel's menu.
#[component]
fn More(id: PanelId, is_chart: bool, title: String) -> impl IntoView {
    let label = ["More about ", &title].concat();
    view! {
        <button
            type="button"
            class="button more needs-script"
            popovertarget=ids::PANEL_MENU
            data-panel=id.to_string()
            data-drawn=is_chart
            aria-label=label
        >
            {icon("more")}
        </button>
    }
}

fn kind_class(kind: &PanelKind) -> &str {
    match kind {
        PanelKind::TimeSeries(_) => "chart",
        PanelKind::Rendered(kind) | PanelKind::Fixed(FixedMarkup { kind, .. }) => kind,
        PanelKind::Row => "row",
    }
}

/// The custom properties that the style sheet places the panel by.
fn place(grid: Grid) -> String {
    let parts = [
        ("--x:", grid.x),
        (";--y:", grid.y),
        (";--w:", grid.w),
        (";--h:", grid.h),
    ];
    let mut style = String::new();
    for (name, value) in parts {
        style.push_str(name);
        style.push_str(&value.to_string());
    }
    style
}
