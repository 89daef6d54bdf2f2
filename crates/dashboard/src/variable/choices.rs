//! What a source answers to choices, and choices to the value that holds.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use regex::{Captures, Regex};

use super::fitting::AUTO;
use super::{ChoicesFrom, Sort, Value, Variable};

/// What the URL says in place of all values.
pub const ALL: &str = "$__all";

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice {
    /// What the reader sees.
    pub text: String,
    /// What stands in queries.
    pub value: String,
}

impl Choice {
    /// One whose value is what the reader sees.
    pub fn plain(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            value: text.clone(),
            text,
        }
    }

    /// `text : value`, or one text for both.
    fn parse(item: &str) -> Self {
        match item.split_once(" : ") {
            Some((text, value)) => Self {
                text: text.trim().to_owned(),
                value: value.trim().to_owned(),
            },
            None => Self::plain(item.trim()),
        }
    }
}

impl Variable {
    /// What can be chosen: `answers` are what the source says to the query, or
    /// the names of the sources; other kinds of variables need none.
    pub fn choices(&self, answers: Vec<String>) -> Vec<Choice> {
        let choices: Vec<Choice> = match &self.from {
            ChoicesFrom::Query(_) | ChoicesFrom::Source(_) => answers
                .into_iter()
                .filter_map(|answer| self.captured(answer))
                .collect(),
            ChoicesFrom::List(items) => items.iter().map(|item| Choice::parse(item)).collect(),
            ChoicesFrom::Interval(items) => items.iter().map(Choice::plain).collect(),
            ChoicesFrom::Constant(value) | ChoicesFrom::Text(value) => vec![Choice::plain(value)],
            ChoicesFrom::Filters(_) => Vec::new(),
        };
        let mut seen = BTreeSet::new();
        let mut choices: Vec<Choice> = choices
            .into_iter()
            .filter(|choice| seen.insert(choice.value.clone()))
            .collect();
        self.sort.apply(&mut choices);
        choices
    }

    /// What the regular expression keeps of an answer. One that does not
    /// compile keeps everything: files are checked when they are read.
    fn captured(&self, answer: String) -> Option<Choice> {
        let Some(regex) = self.compiled() else {
            return Some(Choice::plain(answer));
        };
        let captures = regex.captures(&answer)?;
        let [text, value] = ["text", "value"]
            .map(|name| captures.name(name).map(|group| group.as_str().to_owned()));
        Some(match (text, value) {
            (Some(text), Some(value)) => Choice { text, value },
            (Some(text), None) => Choice {
                text,
                value: first_group(&captures),
            },
            (None, Some(value)) => Choice::plain(value),
            (None, None) => Choice::plain(first_group(&captures)),
        })
    }

    fn compiled(&self) -> Option<Regex> {
        (!self.regex.is_empty()).then(|| Regex::new(&self.regex).ok())?
    }

    /// The value that holds: what the URL asks for, else the default, else
    /// all, else the first choice. An interval is made to fit `range_ms`.
    pub fn value(&self, choices: &[Choice], requested: &[String], range_ms: i64) -> Value {
        if let ChoicesFrom::Constant(value) = &self.from {
            return Value::plain(value);
        }
        let mut wanted = match requested {
            [] => self.unasked(choices),
            requested => requested.to_vec(),
        };
        if !self.multi {
            wanted.truncate(1);
        }
        let is_many = self.multi || self.include_all;
        if self.include_all && wanted.iter().any(|value| value == ALL) {
            return Value::all(choices, &self.all_value);
        }
        Value {
            texts: wanted.iter().map(|value| text_of(value, choices)).collect(),
            values: wanted
                .iter()
                .map(|value| self.fitted(value, range_ms))
                .collect(),
            is_many,
            all_value: None,
            is_all: false,
        }
    }

    /// What holds where nobody asks for anything.
    fn unasked(&self, choices: &[Choice]) -> Vec<String> {
        let default = self.default.iter();
        let default: Vec<String> = default
            .filter(|value| {
                *value == ALL
                    || choices.is_empty()
                    || choices.iter().any(|known| known.value == **value)
            })
            .cloned()
            .collect();
        match (default.is_empty(), self.include_all) {
            (false, _) => default,
            (true, true) => vec![ALL.to_owned()],
            (true, false) => {
                let first = choices.first().map(|choice| choice.value.clone());
                first.into_iter().collect()
            }
        }
    }
}

/// What people read of a value.
fn text_of(value: &str, choices: &[Choice]) -> String {
    if value.starts_with("$__auto") {
        return AUTO.to_owned();
    }
    let known = choices.iter().find(|choice| choice.value == value);
    known.map_or(value, |choice| &choice.text).to_owned()
}

/// The first group that took part, else the whole match.
fn first_group(captures: &Captures) -> String {
    let group = captures
        .iter()
        .skip(1)
        .flatten()
        .next()
        .or_else(|| captures.get(0));
    group.map_or(String::new(), |group| group.as_str().to_owned())
}

impl Sort {
    fn apply(self, choices: &mut [Choice]) {
        let compare: fn(&Choice, &Choice) -> Ordering = match self {
            Self::None => return,
            Self::Ascending | Self::Descending => |a, b| a.text.cmp(&b.text),
            Self::Numeric | Self::NumericDescending => {
                |a, b| first_number(&a.text).total_cmp(&first_number(&b.text))
            }
            Self::CaseInsensitive | Self::CaseInsensitiveDescending => {
                |a, b| a.text.to_lowercase().cmp(&b.text.to_lowercase())
            }
            Self::Natural | Self::NaturalDescending => |a, b| natural_order(&a.text, &b.text),
        };
        choices.sort_by(compare);
        let is_descending = matches!(
            self,
            Self::Descending
                | Self::NumericDescending
                | Self::CaseInsensitiveDescending
                | Self::NaturalDescending
        );
        if is_descending {
            choices.reverse();
        }
    }
}

