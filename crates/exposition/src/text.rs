//! Text between quotes or after HELP, decoded when it is asked for.

use std::borrow::Cow;

/// Text as the document writes it, escapes included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Text<'a> {
    raw: &'a str,
    quoted: bool,
}

impl<'a> Text<'a> {
    /// What stood between quotes (or bare), where `\"` is an escape.
    pub(crate) fn quoted(raw: &'a str) -> Self {
        Self { raw, quoted: true }
    }

    /// The rest of a HELP line of Prometheus text, where `\"` is two characters.
    pub(crate) fn unquoted(raw: &'a str) -> Self {
        Self { raw, quoted: false }
    }

    /// The bytes of the document.
    pub fn raw(self) -> &'a str {
        self.raw
    }

    /// The text meant: `\\`, `\n` and, between quotes, `\"` are replaced; any
    /// other backslash stays, as Prometheus leaves it.
    pub fn decode(self) -> Cow<'a, str> {
        match memchr::memchr(b'\\', self.raw.as_bytes()) {
            None => Cow::Borrowed(self.raw),
            Some(_) => Cow::Owned(self.unescape()),
        }
    }

    fn unescape(self) -> String {
        let mut decoded = String::with_capacity(self.raw.len());
        let mut rest = self.raw;
        while let Some(index) = rest.find('\\') {
            decoded.push_str(&rest[..index]);
            let (replacement, width) = match rest.as_bytes().get(index + 1) {
                Some(b'\\') => ('\\', 2),
                Some(b'n') => ('\n', 2),
                Some(b'"') if self.quoted => ('"', 2),
                _ => ('\\', 1),
            };
            decoded.push(replacement);
            rest = &rest[index + width..];
        }
        decoded + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_known_escapes_and_keeps_the_others() {
        let raw = r#"a\\b\"c\nd\te\"#;
        assert_eq!(Text::quoted(raw).decode(), "a\\b\"c\nd\\te\\");
        assert_eq!(Text::unquoted(raw).decode(), "a\\b\\\"c\nd\\te\\");
    }

    #[test]
    fn borrows_where_nothing_is_escaped() {
        assert!(matches!(Text::quoted("ä b").decode(), Cow::Borrowed("ä b")));
    }
}
