//! The button that opens the sheet of a panel's frame. The sheet is a page of
//! its own, which is loaded when it is opened.

use leptos::html::iframe;
use leptos::prelude::*;
use wire::id::PanelId;

use super::menus::icon;

/// The button and its sheet, which lies at `address`.
#[component]
pub fn Share(panel: PanelId, title: String, address: String) -> impl IntoView {
    let sheet = ["share-", &panel.to_string()].concat();
    let label = [&title, " in a frame on another page"].concat();
    let opens = sheet.clone();
    let frame = iframe()
        .attr("loading", "lazy")
        .title(label.clone())
        .src(address);
    view! {
        <button type="button" class="button share-button" popovertarget=opens aria-label=label>
            {icon("frame")}
        </button>
        <div class="menu share-menu" id=sheet popover="auto">
            {frame}
        </div>
    }
}
