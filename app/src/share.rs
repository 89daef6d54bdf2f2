//! The sheet that puts a panel into a frame on another page: the line to
//! paste, what it may say, and a preview.

use leptos::prelude::*;
use wire::board::PanelLayout;
use wire::id::BoardId;
use wire::url::{self, LiveParams, encode};

use crate::document::head;
use crate::page::{BundleFiles, Theme};
use crate::text::range;
use crate::text::snippet;

/// All that the sheet is made from.
#[derive(Clone, Debug)]
pub struct ShareContext {
    /// The board's id.
    pub board: BoardId,
    /// The panel.
    pub panel: PanelLayout,
    /// Where the server is, as the reader reaches it: `https://andon.example`.
    pub origin: String,
    /// What the page's URL asks for.
    pub params: LiveParams,
    /// The frame's colours; [`Theme::System`] leaves them to the reader.
    pub frame_theme: Theme,
    /// Whether the background of the page around shows through.
    pub is_transparent: bool,
    /// Whether some page elsewhere may frame ours at all.
    pub is_allowed: bool,
    /// The sheet's own colours.
    pub theme: Theme,
    /// The bundle's URLs.
    pub bundle: BundleFiles,
}

impl ShareContext {
    /// The parameters of the frame's URL.
    fn query(&self) -> String {
        let mut params = self.params.clone();
        params.board = BoardId::overview();
        let theme = self
            .frame_theme
            .attribute()
            .map(|theme| ["theme=", theme].concat());
        let background = self
            .is_transparent
            .then(|| "background=transparent".to_owned());
        let parts = [Some(params.to_query()), theme, background];
        let parts: Vec<String> = parts
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        parts.join("&")
    }
}

/// The whole document of the sheet, from `<!DOCTYPE html>` on.
pub fn share_document(page: ShareContext) -> impl IntoView {
    let line = snippet::iframe(&page.origin, &page.board, &page.panel, &page.query());
    let whole = snippet::board_iframe(&page.origin, &page.board, &page.query());
    let height = snippet::height_px(&page.panel).to_string();
    let preview = snippet::address(&page.board, page.panel.id, &page.query());
    let refused = (!page.is_allowed).then(|| {
        view! {
            <p class="share-refused">
                "No other page may frame Andon yet: name its origin in embed_origins of andon.toml."
            </p>
        }
    });
    let title = page.panel.title.clone();
    let theme = page.theme.attribute();
    let bundle = page.bundle.clone();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                {head(&[&title, " in a frame"].concat(), &bundle)}
            </head>
            <body>
                <main class="share">
                    <h1>{["In a frame on another page: ", &title].concat()}</h1>
                    {refused}
                    <Options page=page/>
                    <h2>"The line to paste"</h2>
                    <pre aria-label="Line">{line}</pre>
                    <iframe title="Preview" src=preview height=height></iframe>
                    <WholeBoard line=whole/>
                </main>
            </body>
        </html>
    }
}

/// The line of the board that the panel is on.
#[component]
fn WholeBoard(line: String) -> impl IntoView {
    view! {
        <details>
            <summary>"The whole board in a frame"</summary>
            <code>{line}</code>
        </details>
    }
}

/// A form that asks for the sheet anew, as a plain link would.
#[component]
fn Options(page: ShareContext) -> impl IntoView {
    let action = url::SHARE
        .replace("{board}", &encode(page.board.name()))
        .replace("{panel}", &page.panel.id.to_string());
    let selected = |is_it: bool| is_it.then_some("");
    let of_theme = |theme: Theme| selected(page.frame_theme == theme);
    let from = page.params.from.clone();
    let is_known = from.is_empty() || range::QUICK.iter().any(|(_, quick)| *quick == from);
    let other = (!is_known).then(|| {
        let to = page.params.to.clone();
        view! {
            <option value=from.clone() selected="">{[&from, " to ", &to].concat()}</option>
            <input type="hidden" name="to" value=to/>
        }
    });
    let quick = range::QUICK.into_iter().map(|(name, quick)| {
        view! { <option value=quick selected=selected(quick == page.params.from)>{name}</option> }
    });
    let variables = page.params.variables.iter().map(|(name, value)| {
        let label = [name, " = ", value].concat();
        view! {
            <label>
                <input
                    type="checkbox"
                    name=["var-", name].concat()
                    value=value.clone()
                    checked=""
                />
                {label}
            </label>
        }
    });
    view! {
        <form method="get" action=action>
            <label>
                "Time"
                <select name="from">
                    <option value="">"As the board"</option>
                    {other}
                    {quick.collect_view()}
                </select>
            </label>
            <label>
                "Colours"
                <select name="frame-theme">
                    <option value="">"As the reader's system"</option>
                    <option value="light" selected=of_theme(Theme::Light)>"Light"</option>
                    <option value="dark" selected=of_theme(Theme::Dark)>"Dark"</option>
                </select>
            </label>
            <label>
                <input
                    type="checkbox"
                    name="background"
                    value="transparent"
                    checked=selected(page.is_transparent)
                />
                "Transparent"
            </label>
            {variables.collect_view()}
            <button type="submit" class="button">"Show"</button>
        </form>
    }
}
