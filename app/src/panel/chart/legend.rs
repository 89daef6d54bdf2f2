//! The legend: a series a button. A click shows it alone, a click on the one
//! shown alone shows all; with Shift, Ctrl or Cmd it is taken out or put back.

use ::chart::{Input, Plot, Size};
use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::options;
use crate::panel::data_of;
use crate::store::Store;

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
    let entries = move || {
        let keys: Vec<u32> = shown.with(|entries| entries.iter().map(|entry| entry.key).collect());
        let left_out = hidden.get();
        let buttons = shown.get().into_iter().map(|entry| {
            let is_shown = !left_out.contains(&entry.key);
            let (keys, hidden) = (keys.clone(), hidden.clone());
            let choose = move |event: MouseEvent| {
                let toggles = event.shift_key() || event.ctrl_key() || event.meta_key();
                hidden.update(|hidden| choose(hidden, &keys, entry.key, toggles));
            };
            view! {
                <li>
                    <button
                        type="button"
                        class=["chip ", entry.ink].concat()
                        aria-pressed=if is_shown { "true" } else { "false" }
                        on:click=choose
                    >
                        {entry.name}
                    </button>
                </li>
            }
        });
        buttons.collect_view()
    };
    view! { <ul class="legend" aria-label="Series">{entries}</ul> }
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
