//! The names of what has a colour, with what belongs to each.

use chart::ink;
use wire::board::Palette;

use crate::words::html::push_element;

/// One name.
pub struct Entry<'a> {
    pub name: &'a str,
    /// The class of its colour.
    pub ink: &'a str,
    /// The value behind it; may be empty.
    pub value: String,
    /// What is less important than the value; may be empty.
    pub remark: String,
}

impl<'a> Entry<'a> {
    pub fn new(name: &'a str, ink: &'a str) -> Self {
        Self {
            name,
            ink,
            value: String::new(),
            remark: String::new(),
        }
    }
}

/// The classes of the colours of names: those that they have in every panel.
pub fn inks<'a>(names: impl Iterator<Item = &'a str>, count: usize) -> Vec<&'static str> {
    let inks = ink::assign(Palette::Categorical, names, count);
    inks.into_iter().map(ink::Ink::class).collect()
}

pub fn push_legend<'a>(html: &mut String, entries: impl Iterator<Item = Entry<'a>>) {
    html.push_str("<ul class=\"entries\" tabindex=\"0\">");
    for entry in entries {
        html.push_str("<li class=\"");
        html.push_str(entry.ink);
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
