//! Prometheus' regular expressions (Go's RE2 syntax, anchored at both ends,
//! `.` matching a newline) -> those of the `regex` crate.
//!
//! The two dialects are near: both are automata without back-references. Where
//! they part, Go's meaning is written in Rust's syntax: a brace that is no
//! repetition is itself, `\d`, `\w` and `\s` are ASCII, `\Q…\E` quotes, and a
//! class neither nests nor has operators.

use regex::Regex;

/// A pattern that is no regular expression; `reason` is the parser's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid regular expression {pattern:?}: {reason}")]
pub struct InvalidRegex {
    /// The pattern as written.
    pub pattern: String,
    /// What the regex parser says.
    pub reason: String,
}

/// Compiles a pattern that must match a value from its start to its end.
///
/// # Errors
/// [`InvalidRegex`] where the pattern is none.
pub fn anchored_regex(pattern: &str) -> Result<Regex, InvalidRegex> {
    let translated = translate(pattern).map_err(|reason| invalid(pattern, reason))?;
    Regex::new(&format!("^(?s:{translated})$")).map_err(|error| invalid(pattern, error))
}

fn invalid(pattern: &str, reason: impl ToString) -> InvalidRegex {
    InvalidRegex {
        pattern: pattern.to_owned(),
        reason: reason.to_string(),
    }
}

/// The pattern in Rust's syntax; refuses a parenthesis that would close the
/// group around the whole.
fn translate(pattern: &str) -> Result<String, &'static str> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    let mut depth = 0_usize;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            '\\' => taken = escape(rest, &mut out, false),
            '[' => taken = class(rest, &mut out),
            '{' if !is_repetition(rest) => out.push_str("\\{"),
            _ => {
                if c == '(' {
                    depth += 1;
                } else if c == ')' {
                    depth = depth.checked_sub(1).ok_or("unexpected )")?;
                }
                out.push(c);
            }
        }
        rest = &rest[taken..];
    }
    Ok(out)
}

/// Whether the text starts with `{2}`, `{2,}` or `{2,3}`.
fn is_repetition(text: &str) -> bool {
    let Some((inside, _)) = text[1..].split_once('}') else {
        return false;
    };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    !least.is_empty() && is_number(least) && is_number(most)
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Writes the escape that `text` starts with; gives its length.
fn escape(text: &str, out: &mut String, in_class: bool) -> usize {
    let Some(kind) = text[1..].chars().next() else {
        out.push('\\');
        return 1;
    };
    let (set, negated) = match kind {
        'd' | 'D' => ("0-9", kind == 'D'),
        'w' | 'W' => ("0-9A-Za-z_", kind == 'W'),
        's' | 'S' => ("\\t\\n\\f\\r ", kind == 'S'),
        'b' if !in_class => {
            out.push_str("(?-u:\\b)");
            return 2;
        }
        'Q' if !in_class => {
            let quoted = &text[2..];
            let end = quoted.find("\\E");
            out.push_str(&regex::escape(&quoted[..end.unwrap_or(quoted.len())]));
            return end.map_or(text.len(), |end| end + 4);
        }
        // Punctuation stands for itself, whichever Rust knows an escape for.
        '_' | '<' | '>' => {
            out.push(kind);
            return 2;
        }
        _ => {
            out.push('\\');
            out.push(kind);
            return 1 + kind.len_utf8();
        }
    };
    match (in_class, negated) {
        (true, false) => out.push_str(set),
        (_, negated) => {
            out.push_str(if negated { "[^" } else { "[" });
            out.push_str(set);
            out.push(']');
        }
    }
    2
}

/// Writes the class that `text` starts with; gives its length.
fn class(text: &str, out: &mut String) -> usize {
    out.push('[');
    let mut at = 1;
    if text[at..].starts_with('^') {
        out.push('^');
        at += 1;
    }
    let first = at;
    while let Some(c) = text[at..].chars().next() {
        match c {
            ']' if at > first => {
                out.push(']');
                return at + 1;
            }
            '\\' => {
                at += escape(&text[at..], out, true);
                continue;
            }
            '[' => match posix_class(&text[at..]) {
                Some(class) => {
                    out.push_str(class);
                    at += class.len();
                    continue;
                }
                None => out.push_str("\\["),
            },
            ']' | '&' | '~' => {
                out.push('\\');
                out.push(c);
            }
            // Two in a row would be an operator.
            '-' if text[at + 1..].starts_with('-') => out.push_str("\\-"),
            _ => out.push(c),
        }
        at += c.len_utf8();
    }
    at
}

/// `[:alpha:]` at the start of the text.
fn posix_class(text: &str) -> Option<&str> {
    let inside = text.strip_prefix("[:")?;
    let end = inside.find(":]")?;
    let name = inside[..end].strip_prefix('^').unwrap_or(&inside[..end]);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
    is_name.then(|| &text[..end + 4])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, passes: &[&str], fails: &[&str]) {
        let regex = anchored_regex(pattern).unwrap();
        for value in passes {
            assert!(regex.is_match(value), "{pattern} should pass {value:?}");
        }
        for value in fails {
            assert!(!regex.is_match(value), "{pattern} should fail {value:?}");
        }
    }

    #[test]
    fn anchors_the_whole_and_lets_a_dot_pass_newlines() {
        check("a.|b", &["ax", "a\n", "b"], &["xb", "a", "axx"]);
        check("(?i)get", &["GET", "get"], &["gets"]);
    }

    #[test]
    fn takes_braces_that_repeat_nothing_as_they_are() {
        check("/users/{id}/.*", &["/users/{id}/x"], &["/users/id/x"]);
        check(
            "a{2}b{1,}c{0,1}d{,2}",
            &["aabd{,2}", "aabbcd{,2}"],
            &["abd{,2}"],
        );
    }

    #[test]
    fn has_classes_of_ascii_only() {
        check(r"\d\w\s", &["1a "], &["٣a ", "1ä "]);
        check(r"[\d.]+[^\s]\D", &["1.2xy"], &["1.2 y", "1.2x3"]);
    }

    #[test]
    fn has_classes_without_nesting_or_operators() {
        check(r"[[a]", &["[", "a"], &["b"]);
        check("[]a]", &["]", "a"], &["b"]);
        check("[^]a]", &["b"], &["]", "a"]);
        check("[a&&b~~]", &["a", "&", "b", "~"], &["c"]);
        check("[[:alpha:]_]+", &["ab_"], &["1"]);
    }

    #[test]
    fn quotes_and_escapes() {
        check(r"\Qa.b\E.", &["a.bx"], &["axbx"]);
        check(r"a\.b\/c\-d\_e", &["a.b/c-d_e"], &["axb/c-d_e"]);
    }

    fn check_invalid(pattern: &str) {
        assert_eq!(anchored_regex(pattern).unwrap_err().pattern, pattern);
    }

    #[test]
    fn names_the_pattern_that_is_none() {
        check_invalid("a(");
        check_invalid("a)|(b");
        check_invalid("*");
        check_invalid("[a");
        check_invalid("a\\");
    }
}
