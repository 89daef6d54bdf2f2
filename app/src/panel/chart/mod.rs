//! Curves over time. The server writes the picture as SVG with its labels, as
//! children of the island, so that they are sent once and hydrated never; the
//! browser puts a canvas of the same geometry in their place.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
mod labels;
mod legend;
#[cfg(feature = "ssr")]
mod picture;
#[cfg(any(feature = "hydrate", test))]
mod tooltip;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
mod values;

use leptos::html::Div;
use leptos::prelude::*;
use wire::board::{Legend, PanelKind, TimeSeriesOptions};
use wire::id::PanelId;

use super::notice::{html, notices};
use super::{data_of, freshness, lateness};
use crate::store::{Store, use_store};
use crate::text::age;
use legend::{first_entries, legend, legend_table};

#[cfg(feature = "ssr")]
pub use picture::Picture;

/// A panel of the kind [`PanelKind::TimeSeries`]; its children are the
/// server's picture of it.
#[island]
pub fn ChartPanel(id: PanelId, children: Children) -> impl IntoView {
    let store = use_store();
    let data = data_of(&store, id);
    let of_age = data.clone();
    let step_ms = store.window.get_untracked().step_ms;
    let late_ms = lateness(&store, move || {
        of_age.with(|data| age::as_of_ms(data, step_ms))
    });
    let frame = NodeRef::<Div>::new();
    let hidden = ArcRwSignal::new(Vec::new());
    let entries = ArcRwSignal::new(first_entries(&store, id));
    #[cfg(feature = "hydrate")]
    browser::animate(&store, id, frame, &hidden, &entries);
    let has_table = options(&store, id).legend == Legend::Table;
    let table = has_table.then(|| legend_table(&store, id, hidden.clone()));
    let notice =
        move || data.with(|data| html(&data.status, age::newest_ms(data).is_some(), late_ms.get()));
    view! {
        <div class="chart fading" style=("--freshness", freshness(&store, late_ms)) node_ref=frame>
            {children()}
        </div>
        {table}
        {legend(entries, hidden)}
        {notices(Box::new(notice))}
    }
}

fn options(store: &Store, id: PanelId) -> TimeSeriesOptions {
    match store.layout(id).map(|layout| &layout.kind) {
        Some(PanelKind::TimeSeries(options)) => options.clone(),
        _ => TimeSeriesOptions::default(),
    }
}
