//! The mark in a panel's head that says what is wrong with its queries.

use leptos::prelude::*;
use wire::id::PanelId;

use crate::page::PanelDiagnostic;

/// A button and the sheet that it opens; nothing where all is well.
#[component]
pub fn Mark(panel: PanelId, diagnostics: Vec<PanelDiagnostic>) -> impl IntoView {
    let sheet = ["remarks-", &panel.to_string()].concat();
    let label = match diagnostics.len() {
        1 => "One fault in the query".to_owned(),
        count => format!("{count} faults in the queries"),
    };
    (!diagnostics.is_empty()).then(|| {
        let opens = sheet.clone();
        let diagnostics = diagnostics
            .into_iter()
            .map(|diagnostic| view! { <Diagnostic diagnostic/> });
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
                {diagnostics.collect_view()}
            </div>
        }
    })
}

#[component]
fn Diagnostic(diagnostic: PanelDiagnostic) -> impl IntoView {
    let repaired = diagnostic.repaired.map(|query| {
        view! {
            <p>"Instead:"</p>
            <code>{query}</code>
        }
    });
    view! {
        <p>{sentence(&diagnostic.reason)}</p>
        {repaired}
    }
}

/// The words as a sentence, with what stands between backquotes as code.
fn sentence(words: &str) -> impl IntoView + use<> {
    let mut begin = words.chars();
    let capital = begin.next().map(char::to_uppercase);
    let words: String = capital.into_iter().flatten().chain(begin).collect();
    let parts: Vec<AnyView> = words
        .split('`')
        .zip(0..)
        .map(|(part, index)| match index % 2 {
            0 => part.to_owned().into_any(),
            _ => view! { <code>{part.to_owned()}</code> }.into_any(),
        })
        .collect();
    view! { {parts} "." }
}
