//! The panels: one island each, subscribed to its panel's data by id.

mod bar_gauge;
mod body;
mod chart;
mod figure;
mod notice;
mod spark;
mod stat;
mod table;

pub use bar_gauge::BarGaugePanel;
pub use chart::ChartPanel;
#[cfg(feature = "ssr")]
pub use chart::Picture;
pub use stat::StatPanel;
pub use table::TablePanel;

use leptos::prelude::*;
use wire::data::PanelData;

use crate::store::Store;
use crate::words::age;

/// The data of a panel; empty for one that the board lacks.
fn data_of(store: &Store, id: u32) -> ArcRwSignal<PanelData> {
    store.panel(id).unwrap_or_default()
}

/// How late a panel's data is; changes once a second while it is late, and
/// not at all while it is not.
fn lateness(store: &Store, data: &ArcRwSignal<PanelData>) -> Memo<Option<i64>> {
    let (window, now_ms) = (store.window.clone(), store.now_ms.clone());
    let data = data.clone();
    Memo::new(move |_| data.with(|data| age::late_ms(data, &window.get(), now_ms.get())))
}

/// The value of the CSS property `--freshness`.
fn freshness(store: &Store, late_ms: Memo<Option<i64>>) -> impl Fn() -> String + use<> {
    let window = store.window.clone();
    move || {
        let hundredths = (age::freshness(late_ms.get(), &window.get()) * 100.0) as u32;
        [&hundredths.to_string(), "%"].concat()
    }
}
