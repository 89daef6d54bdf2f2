//! A panel that the server renders: its markup, as it comes. One
//! island for all kinds of panels but charts, so that the bundle holds none of them.

use leptos::html::Div;
use leptos::prelude::*;
use wire::id::PanelId;

use super::notice::{html, notices};
use super::rewrite::follow;
use super::{freshness, lateness};
use crate::store::use_store;

/// A panel of the kind [`wire::board::PanelKind::Rendered`].
#[island]
pub fn RenderedPanel(id: PanelId) -> impl IntoView {
    let store = use_store();
    let rendered = store.rendered(id).unwrap_or_default();
    let (of_age, of_notice) = (rendered.clone(), rendered.clone());
    let late_ms = lateness(&store, move || of_age.with(|rendered| rendered.newest_ms));
    let body = NodeRef::<Div>::new();
    let first = rendered.with_untracked(|rendered| rendered.html.clone());
    follow(body, rendered);
    let notice = move || {
        of_notice.with(|rendered| {
            html(
                &rendered.status,
                rendered.newest_ms.is_some(),
                late_ms.get(),
            )
        })
    };
    view! {
        <div
            class="body fading"
            class:late=move || late_ms.get().is_some()
            style=("--freshness", freshness(&store, late_ms))
            node_ref=body
            inner_html=first.unwrap_or_default()
        ></div>
        {notices(Box::new(notice))}
    }
}
