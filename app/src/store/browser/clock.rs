//! The server's clock on the page: set by every event, moved once a second.

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

use super::stream;
use crate::store::Store;
use crate::text::moment::Zone;

#[wasm_bindgen]
extern "C" {
    /// Seconds east of UTC that the page's zone is at a moment, see `document/zone.js`.
    fn offset(time_ms: f64) -> i32;

    /// Milliseconds on a clock that nobody sets.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

const TICK: Duration = Duration::from_secs(1);

thread_local! {
    /// The server's clock less that one.
    static AHEAD_MS: Cell<i64> = const { Cell::new(0) };
}

/// Notes what the server's clock shows now.
pub fn set(server_ms: i64) {
    AHEAD_MS.set(server_ms - now() as i64);
}

/// Moves the store's clock from now on, and has times written in the page's
/// zone: in the reader's own once the page is awake.
pub fn start(store: &Store) {
    set(store.now_ms.get_untracked());
    let of_page = Zone::new(|time_ms| offset(time_ms as f64));
    if is_in_readers_zone() {
        let zone = store.zone.clone();
        set_timeout(move || zone.set(of_page), Duration::ZERO);
    } else {
        store.zone.set(of_page);
    }
    let store = store.clone();
    set_interval(
        move || {
            stream::watch(&store);
            if !document().hidden() {
                store.now_ms.set(now() as i64 + AHEAD_MS.get());
            }
        },
        TICK,
    );
}

/// Whether the zone is one that the server does not know.
pub fn is_in_readers_zone() -> bool {
    let page = document().document_element();
    let zone = page.and_then(|page| page.get_attribute("data-zone"));
    zone.as_deref() == Some("browser")
}
