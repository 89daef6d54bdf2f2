//! The labels of the buttons that change what is shown.

use leptos::prelude::*;

use crate::store::use_store;
use crate::text::state::Link;
use crate::text::{moment, range};

/// The range on the page, as a person calls it.
#[island]
pub fn TimeLabel() -> impl IntoView {
    let store = use_store();
    let label = move || {
        let params = store.params.get();
        let window = store.window.get();
        let shown = moment::span(window.from_ms, window.to_ms, &*store.zone.get());
        match params.from.as_str() {
            "" => range::label(
                &range::from_span(window.to_ms - window.from_ms),
                "now",
                &shown,
            ),
            from => range::label(from, &params.to, &shown),
        }
    };
    view! { <span>{label}</span> }
}

/// How often the page refreshes.
#[island]
pub fn RefreshLabel() -> impl IntoView {
    let store = use_store();
    let label = move || range::refresh_label(&store.params.get().refresh).to_owned();
    view! { <span>{label}</span> }
}

/// Stops and starts the stream.
#[island]
pub fn PauseButton() -> impl IntoView {
    let store = use_store();
    let is_paused = Memo::new(move |_| store.link.get() == Link::Paused);
    let pressed = move || if is_paused.get() { "true" } else { "false" };
    let picture = move || {
        if is_paused.get() {
            "#icon-play"
        } else {
            "#icon-pause"
        }
    };
    view! {
        <button
            type="button"
            class="button needs-script"
            data-action="pause"
            aria-pressed=pressed
            aria-label="Pause"
            title="Pause (space)"
        >
            <svg aria-hidden="true">
                <use_ href=picture></use_>
            </svg>
        </button>
    }
}
