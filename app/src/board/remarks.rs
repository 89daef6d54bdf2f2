//! The mark in a panel's head that says what is wrong with its queries.

use leptos::prelude::*;

use crate::page::PanelRemark;

/// A button and the sheet that it opens; nothing where all is well.
#[component]
pub fn Mark(panel: u32, remarks: Vec<PanelRemark>) -> impl IntoView {
    let sheet = ["remarks-", &panel.to_string()].concat();
    let label = match remarks.len() {
        1 => "One fault in the query".to_owned(),
        count => format!("{count} faults in the queries"),
    };
    (!remarks.is_empty()).then(|| {
        let opens = sheet.clone();
        let remarks = remarks.into_iter().map(|remark| view! { <Remark remark/> });
        view! {
            <button
                type="button"
                class="button fault"
                popovertarget=opens
                aria-label=label.clone()
                title=label
            >
                "!"
            </button>
            <div class="menu fault-sheet" id=sheet popover="auto">
                {remarks.collect_view()}
            </div>
        }
    })
}

#[component]
fn Remark(remark: PanelRemark) -> impl IntoView {
    let repaired = remark.repaired.map(|query| {
        view! {
            <p>"Instead:"</p>
            <code>{query}</code>
        }
    });
    view! {
        <p>{remark.reason}</p>
        {repaired}
    }
}
