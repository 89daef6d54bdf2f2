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
    /// Replaces or inserts a row; seen after `keepRows`.
    #[wasm_bindgen(js_name = putRow)]
    fn put_row(element: &Element, key: &str, html: &str, at_start: bool);
    /// Lets the rows go that are too many, and shows what has become of them.
    #[wasm_bindgen(js_name = keepRows)]
    fn keep_rows(element: &Element, keep: usize, at_start: bool);
}

/// Keeps the content of `element` as the server renders the panel. What was
/// taken over is dropped here: it stands in the page.
pub fn follow(element: NodeRef<Div>, rendered: ArcRwSignal<RenderedPanel>) {
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        rendered.track();
        let taken = rendered
            .try_update_untracked(|panel| (panel.html.take(), std::mem::take(&mut panel.rows)));
        let (html, patches) = taken.unwrap_or_default();
        if let Some(html) = html {
            rewrite(&element, &html);
        }
        for patch in patches {
            for (key, html) in &patch.rows {
                put_row(&element, key, html, patch.at_start);
            }
            keep_rows(&element, patch.keep, patch.at_start);
        }
    });
}
