//! The menu that all panels share: which panel's it is, and what is in it.

use std::cell::Cell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use crate::ids::SNIPPET;
use crate::store::{CopyFormat, Store};
use crate::words::snippet;

thread_local! {
    static PANEL: Cell<u32> = const { Cell::new(0) };
}

/// Makes the menu that of the panel whose button `opener` is.
pub fn belong_to(store: &Store, opener: &Element) -> Option<()> {
    let id = opener.get_attribute("data-panel")?.parse().ok()?;
    PANEL.set(id);
    let origin = window().location().origin().ok()?;
    let mut params = store.params.get_untracked();
    params.board.clear();
    let query = params.to_query();
    let line = snippet::iframe(&origin, &store.board.id, store.view(id)?, &query);
    let input = document().get_element_by_id(SNIPPET)?;
    input.dyn_into::<HtmlInputElement>().ok()?.set_value(&line);
    Some(())
}

/// Asks for a copy of the menu's panel.
pub fn copy(store: &Store, format: CopyFormat) {
    store.copy.set(Some((PANEL.get(), format)));
}
