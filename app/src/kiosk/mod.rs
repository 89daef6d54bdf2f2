//! The page of a playlist: a wall that shows boards in turn.
//!
//! Boards stand in frames: the next one loads unseen and is shown when it is
//! painted, so that nothing flashes and nothing of the old page stays in
//! memory. The page asks the server every few seconds what to show, before it
//! loads anything: where nobody answers, what is seen stays.

use leptos::prelude::*;

use crate::document::{head, script};
use crate::page::BundleFiles;

const SCRIPT: &str = include_str!("kiosk.js");

/// All that the page is made from.
#[derive(Clone, Debug)]
pub struct KioskContext {
    /// What the playlist is called.
    pub name: String,
    /// Where the script asks what to show.
    pub address: String,
    /// The server's version: with another one the page loads itself anew.
    pub version: String,
    /// The bundle's URLs.
    pub bundle: BundleFiles,
}

/// The whole document of the page, from `<!DOCTYPE html>` on.
pub fn kiosk_document(page: KioskContext) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                {head(&page.name, &page.bundle)}
                {script(SCRIPT)}
            </head>
            <body>
                <main class="wall" data-address=page.address data-version=page.version>
                    <p class="wall-note" role="status">"Loading"</p>
                </main>
                <noscript>
                    <p class="wall-note">"A playlist needs JavaScript; boards at /d/… do not."</p>
                </noscript>
            </body>
        </html>
    }
}
