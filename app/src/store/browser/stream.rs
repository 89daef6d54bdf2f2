//! The page's one event stream: opened, fed to the store, and opened again
//! with growing pauses when it is lost.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{EventSource, MessageEvent};
use wire::live::LiveEvent;
use wire::url::{LIVE, encode};

use super::{clock, server_probe};
use crate::store::{Next, Store, navigation};
use crate::text::state::Link;

#[wasm_bindgen]
extern "C" {
    /// `public/streams.js`, by the loader: what it gives is an `EventSource` in
    /// all that is used here, over a connection that pages share.
    #[wasm_bindgen(js_name = openStream)]
    fn open_stream(url: &str) -> EventSource;
}

/// Says that the stream lives, and nothing else.
const HEARTBEAT: &str = "heartbeat";
/// The names of [`LiveEvent`]s, and the heartbeat.
const EVENTS: [&str; 4] = ["snapshot", "append", "reload", HEARTBEAT];

thread_local! {
    static CONNECTION: RefCell<Option<Connection>> = const { RefCell::new(None) };
    static TRIES: Cell<u32> = const { Cell::new(0) };
    /// The browser's clock at the last event or opening.
    static HEARD_MS: Cell<f64> = const { Cell::new(0.0) };
}

/// An open stream with the callbacks that belong to it; dropped as one, so
/// that a page that reconnects for months holds one of each.
struct Connection {
    source: EventSource,
    _on_event: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Opens the stream in place of the present one; `after` is the event to
/// continue from, `None` asks for everything.
pub fn open(store: &Store, after: Option<&str>) {
    let mut query = store.params.get_untracked().to_query();
    if let Some(after) = after.filter(|id| !id.is_empty()) {
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str("after=");
        query.push_str(&encode(after));
    }
    let url = [LIVE, "?", &query].concat();
    let source = open_stream(&url);
    let on_event = on_event(store.clone());
    for name in EVENTS {
        let _ = source.add_event_listener_with_callback(name, on_event.as_ref().unchecked_ref());
    }
    let on_error = on_error(store.clone(), source.clone());
    source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    let connection = Connection {
        source,
        _on_event: on_event,
        _on_error: on_error,
    };
    CONNECTION.set(Some(connection));
    HEARD_MS.set(js_sys::Date::now());
}

/// Opens the stream anew where it has been silent for longer than it can have
/// been by right: a connection may be gone without either side being told.
pub fn watch(store: &Store) {
    let window = store.window.get_untracked();
    let patience_ms = (4 * window.step_ms).max(60_000) as f64;
    // Set back or forth, the browser's clock says nothing: then it is opened once too often.
    let is_silent = (js_sys::Date::now() - HEARD_MS.get()).abs() > patience_ms;
    let is_open = matches!(store.link.get_untracked(), Link::Open | Link::Unattended);
    if is_silent && window.live && is_open {
        open(store, Some(&store.event_id()));
    }
}

/// Ends the stream until it is opened again.
pub fn close() {
    CONNECTION.take();
}

fn on_event(store: Store) -> Closure<dyn FnMut(MessageEvent)> {
    Closure::new(move |message: MessageEvent| {
        HEARD_MS.set(js_sys::Date::now());
        if message.type_() == HEARTBEAT {
            return;
        }
        match decode(&message) {
            Ok(event) => {
                TRIES.set(0);
                let next = store.apply(event, message.last_event_id());
                clock::set(store.now_ms.get_untracked());
                if next == Next::Reload {
                    reload_soon();
                }
            }
            Err(error) => {
                leptos::logging::warn!("andon: an event cannot be read: {error}");
                store.event_id.set(String::new()); // what follows it would leave a gap
                lose(store.clone());
            }
        }
    })
}

/// The event's name says what its data is.
fn decode(message: &MessageEvent) -> serde_json::Result<LiveEvent> {
    let text = message.data().as_string().unwrap_or_default();
    match message.type_().as_str() {
        "append" => serde_json::from_str(&text).map(LiveEvent::Append),
        "snapshot" => serde_json::from_str(&text).map(LiveEvent::Snapshot),
        _ => serde_json::from_str(&text).map(|reason| LiveEvent::Reload { reason }),
    }
}

/// The browser's own reconnecting has neither back-off nor jitter, and gives
/// up on an error status: so the stream is closed and opened by our own timer.
fn on_error(store: Store, source: EventSource) -> Closure<dyn FnMut()> {
    Closure::new(move || {
        let is_refused = source.ready_state() == EventSource::CLOSED;
        if is_refused && store.link.get_untracked() == Link::Loading {
            // What the page asks for is wrong: the server says what, as a page.
            let _ = window().location().reload();
            return;
        }
        lose(store.clone());
    })
}

/// Opens the stream again after a pause.
fn lose(store: Store) {
    close();
    store.link.set(Link::Lost);
    let tries = TRIES.get();
    TRIES.set(tries.saturating_add(1));
    let wait_ms = navigation::back_off_ms(tries, js_sys::Math::random());
    set_timeout(
        move || {
            // Paused or opened anew in the meantime: then this try is not due.
            if store.link.get_untracked() == Link::Lost {
                open(&store, Some(&store.event_id()));
            }
        },
        Duration::from_millis(wait_ms),
    );
}

/// Spread over two seconds, so that the viewers of a restarted server do not
/// all ask at once.
fn reload_soon() {
    close();
    let wait_ms = (js_sys::Math::random() * 2_000.0) as u64;
    server_probe::leave(Duration::from_millis(wait_ms), || {
        let _ = window().location().reload();
    });
}
