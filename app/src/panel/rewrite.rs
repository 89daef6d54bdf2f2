//! New markup into an element that already shows older markup: only what
//! differs is touched, so that the focus, a selection, the place a list was
//! scrolled to and running transitions stay. (A replaced element is also a new
//! one to whoever measures the page's largest paint.) The page's own script
//! does it, in a third of the bytes: see `document/markup.js`.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;
use wire::data::RenderedPanel;

#[wasm_bindgen]
extern "C" {
    /// Has the element hold this markup.
    pub fn rewrite(element: &Element, html: &str);
    /// Has rows take their places in the element's markup.
    #[wasm_bindgen(js_name = patchRows)]
    fn patch_rows(element: &Element, html: &str, at_start: bool, keep: usize);
}

/// Keeps the content of `element` as the server renders the panel. What was
/// taken over is dropped here: it stands in the page.
pub fn follow(element: NodeRef<Div>, rendered: ArcRwSignal<RenderedPanel>) {
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        rendered.track();
        let changes = rendered.try_update_untracked(RenderedPanel::take);
        for (html, rows) in changes.unwrap_or_default() {
            match rows {
                Some(rows) => patch_rows(&element, &html, rows.at_start, rows.keep),
                None => rewrite(&element, &html),
            }
        }
    });
}
