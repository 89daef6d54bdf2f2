//! A table's links: to its other pages, and to it sorted another way. They are
//! addresses, so that they work without a script.

use wire::id::{BoardId, PanelId};
use wire::url::LiveParams;

use crate::text::html::{push_element, push_escaped};

/// A link to the page as it is, but for the table.
pub fn push_table_link(
    html: &mut String,
    params: &LiveParams,
    changes: &[(&str, &str)],
    panel: PanelId,
    text: &str,
) {
    let mut changed = params.clone();
    changed.board = BoardId::overview();
    for (name, value) in changes {
        changed.set_table(name, panel, value);
    }
    html.push_str("<a href=\"?");
    push_escaped(html, &changed.to_query());
    html.push_str("\">");
    push_escaped(html, text);
    html.push_str("</a>");
}

/// Which page is shown, and the ones beside it.
pub fn push_pages(
    html: &mut String,
    page: usize,
    pages: usize,
    rows: usize,
    params: &LiveParams,
    panel: PanelId,
) {
    html.push_str("<p class=\"pages shows\">");
    push_element(
        html,
        "span",
        "",
        &format!("{rows} rows, page {page} of {pages}"),
    );
    for (to, text, is_there) in [
        (page - 1, "Previous", page > 1),
        (page + 1, "Next", page < pages),
    ] {
        if is_there {
            push_table_link(html, params, &[("page", &to.to_string())], panel, text);
        }
    }
    html.push_str("</p>");
}
