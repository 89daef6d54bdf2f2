//! Leaving a page only for one that will come: a board on a wall never shows
//! the browser's own error page.

use std::time::Duration;

use gloo_net::http::Request;
use leptos::prelude::*;
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
    Request::get(LIVEZ)
        .send()
        .await
        .is_ok_and(|answer| answer.ok())
}
