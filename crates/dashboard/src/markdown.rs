//! Markdown and HTML to HTML that is safe in any page.

use pulldown_cmark::{Options, Parser, html};

/// HTML without scripts, styles, frames, or links to anything but the usual schemes.
pub(crate) fn to_html(markdown: &str) -> String {
    let mut unsafe_html = String::with_capacity(markdown.len() * 2);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    html::push_html(&mut unsafe_html, Parser::new_ext(markdown, options));
    safe(&unsafe_html)
}

/// The HTML without scripts, styles, frames, or links to anything but the usual schemes.
pub(crate) fn safe(html: &str) -> String {
    ammonia::clean(html)
}
