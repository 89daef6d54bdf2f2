//! Dark and light: the reader's choice, kept in a cookie so that the server's
//! next page has it from its first byte.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::HtmlDocument;

use crate::page::Theme;
use crate::store::Store;

const PREFERS_LIGHT: &str = "(prefers-color-scheme: light)";

/// Has charts painted anew when the system changes its preference.
pub fn listen(store: &Store) {
    let recoloured = store.recoloured.clone();
    let on_change = Closure::<dyn FnMut()>::new(move || recoloured.notify());
    if let Ok(Some(query)) = window().match_media(PREFERS_LIGHT) {
        query.set_onchange(Some(on_change.as_ref().unchecked_ref()));
    }
    on_change.forget(); // lives as long as the page
}

/// Changes to the other theme.
pub fn toggle(store: &Store) {
    let Some(page) = document().document_element() else {
        return;
    };
    let is_light = match page.get_attribute("data-theme").as_deref() {
        Some("light") => true,
        Some(_) => false,
        None => prefers_light(),
    };
    let next = if is_light { Theme::Dark } else { Theme::Light };
    let name = next.attribute().unwrap_or_default();
    let _ = page.set_attribute("data-theme", name);
    let cookie = [
        Theme::COOKIE,
        "=",
        name,
        ";path=/;max-age=31536000;samesite=lax",
    ];
    let _ = document()
        .unchecked_into::<HtmlDocument>()
        .set_cookie(&cookie.concat());
    store.recoloured.notify();
}

fn prefers_light() -> bool {
    let query = window().match_media(PREFERS_LIGHT).ok().flatten();
    query.is_some_and(|query| query.matches())
}
