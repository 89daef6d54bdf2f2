//! The heading of a column by which the page sorts a written table; see
//! `document/markup.js`.

use super::html::push_escaped;

/// A heading cell of the column `column`, counted from 1.
pub fn push_heading(html: &mut String, column: usize, text: &str) {
    html.push_str("<th scope=\"col\"><button type=\"button\" data-sort=\"");
    html.push_str(&column.to_string());
    html.push_str("\">");
    push_escaped(html, text);
    html.push_str("</button></th>");
}