/// Texts without a number come first.
fn first_number(text: &str) -> f64 {
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(digits.len());
    digits[..end]
        .trim_end_matches('.')
        .parse()
        .unwrap_or(f64::NEG_INFINITY)
}

/// Runs of digits by their number, all else by letters: `worker-9` before
/// `worker-10`.
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let ((run_a, rest_a), (run_b, rest_b)) = (first_run(a), first_run(b));
        let order = match (run_a.parse::<u128>(), run_b.parse::<u128>()) {
            (Ok(number_a), Ok(number_b)) => number_a.cmp(&number_b),
            _ => run_a.cmp(run_b),
        };
        if order != Ordering::Equal || (run_a.is_empty() && run_b.is_empty()) {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

/// The leading digits, or the leading non-digits, and the rest.
fn first_run(text: &str) -> (&str, &str) {
    let starts_with_digit = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != starts_with_digit);
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(from: ChoicesFrom) -> Variable {
        Variable {
            name: "v".into(),
            from,
            ..Variable::default()
        }
    }

    fn check(regex: &str, sort: Sort, answers: &[&str], expected: &[(&str, &str)]) {
        let variable = Variable {
            regex: regex.into(),
            sort,
            ..variable(ChoicesFrom::Query(String::new()))
        };
        let answers = answers.iter().map(|answer| (*answer).to_owned()).collect();
        let choices = variable.choices(answers);
        let got: Vec<(&str, &str)> = choices
            .iter()
            .map(|choice| (choice.text.as_str(), choice.value.as_str()))
            .collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn a_regular_expression_keeps_what_it_captures() {
        let series = [
            r#"a{site="LON"}"#,
            r#"a{site="AMS"}"#,
            r#"a{site="LON"}"#,
            "b",
        ];
        check(
            r#"site="(.+)""#,
            Sort::None,
            &series,
            &[("LON", "LON"), ("AMS", "AMS")],
        );
        check("^b", Sort::None, &series, &[("b", "b")]);
        check(
            "(?<text>.+)@(?<value>.+)",
            Sort::None,
            &["n@1"],
            &[("n", "1")],
        );
        check("(?<value>.+)@.+", Sort::None, &["n@1"], &[("n", "n")]);
    }

    #[test]
    fn choices_are_sorted_as_asked() {
        let answers = ["n10", "N1", "n2"];
        let pairs = |order: [&'static str; 3]| order.map(|text| (text, text));
        check("", Sort::Ascending, &answers, &pairs(["N1", "n10", "n2"]));
        check("", Sort::Numeric, &answers, &pairs(["N1", "n2", "n10"]));
        check(
            "",
            Sort::NumericDescending,
            &answers,
            &pairs(["n10", "n2", "N1"]),
        );
        check(
            "",
            Sort::CaseInsensitive,
            &answers,
            &pairs(["N1", "n10", "n2"]),
        );
        check("", Sort::Natural, &answers, &pairs(["N1", "n2", "n10"]));
    }

    #[test]
    fn a_list_may_part_texts_from_values() {
        let list = ChoicesFrom::List(vec!["prod : p-1".into(), "test".into()]);
        let choices = variable(list).choices(Vec::new());
        assert_eq!(
            (choices[0].text.as_str(), choices[0].value.as_str()),
            ("prod", "p-1")
        );
        assert_eq!(choices[1], Choice::plain("test"));
    }

    #[test]
    fn the_value_is_the_requested_else_the_default_else_all_else_the_first() {
        let choices = [Choice::plain("a"), Choice::plain("b")];
        let one = variable(ChoicesFrom::Query(String::new()));
        let value = |variable: &Variable, requested: &[&str]| {
            let requested: Vec<String> = requested.iter().map(|r| (*r).to_owned()).collect();
            variable.value(&choices, &requested, 0).values
        };
        assert_eq!(value(&one, &[]), ["a"]);
        assert_eq!(value(&one, &["b", "a"]), ["b"]);
        assert_eq!(value(&one, &["typed"]), ["typed"]);
        let defaults = Variable {
            default: vec!["b".into()],
            ..one.clone()
        };
        assert_eq!(value(&defaults, &[]), ["b"]);
        let gone = Variable {
            default: vec!["gone".into()],
            ..one.clone()
        };
        assert_eq!(value(&gone, &[]), ["a"]);
        let all = Variable {
            multi: true,
            include_all: true,
            ..one
        };
        assert_eq!(value(&all, &[]), ["a", "b"]);
        assert_eq!(value(&all, &["b"]), ["b"]);
    }

    #[test]
    fn an_interval_that_fits_is_the_views_own() {
        let interval = variable(ChoicesFrom::Interval(vec!["auto".into(), "5m".into()]));
        let choices = interval.choices(Vec::new());
        let value = |requested: &[String]| interval.value(&choices, requested, 0);
        assert_eq!(value(&[]).values, ["$__interval"]);
        assert_eq!(value(&["$__auto_interval_x".into()]).texts, ["auto"]);
        assert_eq!(value(&["5m".into()]).values, ["5m"]);
    }
}
