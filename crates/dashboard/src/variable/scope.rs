//! Variables in texts: `$name`, `${name}`, `${name:format}`, `[[name]]`,
//! `[[name:format]]`.
//!
//! A name that the scope does not know stands as it is written, so that scopes
//! can be applied one after the other.

use std::collections::{BTreeMap, BTreeSet};

use super::Choice;
use super::format;

/// What a variable holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// What stands in queries.
    pub values: Vec<String>,
    /// What the reader sees of each.
    pub texts: Vec<String>,
    /// Whether the variable can hold several: in PromQL it is then a regular expression.
    pub is_many: bool,
    /// What stands for all, in place of the values.
    pub all_value: Option<String>,
    /// Whether all are chosen.
    pub is_all: bool,
}

impl Value {
    /// One value that stands as it is.
    pub fn plain(value: &str) -> Self {
        Self {
            values: vec![value.to_owned()],
            texts: vec![value.to_owned()],
            ..Self::default()
        }
    }

    pub(super) fn all(choices: &[Choice], all_value: &str) -> Self {
        Self {
            values: choices.iter().map(|choice| choice.value.clone()).collect(),
            texts: vec!["All".to_owned()],
            is_many: true,
            all_value: (!all_value.is_empty()).then(|| all_value.to_owned()),
            is_all: true,
        }
    }
}

/// What a text is, which says how values are written in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// PromQL: values of a variable that can hold several are a regular
    /// expression, others the inside of a double-quoted string.
    PromQl,
    /// What people read: what the choices are called, `A + B`.
    Title,
    /// Anything else: `a`, `{a,b}`.
    Text,
}

/// The values of variables.
#[derive(Clone, Debug, Default)]
pub struct Scope(BTreeMap<String, Value>);

impl Scope {
    /// Gives a variable a value, in place of an older one.
    pub fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// Takes over the values of `other`, in place of older ones.
    pub fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// What a variable holds.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The text with the values of its variables.
    pub fn fill(&self, text: &str, target: Target) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut quote = Quote::default();
        let mut rest = text;
        while let Some(start) = rest.find(['$', '[']) {
            filled.push_str(&rest[..start]);
            quote.pass(&rest[..start]);
            let reference = &rest[start..];
            let length = match Reference::parse(reference) {
                Some(found) => {
                    let value = self.value(&found, target, quote.within);
                    filled.push_str(value.as_deref().unwrap_or(found.written));
                    found.written.len()
                }
                None => {
                    filled.push_str(&reference[..1]);
                    1
                }
            };
            rest = &reference[length..];
        }
        filled.push_str(rest);
        filled
    }

    fn value(&self, reference: &Reference, target: Target, quote: Option<char>) -> Option<String> {
        let value = self.0.get(reference.name)?;
        Some(match reference.format {
            "" => format::by_target(value, target, quote),
            named => format::by_name(named, reference.name, value),
        })
    }
}

/// The quotes that a place in a PromQL text stands within.
#[derive(Default)]
struct Quote {
    within: Option<char>,
    is_escaped: bool,
}

impl Quote {
    fn pass(&mut self, text: &str) {
        for c in text.chars() {
            match self.within {
                _ if self.is_escaped => self.is_escaped = false,
                Some('"' | '\'') if c == '\\' => self.is_escaped = true,
                Some(quote) if c == quote => self.within = None,
                None if matches!(c, '"' | '\'' | '`') => self.within = Some(c),
                _ => {}
            }
        }
    }
}

/// The names of the variables that a text holds.
pub fn references(text: &str) -> BTreeSet<String> {
    let places = text.char_indices().filter(|(_, c)| matches!(c, '$' | '['));
    let found = places.filter_map(|(start, _)| Reference::parse(&text[start..]));
    found.map(|reference| reference.name.to_owned()).collect()
}

/// One variable in a text.
struct Reference<'a> {
    written: &'a str,
    name: &'a str,
    format: &'a str,
}

impl<'a> Reference<'a> {
    /// The reference that the text begins with.
    fn parse(text: &'a str) -> Option<Self> {
        if let Some(inside) = text.strip_prefix("${") {
            return Self::enclosed(text, inside, "}");
        }
        if let Some(inside) = text.strip_prefix("[[") {
            return Self::enclosed(text, inside, "]]");
        }
        let name = name(text.strip_prefix('$')?)?;
        Some(Self {
            written: &text[..=name.len()],
            name,
            format: "",
        })
    }

