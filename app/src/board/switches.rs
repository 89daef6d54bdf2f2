//! The annotations of a board as switches: links to the same page with one of
//! them the other way.

use leptos::prelude::*;

use super::address;
use crate::page::Switch;

/// A switch for each annotation; nothing where there is none.
#[component]
pub fn Switches(switches: Vec<Switch>, query: String) -> impl IntoView {
    if switches.is_empty() {
        return ().into_any();
    }
    let switches = switches.into_iter().map(|switch| {
        let address = address(&query, |params| {
            params.annotations.clone_from(&switch.other_way);
        });
        let set = ["annotations=", &wire::url::encode(&switch.other_way)].concat();
        let class = ["chip ", switch.color_role].concat();
        let pressed = if switch.is_on { "true" } else { "false" };
        view! {
            <li>
                <a class=class role="button" href=address data-set=set aria-pressed=pressed>
                    {switch.name}
                </a>
            </li>
        }
    });
    let switches = switches.collect_view();
    view! { <ul class="switches" aria-label="Annotations">{switches}</ul> }.into_any()
}
