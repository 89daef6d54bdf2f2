//! Why a board cannot be shown, as a page of its own. It needs no script.

use leptos::prelude::*;
use wire::board::Health;
use wire::url;

use super::list::Found;
use super::menus::Icons;
use super::topbar::TopBar;
use crate::document::head;
use crate::page::{BoardLink, BundleFiles, Theme};
use crate::text::health;

/// How often the page asks for itself anew, where what is wrong may pass.
const REFRESH_S: &str = "5";

/// All that the page is made from.
#[derive(Clone, Debug)]
pub struct ProblemPage {
    /// What is wrong, in a few words.
    pub headline: String,
    /// What exactly, a line each.
    pub lines: Vec<String>,
    /// What to do.
    pub advice: &'static str,
    /// What the address may have meant.
    pub meant: Vec<Found>,
    /// Whether it may be over without another address.
    pub is_passing: bool,
    /// Every board there is, for the navigation; none where the page has no bar.
    pub boards: Option<Vec<BoardLink>>,
    /// Dark or light.
    pub theme: Theme,
    /// The bundle's URLs.
    pub bundle: BundleFiles,
}

/// The whole document of the page, from `<!DOCTYPE html>` on.
pub fn problem_document(page: ProblemPage) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <Document page/>
    }
}

#[component]
fn Document(page: ProblemPage) -> impl IntoView {
    let again = page
        .is_passing
        .then(|| view! { <meta http-equiv="refresh" content=REFRESH_S/> });
    let has_bar = page.boards.is_some();
    let bar = page
        .boards
        .map(|boards| view! { <TopBar boards current=None/> });
    let lines = page.lines.into_iter().map(|line| view! { <li>{line}</li> });
    let meant = page.meant.into_iter().map(|found| {
        view! { <li><a href=found.url>{found.title}</a></li> }
    });
    let meant: Vec<_> = meant.collect();
    let meant = (!meant.is_empty())
        .then(|| view! { <nav aria-labelledby="meant"><h2 id="meant">"Did you mean"</h2><ul>{meant}</ul></nav> });
    let mark = ["mark mark-", health::class(Health::Bad)].concat();
    view! {
        <html lang="en" data-theme=page.theme.attribute()>
            <head>
                {head(&page.headline, &page.bundle)}
                {again}
            </head>
            <body>
                <Icons/>
                <div class="page">
                    {bar}
                    <main class="broken">
                        <h1>
                            <span aria-hidden="true" class=mark></span>
                            {page.headline}
                        </h1>
                        <ul class="said">{lines.collect_view()}</ul>
                        {meant}
                        <p>{page.advice}</p>
                        {has_bar.then(|| view! { <a class="button" href=url::BOARDS>"All boards"</a> })}
                    </main>
                </div>
            </body>
        </html>
    }
}
