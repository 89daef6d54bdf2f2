//! The state line: what is shown, from where, how old.

use leptos::prelude::*;

use crate::store::use_store;
use crate::text::health;
use crate::text::state::{Inputs, State, state};

/// A word for the page's state, what is behind it, the source, the data's age.
/// Only the word is announced: an age that counts would never be silent.
#[island]
pub fn StateLine() -> impl IntoView {
    let store = use_store();
    let source = store.source.clone();
    let attended = store.clone();
    // Effects run in the browser alone, when what the server wrote is taken over.
    Effect::new(move |_| attended.attend());
    let now = Memo::new(move |_| {
        let error = store.source_error.get();
        state(&Inputs {
            link: store.link.get(),
            window: store.window.get(),
            source_error: error.as_deref(),
            newest_ms: store.newest_ms.get(),
            now_ms: store.now_ms.get(),
        })
    });
    let part = move |part: fn(&State) -> String| move || now.with(part);
    view! {
        <p class=part(|state| ["state state-", health::class(state.health)].concat())>
            <span class="state-word needs-script">
                <span
                    class=part(|state| ["mark mark-", health::class(state.health)].concat())
                    aria-hidden="true"
                ></span>
                <span role="status">{part(|state| state.word.to_owned())}</span>
            </span>
            <span hidden=move || now.with(|state| state.detail.is_empty())>
                {part(|state| state.detail.clone())}
            </span>
            <span>{source}</span>
            <span hidden=move || now.with(|state| state.age.is_empty())>
                {part(|state| state.age.clone())}
            </span>
        </p>
    }
}
