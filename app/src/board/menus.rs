//! The menus and the help sheet: plain links and popovers, which work without
//! a script; with one, the links change the page in place.

use leptos::prelude::*;
use wire::url::{LiveParams, pairs};

use super::address;
use crate::ids;
use crate::store::navigation::search_with;
use crate::text::range;

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
pub fn TimeMenu(range: (String, String), query: String, board_zone: String) -> impl IntoView {
    let (shown_from, shown_to) = range;
    let quick = range::QUICK.into_iter().map(|(name, from)| {
        let is_here = (shown_from == from && shown_to == "now").then_some("true");
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
    view! {
        <div class="menu time-menu" id=ids::TIME_MENU popover="auto">
            <div>
                <h2>"Range"</h2>
                <ul>{quick}</ul>
            </div>
            <MoreTime query=query.clone() board_zone/>
            <form class="time-form" method="get">
                {kept}
                <h2>"From and to"</h2>
                <label>"From" <input name="from" value=shown_from/></label>
                <label>"To" <input name="to" value=shown_to/></label>
                <p>"now-2h, now-1d/d, 2026-11-20 12:30"</p>
                <button type="submit" class="button">"Show"</button>
            </form>
        </div>
    }
}

/// Ranges of the calendar: what a person calls them, and what the URL says.
const CALENDAR: [(&str, &str); 6] = [
    ("Today so far", "from=now/d&to=now"),
    ("Yesterday", "from=now-1d/d&to=now-1d/d"),
    ("This week so far", "from=now/w&to=now"),
    ("Last week", "from=now-1w/w&to=now-1w/w"),
    ("This month so far", "from=now/M&to=now"),
    ("Last month", "from=now-1M/M&to=now-1M/M"),
];

/// The times before that curves can be compared with.
const EARLIER: [(&str, &str); 5] = [
    ("Nothing", "compare="),
    ("An hour before", "compare=1h"),
    ("A day before", "compare=1d"),
    ("A week before", "compare=1w"),
    ("Four weeks before", "compare=4w"),
];

const ZONES: [(&str, &str); 2] = [("Yours", "timezone=browser"), ("UTC", "timezone=utc")];

/// Steps through time: what a button says, and its action.
const STEPS: [(&str, &str, &str); 4] = [
    ("back", "\u{2039}", "Back by half a window"),
    ("out", "\u{2212}", "Zoom out"),
    ("in", "+", "Zoom in"),
    ("on", "\u{203a}", "On by half a window"),
];

/// What of time is a page of its own: the calendar, comparisons, zones.
#[component]
fn MoreTime(query: String, board_zone: String) -> impl IntoView {
    let mut zones = ZONES.to_vec();
    if !board_zone.is_empty() {
        zones.push((&board_zone, "timezone="));
    }
    let steps = STEPS.into_iter().map(|(action, sign, name)| {
        view! {
            <button type="button" class="button" data-action=action aria-label=name title=name>
                {sign}
            </button>
        }
    });
    let steps = steps.collect_view();
    view! {
        <div>
            <div class="steps needs-script">{steps}</div>
            <h2>"Calendar"</h2>
            {set_links(&query, &CALENDAR)}
            <h2>"Compare with"</h2>
            {set_links(&query, &EARLIER)}
            <h2>"Time zone"</h2>
            {set_links(&query, &zones)}
        </div>
    }
}

/// Links that set parameters of the page's address. With a script it is the
/// address of the moment, and not of when the page was made.
fn set_links(query: &str, links: &[(&str, &'static str)]) -> impl IntoView + use<> {
    let params = LiveParams::from_query(query);
    let links = links.iter().map(|(name, set)| {
        let name = (*name).to_owned();
        let mut all = params.clone();
        for (name, value) in pairs(set) {
            all.set(&name, value);
        }
        let is_here = (all == params).then_some("true");
        let address = ["?", &search_with(query, &all)].concat();
        view! { <li><a href=address data-set=*set aria-current=is_here>{name}</a></li> }
    });
    let links: Vec<_> = links.collect();
    view! { <ul>{links}</ul> }
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
    let copies = [("png", "Picture (PNG)"), ("svg", "Drawing (SVG)")];
    let copies = copies.into_iter().map(|(action, name)| {
        view! { <li><button type="button" class="entry" data-action=action>{name}</button></li> }
    });
    view! {
        <div class="menu panel-menu" id=ids::PANEL_MENU popover="auto">
            <ul class="of-charts">
                <li><button type="button" class="entry" data-values="">"Table of values"</button></li>
            </ul>
            <h2>"Save as"</h2>
            <ul>{copies.collect_view()}</ul>
            <ul>
                <li><a id=ids::VALUES class="entry" download="">"Values (CSV)"</a></li>
            </ul>
        </div>
    }
}

const KEYS: [(&str, &str); 11] = [
    ("Ctrl K", "Jump to a board or panel"),
    ("space", "Pause and go on"),
    ("+", "Zoom in; or drag over a chart"),
    ("-", "Zoom out; or double click"),
    ("←", "Back by half a window"),
    ("→", "On by half a window"),
    ("n", "Now"),
    ("t", "Dark or light"),
    ("v", "The values of a chart as a table"),
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
