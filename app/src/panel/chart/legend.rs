//! The legend: a series a button, in the title's row or in a table. A click shows it alone, a click on the one
//! shown alone shows all; with Shift, Ctrl or Cmd it is taken out or put back.

use ::chart::{Input, Plot, Size};
use leptos::ev::MouseEvent;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;
use wire::board::Legend;
use wire::id::PanelId;

use super::options;
use crate::panel::data_of;
use crate::panel::rewrite::follow;
use crate::store::Store;
use crate::text::legend_item;

/// A series in the legend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The series' key.
    pub key: u32,
    /// Its name.
    pub name: String,
    /// The class of its colour.
    pub color_role: &'static str,
}

/// The legend's entries of a plot.
pub fn entries(plot: &Plot) -> Vec<Entry> {
    let entries = plot.curves().iter().map(|curve| Entry {
        key: curve.series.key,
        name: curve.series.name.clone(),
        color_role: curve.color_role.class(),
    });
    entries.collect()
}

/// The entries at the page's first moment; none where the panel has no legend.
pub fn first_entries(store: &Store, id: PanelId) -> Vec<Entry> {
    let options = options(store, id);
    let Some(layout) = store.layout(id).filter(|_| options.legend == Legend::Chips) else {
        return Vec::new();
    };
    let window = store.window.get_untracked();
    data_of(store, id).with_untracked(|data| {
        entries(&Plot::new(Input::new(
            data,
            &options,
            window,
            Size::nominal(layout.grid),
        )))
    })
}

/// The legend over a chart; `hidden` holds the keys of the series left out.
pub fn legend(shown: ArcRwSignal<Vec<Entry>>, hidden: ArcRwSignal<Vec<u32>>) -> impl IntoView {
    let left_out = hidden.clone();
    let markup = move || shown.with(|entries| html(entries, &left_out.get_untracked()));
    let chosen = move |event: MouseEvent| choose_clicked(&event, &hidden);
    view! { <ul class="legend" aria-label="Series" inner_html=markup on:click=chosen></ul> }
}

/// The legend below a chart: the table that the server writes at every step.
pub fn legend_table(
    store: &Store,
    id: PanelId,
    hidden: ArcRwSignal<Vec<u32>>,
) -> impl IntoView + use<> {
    let rendered = store.rendered(id).unwrap_or_default();
    let first = rendered.with_untracked(|rendered| rendered.html.clone());
    let table = NodeRef::<Div>::new();
    follow(table, rendered);
    let chosen = move |event: MouseEvent| choose_clicked(&event, &hidden);
    let first = first.unwrap_or_default();
    view! { <div class="legend legend-table" node_ref=table inner_html=first on:click=chosen></div> }
}

fn html(entries: &[Entry], hidden: &[u32]) -> String {
    let mut html = String::new();
    for entry in entries {
        let is_shown = !hidden.contains(&entry.key);
        html.push_str("<li>");
        legend_item::push(
            &mut html,
            entry.key,
            &entry.name,
            entry.color_role,
            is_shown,
        );
        html.push_str("</li>");
    }
    html
}

/// Does what a click on a series' button asks for. The buttons stay, and so does the focus.
fn choose_clicked(event: &MouseEvent, hidden: &ArcRwSignal<Vec<u32>>) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let closest = |selector| target.as_ref()?.closest(selector).ok().flatten();
    let (Some(button), Some(list)) = (closest(BUTTON), closest(".legend")) else {
        return;
    };
    let Ok(buttons) = list.query_selector_all(BUTTON) else {
        return;
    };
    let buttons = (0..buttons.length()).filter_map(|index| buttons.item(index)?.dyn_into().ok());
    let buttons: Vec<Element> = buttons.collect();
    let keys: Vec<u32> = buttons.iter().filter_map(key_of).collect();
    let Some(key) = key_of(&button) else { return };
    let toggles = event.shift_key() || event.ctrl_key() || event.meta_key();
    hidden.update(|hidden| choose(hidden, &keys, key, toggles));
    hidden.with_untracked(|hidden| {
        for (button, key) in buttons.iter().zip(&keys) {
            let pressed = legend_item::pressed(!hidden.contains(key));
            let _ = button.set_attribute("aria-pressed", pressed);
        }
    });
}

/// What [`legend_item::push`] writes.
const BUTTON: &str = "[data-key]";

fn key_of(button: &Element) -> Option<u32> {
    button.get_attribute("data-key")?.parse().ok()
}

/// What is hidden after a click on the series `key` of `keys`.
fn choose(hidden: &mut Vec<u32>, keys: &[u32], key: u32, toggles: bool) {
    let others: Vec<u32> = keys.iter().copied().filter(|other| *other != key).collect();
    if toggles {
        match hidden.iter().position(|held| *held == key) {
            Some(index) => drop(hidden.remove(index)),
            None => hidden.push(key),
        }
    } else if *hidden == others {
        hidden.clear();
    } else {
        *hidden = others;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &[u32], key: u32, toggles: bool, after: &[u32]) {
        let mut hidden = before.to_vec();
        choose(&mut hidden, &[1, 2, 3], key, toggles);
        assert_eq!(hidden, after);
    }

    #[test]
    fn a_click_isolates_and_a_second_one_shows_all() {
        check(&[], 2, false, &[1, 3]);
        check(&[1, 3], 2, false, &[]);
        check(&[1, 3], 1, false, &[2, 3]);
    }

    #[test]
    fn a_modifier_toggles() {
        check(&[], 2, true, &[2]);
        check(&[2, 3], 2, true, &[3]);
    }
}
