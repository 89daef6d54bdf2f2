//! The focus inside of markup that is written anew: it comes back to the
//! element at the same place.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// What can have the focus in written panels.
const FOCUSABLE: &str = "a,[tabindex]";

/// To be called before `body` is written anew: gives the focus back after it.
pub fn keep(body: NodeRef<Div>) {
    let Some(index) = index(body) else { return };
    queue_microtask(move || {
        if let Some(element) = nth(body, index) {
            let _ = element.focus();
        }
    });
}

fn index(body: NodeRef<Div>) -> Option<u32> {
    let active: Element = document().active_element()?;
    let all = body.get_untracked()?.query_selector_all(FOCUSABLE).ok()?;
    (0..all.length()).find(|index| all.item(*index).as_ref() == Some(active.as_ref()))
}

fn nth(body: NodeRef<Div>, index: u32) -> Option<HtmlElement> {
    let all = body.get_untracked()?.query_selector_all(FOCUSABLE).ok()?;
    all.item(index)?.dyn_into().ok()
}
