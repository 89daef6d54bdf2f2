//! A panel in a frame on somebody else's page, as light as it can be: the
//! server's own markup and a script of a kilobyte, which asks for the markup
//! anew at every step. The bundle alone would be more than such a frame may
//! weigh, and a page may hold many of them.
//!
//! Where the reader's own zone is shown, the first markup has UTC's times, since
//! no request says where its reader is; the script asks for the reader's at
//! once, and nothing moves when they come.

use leptos::prelude::*;

use crate::board::{Icons, Panels};
use crate::document::{TIMES, ZONE, head, script};
use crate::page::{Chrome, PageContext};
use crate::store::Store;

const SCRIPT: &str = include_str!("frame.js");

/// The whole document of the frame, from `<!DOCTYPE html>` on. `refresh_ms` is
/// how often its panels are asked for; `None` where they do not change.
pub fn frame_document(page: PageContext, refresh_ms: Option<i64>) -> impl IntoView {
    let class = match page.chrome {
        Chrome::Embed { transparent: true } => "page embed transparent",
        _ => "page embed",
    };
    let title = page.snapshot.board.title.clone();
    let theme = page.theme.attribute();
    let zone = page.zone_name.clone();
    let bundle = page.bundle.clone();
    let panels = frame_part(page);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-zone=zone>
            <head>
                {head(&title, &bundle)}
                {[ZONE, TIMES, SCRIPT].map(script)}
            </head>
            <body>
                <Icons/>
                <div class=class>
                    <main class="light" data-refresh-ms=refresh_ms.map(|ms| ms.to_string())>
                        {panels}
                    </main>
                    <p class="frame-note" role="status" hidden="">
                        "No answer; what is seen is old."
                    </p>
                </div>
            </body>
        </html>
    }
}

/// The frame's panels alone: what its script puts in the place of older ones.
pub fn frame_part(page: PageContext) -> impl IntoView {
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let store = Store::new(page.snapshot.clone(), page.params.clone());
    provide_context(store.in_zone(page.zone.clone()));
    let around = page.around;
    view! {
        <Panels
            panels=page.snapshot.board.panels
            rows=around.rows
            links=around.panel_links
            diagnostics=Vec::new()
            query=page.query
        />
    }
}
