//! The page's address: every range and refresh has one, and back leads back.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, FormData, HtmlElement, HtmlFormElement, HtmlInputElement};
use wire::url::LiveParams;

use super::{clock, keys, panel_menu, stream};
use crate::store::{Store, navigation};
use crate::text::state::Link;

/// What the present address asks for; the board is in the path, not in here.
pub fn params() -> LiveParams {
    LiveParams::from_query(search().trim_start_matches('?'))
}

fn search() -> String {
    window().location().search().unwrap_or_default()
}

/// Shows what `change` makes of the present parameters, under an address of its own.
pub fn navigate(store: &Store, change: impl FnOnce(&mut LiveParams)) {
    let mut params = store.params.get_untracked();
    change(&mut params);
    if params == store.params.get_untracked() {
        return;
    }
    let address = ["?", &navigation::search_with(&search(), &params)].concat();
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&address));
    }
    show(store, params);
}

fn show(store: &Store, params: LiveParams) {
    mark_menus(&params);
    store.params.set(params);
    store.link.set(Link::Loading);
    stream::open(store, None);
}

/// Marks the menus' entries that are now shown, and fills in the form.
fn mark_menus(params: &LiveParams) {
    for (name, value) in [
        ("data-from", &params.from),
        ("data-refresh", &params.refresh),
    ] {
        for link in all(&["[", name, "]"].concat()) {
            let _ = if link.get_attribute(name).as_ref() == Some(value) {
                link.set_attribute("aria-current", "true")
            } else {
                link.remove_attribute("aria-current")
            };
        }
    }
    for (name, value) in [("from", &params.from), ("to", &params.to)] {
        for input in all(&[".time-form [name=", name, "]"].concat()) {
            if let Some(input) = input.dyn_ref::<HtmlInputElement>() {
                input.set_value(value);
            }
        }
    }
}

fn all(selector: &str) -> impl Iterator<Item = Element> {
    let found = document().query_selector_all(selector).ok();
    let found = found
        .into_iter()
        .flat_map(|list| (0..list.length()).map(move |i| list.item(i)));
    found.flatten().filter_map(|node| node.dyn_into().ok())
}

/// Follows the back button, the menus' links and the form of an absolute range.
pub fn listen(store: &Store) {
    let popped = store.clone();
    window_event_listener(leptos::ev::popstate, move |_| {
        let mut params = params();
        params.board.clone_from(&popped.board.id);
        show(&popped, params);
    });
    let clicked = store.clone();
    window_event_listener(leptos::ev::click, move |event| {
        let has_modifier = event.ctrl_key() || event.meta_key() || event.shift_key();
        if !has_modifier && follow(&clicked, event.target()) {
            event.prevent_default();
        }
    });
    let submitted = store.clone();
    window_event_listener(leptos::ev::submit, move |event| {
        if submit(&submitted, event.target()).is_some() {
            event.prevent_default();
        }
    });
}

/// Whether the click was one of ours: a range, a refresh, an action.
fn follow(store: &Store, target: Option<web_sys::EventTarget>) -> bool {
    let element = target
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|element| {
            element
                .closest("[data-from],[data-refresh],[data-action],[data-panel],.shows a")
                .ok()
        })
        .flatten();
    let Some(element) = element else { return false };
    if panel_menu::belong_to(store, &element).is_some() {
        return false; // the browser opens the menu
    }
    if let Some(from) = element.get_attribute("data-from") {
        navigate(store, |params| {
            params.from = from;
            params.to = "now".to_owned();
        });
    } else if let Some(refresh) = element.get_attribute("data-refresh") {
        navigate(store, |params| params.refresh = refresh);
    } else if let Some(shown) = element.get_attribute("href") {
        let shown = LiveParams::from_query(shown.trim_start_matches('?'));
        navigate(store, |params| params.tables = shown.tables);
    } else if let Some(action) = element.get_attribute("data-action")
        && !keys::act(store, &action)
    {
        return false;
    }
    close_menu(&element);
    true
}

fn submit(store: &Store, target: Option<web_sys::EventTarget>) -> Option<()> {
    let form = target?.dyn_into::<HtmlFormElement>().ok()?;
    if !form.class_list().contains("time-form") {
        return None;
    }
    let data = FormData::new_with_form(&form).ok()?;
    let from = data.get("from").as_string()?;
    let to = data.get("to").as_string()?;
    navigate(store, |params| {
        params.from = instant(from);
        params.to = instant(to);
    });
    close_menu(&form);
    Some(())
}

/// A date as the reader writes it, in the reader's own time, as milliseconds
/// since the epoch; everything else, and what is of a zone that the server
/// knows, as it is.
fn instant(text: String) -> String {
    let is_date = text.contains('-') && !text.starts_with("now");
    if !is_date || text.ends_with('Z') || !clock::is_in_readers_zone() {
        return text;
    }
    // Without a time of day, the browser would take it as UTC's.
    let midnight = if text.contains(':') { "" } else { "T00:00" };
    let ms = js_sys::Date::parse(&[&text, midnight].concat());
    if ms.is_nan() {
        text
    } else {
        (ms as i64).to_string()
    }
}

fn close_menu(inside: &Element) {
    let menu = inside.closest("[popover]").ok().flatten();
    if let Some(menu) = menu.and_then(|menu| menu.dyn_into::<HtmlElement>().ok()) {
        let _ = menu.hide_popover();
    }
}
