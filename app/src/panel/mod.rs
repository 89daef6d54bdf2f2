//! The panels: one island each, subscribed to its panel's data by id.

mod chart;
mod notice;
mod rendered;
mod rewrite;

pub use chart::ChartPanel;
#[cfg(feature = "ssr")]
pub use chart::Picture;
pub use rendered::RenderedPanel;

use leptos::prelude::*;
use wire::data::PanelData;
use wire::id::PanelId;

use crate::store::Store;
use crate::text::age;

/// The data of a chart; empty for one that the board lacks.
fn data_of(store: &Store, id: PanelId) -> ArcRwSignal<PanelData> {
    store.panel(id).unwrap_or_default()
}

/// How late a panel is whose newest point is of `newest_ms`; changes once a
/// second while it is late, and not at all while it is not.
fn lateness(
    store: &Store,
    newest_ms: impl Fn() -> Option<i64> + Send + Sync + 'static,
) -> Memo<Option<i64>> {
    let (window, now_ms) = (store.window.clone(), store.now_ms.clone());
    Memo::new(move |_| age::late_ms(newest_ms(), &window.get(), now_ms.get()))
}

/// The value of the CSS property `--freshness`.
fn freshness(store: &Store, late_ms: Memo<Option<i64>>) -> impl Fn() -> String + use<> {
    let window = store.window.clone();
    move || {
        let hundredths = (age::freshness(late_ms.get(), &window.get()) * 100.0) as u32;
        [&hundredths.to_string(), "%"].concat()
    }
}
