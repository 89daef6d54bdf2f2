//! The last value of each series as rows.

use ::chart::unit::Unit;
use leptos::prelude::*;
use wire::board::PanelKind;

use super::figure::newest;
use super::notice::notices;
use super::{data_of, freshness, lateness};
use crate::store::use_store;

/// A panel of the kind [`PanelKind::Table`].
#[island]
pub fn TablePanel(id: u32) -> impl IntoView {
    let store = use_store();
    let unit = match store.view(id).map(|view| &view.kind) {
        Some(PanelKind::Table(options)) => Unit::from_id(&options.unit),
        _ => Unit::from_id(""),
    };
    let data = data_of(&store, id);
    let late_ms = lateness(&store, &data);
    let held = data.clone();
    let rows = move || {
        let written = held.with(|data| {
            let rows = data.series.iter().map(|series| {
                let value = newest(&series.values.0);
                let value = value.map_or_else(|| "–".to_owned(), |value| unit.format(value, None));
                (series.name.clone(), value)
            });
            rows.collect::<Vec<_>>()
        });
        let rows = written.into_iter().map(|(name, value)| {
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td>{value}</td>
                </tr>
            }
        });
        rows.collect_view()
    };
    view! {
        <div class="list fading" style=("--freshness", freshness(&store, late_ms)) tabindex="0">
            <table>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {notices(data, late_ms)}
    }
}
