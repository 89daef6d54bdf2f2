//! The keys of a page, and the actions that buttons share with them.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::{address, panel_menu, stream, theme};
use crate::store::navigation::{self, Step};
use crate::store::{CopyFormat, Store};
use crate::text::state::Link;

/// Each key and its action.
const KEYS: [(&str, &str); 8] = [
    (" ", "pause"),
    ("t", "theme"),
    ("+", "in"),
    ("=", "in"),
    ("-", "out"),
    ("ArrowLeft", "back"),
    ("ArrowRight", "on"),
    ("n", "now"),
];

/// Follows the keys that are not meant for a control.
pub fn listen(store: &Store) {
    let store = store.clone();
    window_event_listener(leptos::ev::keydown, move |event| {
        let action = KEYS.iter().find(|(key, _)| *key == event.key());
        if let Some((_, action)) = action.filter(|_| is_for_page(&event))
            && act(&store, action)
        {
            event.prevent_default();
        }
    });
}

fn is_for_page(event: &KeyboardEvent) -> bool {
    let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
    let on_control = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|element| {
            element
                .closest("input,textarea,select,button,a,summary,[popover],[role=application]")
                .ok()
        })
        .flatten()
        .is_some();
    !(has_modifier || on_control || event.default_prevented())
}

/// Does what a key or a button stands for; whether there is such an action.
pub fn act(store: &Store, action: &str) -> bool {
    match action {
        "pause" => pause(store),
        "theme" => theme::toggle(store),
        "in" => step(store, Step::In),
        "out" => step(store, Step::Out),
        "back" => step(store, Step::Back),
        "on" => step(store, Step::On),
        "now" => address::navigate(store, |params| {
            params.from.clear();
            params.to.clear();
        }),
        "png" => panel_menu::copy(store, CopyFormat::Png),
        "svg" => panel_menu::copy(store, CopyFormat::Svg),
        _ => return false,
    }
    true
}

fn pause(store: &Store) {
    if store.link.get_untracked() == Link::Paused {
        store.link.set(Link::Open);
        stream::open(store, Some(&store.event_id()));
    } else {
        stream::close();
        store.link.set(Link::Paused);
    }
}

fn step(store: &Store, step: Step) {
    let now_ms = store.now_ms.get_untracked();
    let (from_ms, to_ms) = navigation::step(&store.window.get_untracked(), step, now_ms);
    address::navigate(store, |params| {
        params.from = from_ms.to_string();
        params.to = to_ms.to_string();
    });
}
