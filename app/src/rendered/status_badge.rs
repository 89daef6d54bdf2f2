//! A health as colour, shape and word; and its unjudged form, which stands in
//! its place while the data is late.

use wire::board::Health;

use crate::text::health;
use crate::text::html::push_element;

/// The health's shape and word. Late data is no ground for a judgement: both
/// forms are written, and the style sheet shows the one that holds.
pub fn push_health(html: &mut String, health: Health) {
    push_one(html, "health", health);
    push_one(html, "health unjudged", Health::Unknown);
}

fn push_one(html: &mut String, class: &str, health: Health) {
    html.push_str("<span class=\"");
    html.push_str(class);
    html.push_str("\">");
    push_mark(html, health);
    push_element(html, "span", "", health::word(health));
    html.push_str("</span>");
}

/// A health's shape.
pub fn push_mark(html: &mut String, health: Health) {
    html.push_str("<span aria-hidden=\"true\" class=\"mark mark-");
    html.push_str(health::class(health));
    html.push_str("\"></span>");
}
