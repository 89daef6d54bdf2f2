//! The time of day, on a wall.

use leptos::prelude::*;

use crate::store::use_store;
use crate::text::moment;

/// The server's clock in the reader's zone, to the minute.
#[island]
pub fn WallClock() -> impl IntoView {
    let store = use_store();
    let minute = Memo::new(move |_| moment::clock(store.now_ms.get(), &*store.zone.get()));
    view! { <p class="clock">{minute}</p> }
}
