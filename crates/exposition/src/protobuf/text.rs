//! Names, labels and numbers to Prometheus text.

use std::borrow::Cow;

/// A label: its name and its value.
pub(super) type Pair<'a> = (&'a str, Cow<'a, str>);

/// `name{labels}`
pub(super) fn series(
    name: &str,
    suffix: &str,
    labels: &[Pair<'_>],
    more: Option<Pair<'_>>,
) -> String {
    let mut out = String::with_capacity(64);
    let is_plain = is_plain(name, true);
    if is_plain {
        out.push_str(name);
        out.push_str(suffix);
    }
    let mut has_items = !is_plain;
    if !is_plain {
        out.push('{');
        push_quoted(&mut out, &format!("{name}{suffix}"));
    }
    for (label, value) in labels.iter().chain(&more) {
        out.push(if has_items { ',' } else { '{' });
        has_items = true;
        if self::is_plain(label, false) {
            out.push_str(label);
        } else {
            push_quoted(&mut out, label);
        }
        out.push('=');
        push_quoted(&mut out, value);
    }
    if has_items {
        out.push('}');
    }
    out
}

/// A number as text writes it.
pub(super) fn number_text(number: f64) -> String {
    if number == f64::INFINITY {
        "+Inf".to_owned()
    } else if number == f64::NEG_INFINITY {
        "-Inf".to_owned()
    } else {
        number.to_string()
    }
}

/// A name as a comment has it.
pub(super) fn comment_name(name: &str) -> Cow<'_, str> {
    if is_plain(name, true) {
        return Cow::Borrowed(name);
    }
    let mut out = String::new();
    push_quoted(&mut out, name);
    Cow::Owned(out)
}

/// A description as a comment has it.
pub(super) fn help(text: &str) -> String {
    text.replace('\\', r"\\").replace('\n', r"\n")
}

fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '\\' => out.push_str(r"\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str(r"\n"),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Whether a name needs no quotes.
fn is_plain(name: &str, may_have_colons: bool) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_start = |byte: u8| is_letter(byte) || (may_have_colons && byte == b':');
    let bytes = name.as_bytes();
    bytes.first().is_some_and(|first| is_start(*first))
        && bytes
            .iter()
            .all(|byte| is_start(*byte) || byte.is_ascii_digit())
}
