//! The server's clock on the page: set by every event, moved once a second.

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wire::url::pairs;

use super::stream;
use crate::store::Store;

const TICK: Duration = Duration::from_secs(1);

thread_local! {
    /// The server's clock less the browser's.
    static AHEAD_MS: Cell<i64> = const { Cell::new(0) };
}

/// Notes what the server's clock shows now.
pub fn set(server_ms: i64) {
    AHEAD_MS.set(server_ms - browser_ms());
}

/// Moves the store's clock from now on, and has times written in the reader's
/// zone once the page is awake; `timezone=utc` in its address keeps UTC.
pub fn start(store: &Store) {
    set(store.now_ms.get_untracked());
    let zone = store.zone.clone();
    if !keeps_utc() {
        set_timeout(move || zone.set(offset_s), Duration::ZERO);
    }
    let store = store.clone();
    set_interval(
        move || {
            stream::watch(&store);
            if !document().hidden() {
                store.now_ms.set(browser_ms() + AHEAD_MS.get());
            }
        },
        TICK,
    );
}

fn keeps_utc() -> bool {
    let search = window().location().search().unwrap_or_default();
    pairs(search.trim_start_matches('?'))
        .any(|(name, value)| name == "timezone" && value.eq_ignore_ascii_case("utc"))
}

/// Seconds east of UTC that the browser's zone is at a moment.
fn offset_s(time_ms: i64) -> i32 {
    let date = js_sys::Date::new(&JsValue::from_f64(time_ms as f64));
    -(date.get_timezone_offset() as i32) * 60
}

fn browser_ms() -> i64 {
    js_sys::Date::now() as i64
}
