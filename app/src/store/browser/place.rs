//! What a page does for the place it is in: in a frame it tells its height, on
//! a wall it keeps the screen awake.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::store::Store;

/// A row of the grid at its lowest, in CSS pixels.
const ROW_PX: u32 = 36;

/// Begins what the page's class asks for.
pub fn settle(store: &Store) {
    let Ok(Some(page)) = document().query_selector(".page") else {
        return;
    };
    let class = page.class_list();
    if class.contains("embed") {
        tell_height(store);
    }
    if class.contains("kiosk") {
        stay_awake();
    }
}

/// `{type: "andon:height", height}` to the page around, in CSS pixels.
fn tell_height(store: &Store) {
    let ends = store.board.panels.iter();
    let ends = ends.map(|panel| u32::from(panel.grid.y) + u32::from(panel.grid.h));
    let height = ends.max().unwrap_or(0) * ROW_PX;
    let message = js_sys::Object::new();
    for (name, value) in [
        ("type", JsValue::from_str("andon:height")),
        ("height", JsValue::from(height)),
    ] {
        let _ = js_sys::Reflect::set(&message, &JsValue::from_str(name), &value);
    }
    if let Ok(Some(parent)) = window().parent() {
        // To any origin: a height is no secret, and the page around is not known.
        let _ = parent.post_message(&message, "*");
    }
}

/// Asks for a wake lock, again whenever the page is seen again: the browser
/// takes it away from a hidden one.
fn stay_awake() {
    request_wake_lock();
    window_event_listener_untyped("visibilitychange", |_| {
        request_wake_lock();
    });
}

/// By name, since not every browser has it; `None` where this one has not.
fn request_wake_lock() -> Option<()> {
    let get = |object: &JsValue, name: &str| {
        let value = js_sys::Reflect::get(object, &JsValue::from_str(name)).ok()?;
        (!value.is_undefined()).then_some(value)
    };
    let lock = get(&window().navigator(), "wakeLock")?;
    let request: js_sys::Function = get(&lock, "request")?.dyn_into().ok()?;
    let promise = request.call1(&lock, &JsValue::from_str("screen")).ok()?;
    let promise: js_sys::Promise = promise.dyn_into().ok()?;
    leptos::task::spawn_local(async move {
        // Refused on battery or in the background: then the screen may sleep.
        let _ = JsFuture::from(promise).await;
    });
    Some(())
}
