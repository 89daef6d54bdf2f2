//! Variables in texts: `$name`, `${name}`, `${name:format}`, `[[name]]`,
//! `[[name:format]]`.
//!
//! A name that the scope does not know stands as it is written, so that scopes
//! can be applied one after the other.

use std::collections::{BTreeMap, BTreeSet};

use super::Choice;
use super::format;
use crate::duration;

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
    /// Anything else: `a`, `{a,b}`.
    Text,
}

/// The values of variables.
#[derive(Clone, Debug, Default)]
pub struct Scope(BTreeMap<String, Value>);

/// What a view gives, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIns {
    /// The first time shown: `$__from`.
    pub from_ms: i64,
    /// The last time shown: `$__to`.
    pub to_ms: i64,
    /// The distance of two points: `$__interval`.
    pub interval_ms: i64,
    /// A window that holds at least two samples: `$__rate_interval`.
    pub rate_interval_ms: i64,
}

impl Scope {
    /// A scope of the variables that every board has.
    pub fn built_in(view: &BuiltIns) -> Self {
        let range_ms = view.to_ms - view.from_ms;
        let text = |ms: i64| duration::format(ms.unsigned_abs());
        let values = [
            ("__from", view.from_ms.to_string()),
            ("__to", view.to_ms.to_string()),
            ("__interval", text(view.interval_ms)),
            ("__interval_ms", view.interval_ms.to_string()),
            ("__rate_interval", text(view.rate_interval_ms)),
            ("__rate_interval_ms", view.rate_interval_ms.to_string()),
            ("__range", text(range_ms)),
            ("__range_s", (range_ms / 1_000).to_string()),
            ("__range_ms", range_ms.to_string()),
        ];
        let mut scope = Self::default();
        for (name, value) in values {
            scope.set(name, Value::plain(&value));
        }
        scope
    }

    /// Gives a variable a value, in place of an older one.
    pub fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// What a variable holds.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The text with the values of its variables.
    pub fn fill(&self, text: &str, target: Target) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(['$', '[']) {
            filled.push_str(&rest[..start]);
            let reference = &rest[start..];
            let length = match Reference::parse(reference) {
                Some(found) => {
                    let value = self.value(&found, target);
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

    fn value(&self, reference: &Reference, target: Target) -> Option<String> {
        let value = self.0.get(reference.name)?;
        Some(match reference.format {
            "" => format::by_target(value, target),
            named => format::by_name(named, reference.name, value),
        })
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
        let name = name(inside)?;
        let format = match &inside[name.len()..] {
            "" => "",
            // A field of the variable: Grafana knows `text` and `value`.
            ".text" => "text",
            ".value" => "",
            format => format.strip_prefix(':')?,
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
        let mut scope = Scope::built_in(&BuiltIns {
            from_ms: 1_700_000_000_000,
            to_ms: 1_700_000_900_000,
            interval_ms: 1_500,
            rate_interval_ms: 60_000,
        });
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
            "$__interval ${__range_s} [[__rate_interval]]",
            Target::Text,
            "1s500ms 900 1m",
        );
        check("rate(a[$__rate_interval])", Target::PromQl, "rate(a[1m])");
        check(
            "$__rate_intervals $nobody ${no:csv} [[no]]",
            Target::PromQl,
            "$__rate_intervals $nobody ${no:csv} [[no]]",
        );
        check(
            "a[5m] $ ${ [[ $1 ü$one",
            Target::Text,
            "a[5m] $ ${ [[ $1 üa.b\"c",
        );
        check(
            "${__from:date:iso} ${__to:date:seconds}",
            Target::Text,
            "2023-11-14T22:13:20.000Z 1700000900",
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
