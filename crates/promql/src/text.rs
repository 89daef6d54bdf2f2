//! Values as Prometheus writes them in text.

use std::fmt::Write;

/// A float as Go's `FormatFloat(value, 'f', -1, 64)` writes it.
pub(crate) fn format_float(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    value.to_string()
}

/// A text in double quotes with Go's escapes.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{07}' => out.push_str("\\a"),
            '\u{08}' => out.push_str("\\b"),
            '\u{0c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{0b}' => out.push_str("\\v"),
            // Writing to a string cannot fail.
            _ if c.is_ascii_control() => drop(write!(out, "\\x{:02x}", u32::from(c))),
            _ if c.is_control() => drop(write!(out, "\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether a label needs no quotes in PromQL.
pub(crate) fn is_legacy_label(name: &str) -> bool {
    is_word(name, |c| c == '_')
}

/// Whether a metric name needs no quotes in PromQL.
pub(crate) fn is_legacy_metric(name: &str) -> bool {
    is_word(name, |c| matches!(c, '_' | ':'))
}

fn is_word(name: &str, extra: impl Fn(char) -> bool) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || extra(c);
    name.starts_with(starts) && name.chars().all(|c| starts(c) || c.is_ascii_digit())
}
