//! Leaving a page only for one that will come: a board on a wall never shows
//! the browser's own error page.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wire::url::LIVEZ;

/// How long to wait where the server does not answer, before it is asked again.
const RETRY: Duration = Duration::from_secs(10);

/// Leaves the page by `go` after a while, once the server answers.
pub fn leave(after: Duration, go: impl Fn() + 'static) {
    set_timeout(
        move || {
            leptos::task::spawn_local(async move {
                if is_there().await {
                    go();
                } else {
                    leave(RETRY, go);
                }
            });
        },
        after,
    );
}

async fn is_there() -> bool {
    let answer = JsFuture::from(window().fetch_with_str(LIVEZ)).await;
    let ok = answer.and_then(|answer| js_sys::Reflect::get(&answer, &"ok".into()));
    ok.is_ok_and(|ok| ok.is_truthy())
}
