//! The HTML document around a page.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use wire::live::Snapshot;

use crate::board::BoardPage;
use crate::page::{BundleFiles, PageContext};
use crate::store::Store;

/// Initialises the bundle and wakes every island; see [`loader`].
const LOADER: &str = include_str!("loader.js");

/// How markup that the server writes anew comes into the page.
const MARKUP: &str = include_str!("markup.js");

/// How the marks of annotations follow their charts.
const ANNOTATIONS: &str = include_str!("annotations.js");

/// What a panel's menu does, and keys.
const PANELS: &str = include_str!("panels.js");

/// What a page in a frame, or on a wall, does for that.
const PLACE: &str = include_str!("place.js");

/// The zone in which times are written.
pub const ZONE: &str = include_str!("zone.js");

/// How times that the server writes become those of that zone.
pub const TIMES: &str = include_str!("times.js");

/// What pickers, rows and the palette do at once where there is a script.
const CONTROLS: &str = include_str!("controls.js");

/// The whole document of a page, from `<!DOCTYPE html>` on, for leptos' axum
/// integration to render. Reads nothing but `page` and the nonce that the
/// integration made for the response; starts nothing, and cannot fail.
pub fn document(page: PageContext) -> impl IntoView {
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false); // islands alone are hydrated
    }
    let store = Store::new(page.snapshot.clone(), page.params.clone());
    provide_context(store.in_zone(page.zone.clone()));
    view! {
        <!DOCTYPE html>
        <Document page/>
    }
}

#[component]
fn Document(page: PageContext) -> impl IntoView {
    let theme = page.theme.attribute();
    let zone = page.zone_name.clone();
    let data = script_json(&without_markup(page.snapshot.clone()));
    let head = (
        head(&page.snapshot.board.title, &page.bundle),
        scripts(&page.bundle),
    );
    view! {
        <html lang="en" data-theme=theme data-zone=zone>
            <head>
                {head}
            </head>
            <body>
                <BoardPage page/>
                <script type="application/json" id=crate::ids::DATA inner_html=data></script>
            </body>
        </html>
    }
}

fn title(subject: &str) -> String {
    if subject.is_empty() {
        "Andon".to_owned()
    } else {
        format!("{subject} · Andon")
    }
}

/// What stands in the head of every document: its title, and how it looks.
pub fn head(subject: &str, bundle: &BundleFiles) -> impl IntoView + use<> {
    let (style, icon) = (bundle.style, bundle.icon.clone());
    view! {
        <title>{title(subject)}</title>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
        <meta name="color-scheme" content="dark light"/>
        <style nonce=use_nonce() inner_html=style></style>
        <link rel="icon" type="image/svg+xml" href=icon/>
    }
}

/// What a page that moves has besides: the scripts that stand in it, and the bundle's loader.
fn scripts(bundle: &BundleFiles) -> impl IntoView + use<> {
    let loader = loader(bundle);
    view! {
        {[ZONE, MARKUP, ANNOTATIONS, TIMES, CONTROLS, PANELS, PLACE].map(script)}
        <script type="module" nonce=use_nonce() inner_html=loader></script>
    }
}

/// A script that stands in the page.
pub fn script(text: &'static str) -> impl IntoView {
    view! { <script type="module" nonce=use_nonce() inner_html=text></script> }
}

/// The loader with the bundle's URLs put in as JSON strings.
fn loader(bundle: &BundleFiles) -> String {
    LOADER
        .replace("\"SCRIPT\"", &script_json(&bundle.script))
        .replace("\"STREAMS\"", &script_json(&bundle.streams))
        .replace("\"WASM\"", &script_json(&bundle.wasm))
}

/// The snapshot without what stands in the page already.
fn without_markup(mut snapshot: Snapshot) -> Snapshot {
    for (_, rendered) in &mut snapshot.rendered {
        rendered.html = None;
    }
    snapshot
}

/// JSON that may stand in a `<script>`: `<` is escaped, so nothing in it ends the element.
fn script_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value)
        .unwrap_or_default()
        .replace('<', "\\u003c")
}
