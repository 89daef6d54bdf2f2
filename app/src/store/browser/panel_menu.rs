//! The menu that all panels share: which panel's it is, and what is in it.

use std::cell::Cell;

use leptos::prelude::*;
use web_sys::Element;

use crate::store::{CopyFormat, Store};

thread_local! {
    static PANEL: Cell<u32> = const { Cell::new(0) };
}

/// Makes the menu that of the panel whose button `opener` is.
pub fn belong_to(opener: &Element) -> Option<()> {
    let id = opener.get_attribute("data-panel")?.parse().ok()?;
    PANEL.set(id);
    Some(())
}

/// Asks for a copy of the menu's panel.
pub fn copy(store: &Store, format: CopyFormat) {
    store.copy.set(Some((PANEL.get(), format)));
}
