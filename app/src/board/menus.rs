//! The menus and the help sheet: plain links and popovers, which work without
//! a script; with one, the links change the page in place.

use leptos::prelude::*;
use wire::url::{LiveParams, pairs};

use super::address;
use crate::ids;
use crate::words::range;

/// The pictures of the buttons, drawn once and used by name.
const ICONS: &str = include_str!("icons.svg");

/// The sprite of icons.
#[component]
pub fn Icons() -> impl IntoView {
    view! { <div hidden inner_html=ICONS></div> }
}

/// The icon of a name.
pub fn icon(name: &str) -> impl IntoView + use<> {
    let href = ["#icon-", name].concat();
    view! { <svg aria-hidden="true"><use_ href=href></use_></svg> }
}

/// Quick ranges, and a form for any other.
#[component]
pub fn TimeMenu(params: LiveParams, query: String) -> impl IntoView {
    let quick = range::QUICK.into_iter().map(|(name, from)| {
        let is_here = (params.from == from).then_some("true");
        let address = address(&query, |params| {
            params.from = from.to_owned();
            params.to = "now".to_owned();
        });
        view! { <li><a href=address data-from=from aria-current=is_here>{name}</a></li> }
    });
    let quick = quick.collect_view();
    // Without JavaScript the form is sent as it is, so it holds all that stays.
    let kept = pairs(&query).filter(|(name, _)| name != "from" && name != "to");
    let kept = kept.map(|(name, value)| {
        view! { <input type="hidden" name=name value=value/> }
    });
    let kept = kept.collect_view();
    let other = |text: &str, otherwise: &str| match text {
        "" => otherwise.to_owned(),
        text => text.to_owned(),
    };
    view! {
        <div class="menu time-menu" id=ids::TIME_MENU popover="auto">
            <div>
                <h2>"Range"</h2>
                <ul>{quick}</ul>
            </div>
            <form class="time-form" method="get">
                {kept}
                <h2>"From and to"</h2>
                <label>"From" <input name="from" value=other(&params.from, "now-1h")/></label>
                <label>"To" <input name="to" value=other(&params.to, "now")/></label>
                <p>"now-2h, now-1d/d, 2026-11-20 12:30"</p>
                <button type="submit" class="button">"Show"</button>
            </form>
        </div>
    }
}

/// How often the page refreshes.
#[component]
pub fn RefreshMenu(params: LiveParams, query: String) -> impl IntoView {
    let steps = range::REFRESH.into_iter().map(|(name, refresh)| {
        let is_here = (params.refresh == refresh).then_some("true");
        let address = address(&query, |params| params.refresh = refresh.to_owned());
        view! { <li><a href=address data-refresh=refresh aria-current=is_here>{name}</a></li> }
    });
    let steps = steps.collect_view();
    view! {
        <div class="menu" id=ids::REFRESH_MENU popover="auto">
            <h2>"Refresh"</h2>
            <ul>{steps}</ul>
        </div>
    }
}

/// What can be done with the panel whose button opened the menu.
#[component]
pub fn PanelMenu() -> impl IntoView {
    let copies = [
        ("png", "Picture (PNG)"),
        ("svg", "Drawing (SVG)"),
        ("csv", "Values (CSV)"),
    ];
    let copies = copies.into_iter().map(|(action, name)| {
        view! { <li><button type="button" class="entry" data-action=action>{name}</button></li> }
    });
    view! {
        <div class="menu panel-menu" id=ids::PANEL_MENU popover="auto">
            <h2>"Save as"</h2>
            <ul>{copies.collect_view()}</ul>
            <label>
                <h2>"In a frame on another page"</h2>
                <input id=ids::SNIPPET readonly="" spellcheck="false"/>
            </label>
        </div>
    }
}

const KEYS: [(&str, &str); 10] = [
    ("Ctrl K", "Jump to a board or panel"),
    ("space", "Pause and go on"),
    ("+", "Zoom in; or drag over a chart"),
    ("-", "Zoom out; or double click"),
    ("←", "Back by half a window"),
    ("→", "On by half a window"),
    ("n", "Now"),
    ("t", "Dark or light"),
    ("f", "Full screen"),
    ("?", "These keys"),
];

/// The sheet of keys.
#[component]
pub fn Help() -> impl IntoView {
    let keys = KEYS.into_iter().map(|(key, meaning)| {
        view! {
            <dt><kbd>{key}</kbd></dt>
            <dd>{meaning}</dd>
        }
    });
    view! {
        <div class="menu" id=ids::HELP popover="auto">
            <h2>"Keys"</h2>
            <dl class="keys">{keys.collect_view()}</dl>
        </div>
    }
}
