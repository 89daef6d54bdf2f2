//! The names of what has a colour, with what belongs to each.

use chart::color_role;
use wire::board::Palette;

use crate::text::html::push_element;

/// One name.
pub struct Entry<'a> {
    pub name: &'a str,
    /// The class of its colour.
    pub color_role: &'a str,
    /// The value behind it; may be empty.
    pub value: String,
    /// What is less important than the value; may be empty.
    pub remark: String,
}

impl<'a> Entry<'a> {
    pub fn new(name: &'a str, color_role: &'a str) -> Self {
        Self {
            name,
            color_role,
            value: String::new(),
            remark: String::new(),
        }
    }
}

/// The classes of the colours of names: those that they have in every panel.
pub fn color_roles<'a>(names: impl Iterator<Item = &'a str>, count: usize) -> Vec<&'static str> {
    let color_roles = color_role::assign(Palette::Categorical, names, count);
    color_roles
        .into_iter()
        .map(color_role::ColorRole::class)
        .collect()
}

pub fn push_legend<'a>(html: &mut String, entries: impl Iterator<Item = Entry<'a>>) {
    html.push_str("<ul class=\"entries\" tabindex=\"0\">");
    for entry in entries {
        html.push_str("<li class=\"");
        html.push_str(entry.color_role);
        html.push_str("\">");
        push_element(html, "span", "", entry.name);
        if !entry.value.is_empty() {
            push_element(html, "b", "", &entry.value);
        }
        if !entry.remark.is_empty() {
            push_element(html, "small", "", &entry.remark);
        }
        html.push_str("</li>");
    }
    html.push_str("</ul>");
}
