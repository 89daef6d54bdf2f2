//! One panel's frame: its place on the grid, its title, its island.

use leptos::prelude::*;
use wire::board::{FixedMarkup, Grid, PanelKind, PanelView};

use super::menus::icon;
use crate::ids;
use crate::panel::{ChartPanel, Picture, WrittenPanel};

/// A panel of any kind.
#[component]
pub fn Panel(panel: PanelView) -> impl IntoView {
    let id = panel.id;
    let title_id = ["panel-", &id.to_string(), "-title"].concat();
    let labelled_by = title_id.clone();
    let slim = if panel.grid.w <= 8 { " slim" } else { "" };
    let class = ["panel panel-", kind_class(&panel.kind), slim].concat();
    let description = (!panel.description.is_empty()).then_some(panel.description);
    let is_chart = matches!(panel.kind, PanelKind::TimeSeries(_));
    let body = match panel.kind {
        PanelKind::TimeSeries(_) => view! { <ChartPanel id><Picture id/></ChartPanel> }.into_any(),
        PanelKind::Written(_) => view! { <WrittenPanel id/> }.into_any(),
        PanelKind::Fixed(fixed) => {
            view! { <div class="prose" inner_html=fixed.html></div> }.into_any()
        }
        PanelKind::Row => ().into_any(),
    };
    let more = is_chart.then(|| view! { <More id title=panel.title.clone()/> });
    view! {
        <section class=class style=place(panel.grid) aria-labelledby=labelled_by>
            <h2 id=title_id title=description>{panel.title}</h2>
            {body}
            {more}
        </section>
    }
}

/// The button that opens the panel's menu.
#[component]
fn More(id: u32, title: String) -> impl IntoView {
    let label = ["More about ", &title].concat();
    view! {
        <button
            type="button"
            class="button more needs-script"
            popovertarget=ids::PANEL_MENU
            data-panel=id.to_string()
            aria-label=label
        >
            {icon("more")}
        </button>
    }
}

fn kind_class(kind: &PanelKind) -> &str {
    match kind {
        PanelKind::TimeSeries(_) => "chart",
        PanelKind::Written(kind) | PanelKind::Fixed(FixedMarkup { kind, .. }) => kind,
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
