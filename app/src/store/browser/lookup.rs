//! What a reader types into a field that searches on the server -> the answer's
//! markup in the list below it: choices of a variable, boards and panels.
//!
//! Contract: an answer that comes after the reader has typed on is dropped, and
//! one that does not come leaves the list as it is.

use gloo_net::http::Request;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, FormData, HtmlElement, HtmlFormElement, HtmlInputElement};
use wire::url::{CHOICES, PALETTE, encode, pairs, push_pair};

/// Follows the page's search fields.
pub fn listen(board: String) {
    // What was typed before the bundle had come is looked up now.
    if let Some(element) = document().active_element() {
        look_up(&element, &board);
    }
    window_event_listener(leptos::ev::input, move |event| {
        if let Some(target) = event.target() {
            look_up(&target, &board);
        }
    });
}

/// Looks up what stands in the field, if it is one that searches.
fn look_up(target: &JsValue, board: &str) -> Option<()> {
    let field: HtmlInputElement = target.dyn_ref::<HtmlInputElement>()?.clone();
    if field.type_() != "search" {
        return None;
    }
    match field.closest(".choices").ok()? {
        Some(list) => find_choices(field, &list, board),
        None => find_boards(field),
    }
}

fn find_boards(field: HtmlInputElement) -> Option<()> {
    let list = field.next_element_sibling()?;
    let url = [PALETTE, "?find=", &encode(&field.value())].concat();
    fill(field, list, url);
    Some(())
}

fn find_choices(field: HtmlInputElement, of: &Element, board: &str) -> Option<()> {
    let list = of.query_selector("ul").ok()??;
    let variable = of.dyn_ref::<HtmlElement>()?.dataset().get("name")?;
    let own = [
        ("board", board),
        ("name", &variable),
        ("find", &field.value()),
    ];
    let mut query = String::new();
    for (name, value) in own {
        push_pair(&mut query, name, value);
    }
    push_variables(&mut query, &field.form()?);
    fill(field, list, [CHOICES, "?", &query].concat());
    Some(())
}

/// The page's parameters, its variables as the form has them by now.
fn push_variables(query: &mut String, form: &HtmlFormElement) -> Option<()> {
    let search = window().location().search().ok()?;
    for (name, value) in pairs(search.trim_start_matches('?')) {
        let is_of_form = ["var-", "find-", "add-"];
        if !is_of_form.iter().any(|prefix| name.starts_with(prefix)) {
            push_pair(query, &name, &value);
        }
    }
    let data = FormData::new_with_form(form).ok()?;
    for entry in js_sys::try_iter(&data).ok()?? {
        let entry: js_sys::Array = entry.ok()?.dyn_into().ok()?;
        let (name, value) = (entry.get(0).as_string()?, entry.get(1).as_string()?);
        if name.starts_with("var-") || name.starts_with("add-") {
            push_pair(query, &name, &value);
        }
    }
    Some(())
}

fn fill(field: HtmlInputElement, list: Element, url: String) {
    let wanted = field.value();
    leptos::task::spawn_local(async move {
        let Ok(answer) = Request::get(&url).send().await else {
            return;
        };
        let html = answer.text().await;
        if let Ok(html) = html
            && answer.ok()
            && wanted == field.value()
        {
            list.set_inner_html(&html);
        }
    });
}
