//! The last value of each series as rows.

use ::chart::unit::Unit;
use leptos::prelude::*;
use wire::board::PanelKind;
use wire::data::PanelData;

use super::body::body;
use super::figure::newest;
use crate::store::use_store;
use crate::words::html::push_escaped;

/// A panel of the kind [`PanelKind::Table`].
#[island]
pub fn TablePanel(id: u32) -> impl IntoView {
    let store = use_store();
    let unit = match store.view(id).map(|view| &view.kind) {
        Some(PanelKind::Table(options)) => Unit::from_id(&options.unit),
        _ => Unit::from_id(""),
    };
    let write = move |data: &PanelData, _| html(data, &unit);
    body(&store, id, "list fading", Box::new(write))
}

fn html(data: &PanelData, unit: &Unit) -> String {
    let mut html = String::from("<table tabindex=\"0\"><tbody>");
    for series in &data.series {
        let value = newest(&series.values.0).map(|value| unit.format(value, None));
        html.push_str("<tr><th scope=\"row\">");
        push_escaped(&mut html, &series.name);
        html.push_str("</th><td>");
        push_escaped(&mut html, value.as_deref().unwrap_or("–"));
        html.push_str("</td></tr>");
    }
    html.push_str("</tbody></table>");
    html
}
