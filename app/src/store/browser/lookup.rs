//! What a reader types into a field that searches on the server -> the answer's
//! markup in the list below it: choices of a variable, boards and panels.
//!
//! Contract: the field says in `data-lookup` which address has the answer, put
//! there by `document/controls.js`, which knows the form. An answer that comes
//! after the reader has typed on is dropped, and one that does not come leaves
//! the list as it is.

use gloo_net::http::Request;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

const ADDRESS: &str = "data-lookup";

/// Follows the page's search fields.
pub fn listen() {
    // What was typed before the bundle had come is looked up now.
    if let Some(element) = document().active_element() {
        look_up(&element);
    }
    window_event_listener(leptos::ev::input, |event| {
        if let Some(target) = event.target() {
            look_up(&target);
        }
    });
}

/// Looks up what stands in the field, if it is one that searches.
fn look_up(target: &JsValue) -> Option<()> {
    let field: Element = target.dyn_ref::<Element>()?.clone();
    let address = field.get_attribute(ADDRESS)?;
    let holder = field.closest(".choices,.palette").ok()??;
    let list = holder.query_selector("ul").ok()??;
    leptos::task::spawn_local(async move {
        if let Ok(answer) = Request::get(&address).send().await
            && answer.ok()
            && let Ok(html) = answer.text().await
            && field.get_attribute(ADDRESS) == Some(address)
        {
            list.set_inner_html(&html);
        }
    });
    Some(())
}
