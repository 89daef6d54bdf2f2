//! What a panel shows as markup, written anew when its data changes, and what
//! is said of the data. One kind of view for all kinds of panels but charts:
//! the bundle holds it once.

use leptos::prelude::*;
use wire::data::PanelData;

use super::notice::notices;
use super::{data_of, freshness, lateness};
use crate::store::Store;

/// A panel's data, and whether it is late, to markup.
pub type Write = Box<dyn Fn(&PanelData, bool) -> String + Send + Sync>;

/// The body of the panel `id` in an element of a class.
pub fn body(store: &Store, id: u32, class: &'static str, write: Write) -> impl IntoView + use<> {
    let data = data_of(store, id);
    let late_ms = lateness(store, &data);
    let held = data.clone();
    let is_late = Memo::new(move |_| late_ms.get().is_some());
    let html = move || held.with(|data| write(data, is_late.get()));
    view! {
        <div class=class style=("--freshness", freshness(store, late_ms)) inner_html=html></div>
        {notices(data, late_ms)}
    }
}