    fn enclosed(text: &'a str, inside: &'a str, end: &str) -> Option<Self> {
        let (inside, _) = inside.split_once(end)?;
        let (path, format) = inside.split_once(':').unwrap_or((inside, ""));
        let base = name(path)?;
        let (name, format) = match &path[base.len()..] {
            "" => (base, format),
            ".text" => (base, "text"),
            ".value" => (base, format),
            // A part of what the page gives: `__user.login`.
            field if field.starts_with('.') => (path, format),
            _ => return None,
        };
        Some(Self {
            written: &text[..2 + inside.len() + end.len()],
            name,
            format,
        })
    }
}

/// The name that the text begins with.
fn name(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let name = &text[..end.unwrap_or(text.len())];
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        let mut scope = Scope::default();
        scope.set("one", Value::plain(r#"a.b"c"#));
        let many = |values: &[&str]| Value {
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            texts: values.iter().map(|value| value.to_uppercase()).collect(),
            is_many: true,
            ..Value::default()
        };
        scope.set("many", many(&["x.1", "y"]));
        scope.set("single", many(&["x.1"]));
        let choices = [Choice::plain("x"), Choice::plain("y")];
        scope.set("all", Value::all(&choices, ""));
        scope.set("any", Value::all(&choices, ".*"));
        scope
    }

    fn check(text: &str, target: Target, expected: &str) {
        assert_eq!(scope().fill(text, target), expected, "{text}");
    }

    #[test]
    fn every_spelling_is_filled_and_the_unknown_stands() {
        check(
            "$one ${single:csv} [[one]] ${one.value}",
            Target::Text,
            r#"a.b"c x.1 a.b"c a.b"c"#,
        );
        check(
            "$ones $nobody ${no:csv} [[no]] ${one.no}",
            Target::PromQl,
            "$ones $nobody ${no:csv} [[no]] ${one.no}",
        );
        check(
            "a[5m] $ ${ [[ $1 ü$one",
            Target::Text,
            "a[5m] $ ${ [[ $1 üa.b\"c",
        );
    }

    #[test]
    fn in_promql_several_values_are_a_regular_expression() {
        check(r#"a{b="$one"}"#, Target::PromQl, r#"a{b="a.b\"c"}"#);
        check(r#"a{b=~"$many"}"#, Target::PromQl, r#"a{b=~"(x\\.1|y)"}"#);
        check(r#"a{b=~"$single"}"#, Target::PromQl, r#"a{b=~"x\\.1"}"#);
        check(r#"a{b=~"$all"}"#, Target::PromQl, r#"a{b=~"(x|y)"}"#);
        check(r#"a{b=~"$any"}"#, Target::PromQl, r#"a{b=~".*"}"#);
    }

    #[test]
    fn in_promql_a_value_is_escaped_as_its_quotes_want_it() {
        check(r#"a{b='$one'}"#, Target::PromQl, r#"a{b='a.b"c'}"#);
        check("a{b=`$one`}", Target::PromQl, "a{b=`a.b\"c`}");
        check("a{b=~`$single`}", Target::PromQl, r"a{b=~`x\.1`}");
        check(r#"a{b="\"", $one}"#, Target::PromQl, r#"a{b="\"", a.b"c}"#);
    }

    #[test]
    fn people_read_what_choices_are_called() {
        check("$many, $all, $one", Target::Title, r#"X.1 + Y, All, a.b"c"#);
    }

    #[test]
    fn the_formats_are_grafanas() {
        let cases = [
            ("csv", "x.1,y"),
            ("distributed", "x.1,many=y"),
            ("doublequote", r#""x.1","y""#),
            ("glob", "{x.1,y}"),
            ("json", r#"["x.1","y"]"#),
            ("lucene", r#"("x.1" OR "y")"#),
            ("percentencode", "%7Bx.1%2Cy%7D"),
            ("pipe", "x.1|y"),
            ("queryparam", "var-many=x.1&var-many=y"),
            ("raw", "x.1,y"),
            ("regex", r"(x\.1|y)"),
            ("singlequote", "'x.1','y'"),
            ("sqlstring", "'x.1','y'"),
            ("text", "X.1 + Y"),
        ];
        for (format, expected) in cases {
            check(&format!("${{many:{format}}}"), Target::PromQl, expected);
        }
        check("${many}", Target::Text, "{x.1,y}");
        check("${single}", Target::Text, "x.1");
        check("${single:regex}", Target::Text, r"x\.1");
        check(
            "${all:text} ${any:queryparam}",
            Target::Text,
            "All var-any=%24__all",
        );
    }
}
