//! The menu that all panels share: which panel's it is, and copies of charts.
//! What else is in it the page's own script does, see `document/panels.js`.

use std::cell::Cell;

use leptos::prelude::*;
use web_sys::Element;
use wire::id::PanelId;
use wire::url::CSV;

use crate::ids::VALUES;
use crate::store::{CopyFormat, Store};

thread_local! {
    static PANEL: Cell<PanelId> = const { Cell::new(PanelId(0)) };
}

/// Makes the menu that of the panel whose button `opener` is.
pub fn belong_to(store: &Store, opener: &Element) -> Option<()> {
    let id: PanelId = opener.get_attribute("data-panel")?.parse().ok()?;
    PANEL.set(id);
    let query = store.params.get_untracked().to_query();
    let values = [CSV, "?panel=", &id.to_string(), "&", &query].concat();
    let link = document().get_element_by_id(VALUES)?;
    link.set_attribute("href", &values).ok()
}

/// Asks for a copy of the menu's panel.
pub fn copy(store: &Store, format: CopyFormat) {
    store.copy.set(Some((PANEL.get(), format)));
}
