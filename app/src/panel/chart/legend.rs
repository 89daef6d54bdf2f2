//! The legend: a series a button. A click shows it alone, a click on the one
//! shown alone shows all; with Shift, Ctrl or Cmd it is taken out or put back.

use ::chart::{Input, Plot, Size};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Element;

use super::options;
use crate::panel::data_of;
use crate::store::Store;
use crate::words::html::push_escaped;

/// A series in the legend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The series' key.
    pub key: u32,
    /// Its name.
    pub name: String,
    /// The class of its colour.
    pub ink: &'static str,
}

/// The legend's entries of a plot.
pub fn entries(plot: &Plot) -> Vec<Entry> {
    let entries = plot.curves().iter().map(|curve| Entry {
        key: curve.series.key,
        name: curve.series.name.clone(),
        ink: curve.ink.class(),
    });
    entries.collect()
}

/// The entries at the page's first moment; none where the panel has no legend.
pub fn first_entries(store: &Store, id: u32) -> Vec<Entry> {
    let options = options(store, id);
    let Some(view) = store.view(id).filter(|_| options.legend) else {
        return Vec::new();
    };
    let window = store.window.get_untracked();
    data_of(store, id).with_untracked(|data| {
        entries(&Plot::new(Input::new(
            data,
            &options,
            window,
            Size::nominal(view.grid),
        )))
    })
}

/// The legend over a chart; `hidden` holds the keys of the series left out.
pub fn legend(shown: ArcRwSignal<Vec<Entry>>, hidden: ArcRwSignal<Vec<u32>>) -> impl IntoView {
    let (entries, left_out) = (shown.clone(), hidden.clone());
    let markup = move || entries.with(|entries| html(entries, &left_out.get_untracked()));
    let chosen = move |event: MouseEvent| {
        let toggles = event.shift_key() || event.ctrl_key() || event.meta_key();
        let Some((list, key)) = button_of(&event) else {
            return;
        };
        let keys: Vec<u32> =
            shown.with_untracked(|entries| entries.iter().map(|entry| entry.key).collect());
        hidden.update(|hidden| choose(hidden, &keys, key, toggles));
        hidden.with_untracked(|hidden| press(&list, &keys, hidden));
    };
    view! { <ul class="legend" aria-label="Series" inner_html=markup on:click=chosen></ul> }
}

fn html(entries: &[Entry], hidden: &[u32]) -> String {
    let mut html = String::new();
    for entry in entries {
        html.push_str("<li><button type=\"button\" class=\"chip ");
        html.push_str(entry.ink);
        html.push_str("\" aria-pressed=\"");
        html.push_str(pressed(hidden, entry.key));
        html.push_str("\" data-key=\"");
        html.push_str(&entry.key.to_string());
        html.push_str("\">");
        push_escaped(&mut html, &entry.name);
        html.push_str("</button></li>");
    }
    html
}

fn pressed(hidden: &[u32], key: u32) -> &'static str {
    if hidden.contains(&key) {
        "false"
    } else {
        "true"
    }
}

/// The legend and the key of the series whose button was clicked.
fn button_of(event: &MouseEvent) -> Option<(Element, u32)> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let button = target.closest("[data-key]").ok()??;
    let key = button.get_attribute("data-key")?.parse().ok()?;
    Some((target.closest(".legend").ok()??, key))
}

/// Shows on the buttons what is hidden; they stay, and so does the focus.
fn press(list: &Element, keys: &[u32], hidden: &[u32]) {
    let items = list.children();
    for (index, key) in keys.iter().enumerate() {
        let button = items
            .item(index as u32)
            .and_then(|item| item.first_element_child());
        if let Some(button) = button {
            let _ = button.set_attribute("aria-pressed", pressed(hidden, *key));
        }
    }
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
    fn a_button_says_whether_its_series_is_shown() {
        let entry = Entry {
            key: 2,
            name: "a<b".into(),
            ink: "s1",
        };
        let html = html(&[entry], &[2]);
        assert_eq!(
            html,
            "<li><button type=\"button\" class=\"chip s1\" aria-pressed=\"false\" \
             data-key=\"2\">a&lt;b</button></li>"
        );
    }

    #[test]
    fn a_modifier_toggles() {
        check(&[], 2, true, &[2]);
        check(&[2, 3], 2, true, &[3]);
    }
}
