//! The server's clock on the page: set by every event, moved once a second.

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::*;

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

/// Moves the store's clock from now on.
pub fn start(store: &Store) {
    set(store.now_ms.get_untracked());
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

fn browser_ms() -> i64 {
    js_sys::Date::now() as i64
}
