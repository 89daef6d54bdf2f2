//! New markup into an element that already shows older markup: only what
//! differs is touched, so that the focus, a selection, the place a list was
//! scrolled to and running transitions stay. (A replaced element is also a new
//! one to whoever measures the page's largest paint.) The page's own script
//! does it, in a third of the bytes: see `document/markup.js`.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

#[wasm_bindgen]
extern "C" {
    /// Has the element hold this markup.
    pub fn rewrite(element: &Element, html: &str);
}

/// Keeps the content of `element` as `html` says; where that is `None`, as it is.
pub fn follow(element: NodeRef<Div>, html: impl Fn() -> Option<String> + 'static) {
    Effect::new(move |_| {
        if let (Some(element), Some(html)) = (element.get(), html()) {
            rewrite(&element, &html);
        }
    });
}
