//! What Grafana calls queries and columns to what we call them.
//!
//! Grafana's queries have names of any length, ours a letter; columns are named
//! after both, so what refers to a column by name must be told.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::json::Json;
use dashboard::letters;

/// The letters of a panel's queries.
#[derive(Debug, Default)]
pub(super) struct Names {
    letters: BTreeMap<String, char>,
    /// Other names of calculations that columns are called by.
    calculations: Vec<(&'static str, &'static str)>,
}

impl Names {
    /// A query whose name is one letter keeps it, the others get those left.
    pub fn of(panel: &Value) -> Self {
        let targets = panel.list("targets");
        let own = |target: &Value| {
            let mut chars = target.str("refId").chars();
            let letter = chars.next().filter(|letter| letter.is_ascii_alphabetic());
            letter.filter(|_| chars.next().is_none())
        };
        let mut taken: Vec<char> = targets.iter().filter_map(own).collect();
        let mut names = Self::default();
        for target in targets {
            let letter = own(target).unwrap_or_else(|| {
                let free = letters().find(|letter| !taken.contains(letter));
                taken.extend(free);
                free.unwrap_or_default()
            });
            let name = target.str("refId").to_owned();
            names.letters.entry(name).or_insert(letter);
        }
        names.calculations = calculations(panel);
        names
    }

    /// Our letter of the query that Grafana calls by this name.
    pub fn letter(&self, ref_id: &str) -> Option<char> {
        self.letters.get(ref_id).copied()
    }

    /// Our letters of the queries of a matcher of tables: a name, or a regular
    /// expression of names.
    pub fn letters(&self, options: &str) -> Vec<char> {
        let pattern = super::field::bare_regex(options);
        let regex = regex::Regex::new(&pattern)
            .ok()
            .filter(|_| pattern != options);
        let is_meant = |name: &str| match &regex {
            Some(regex) => regex.is_match(name),
            None => options.split('|').any(|option| option == name),
        };
        let meant = self.letters.iter().filter(|(name, _)| is_meant(name));
        meant.map(|(_, letter)| *letter).collect()
    }

    /// What we call the column that Grafana calls by this name.
    pub fn column(&self, name: &str) -> String {
        let mut name = name.to_owned();
        for prefix in ["Value #", "Trend #"] {
            let Some(rest) = name.strip_prefix(prefix) else {
                continue;
            };
            let (ref_id, suffix) = rest.split_once(" (").unwrap_or((rest, ""));
            if let Some(letter) = self.letter(ref_id) {
                let suffix = if suffix.is_empty() {
                    String::new()
                } else {
                    format!(" ({suffix}")
                };
                name = format!("{prefix}{letter}{suffix}");
            }
        }
        for (theirs, ours) in &self.calculations {
            match name.strip_suffix(theirs) {
                Some(before) if theirs.starts_with(' ') => return format!("{before}{ours}"),
                Some("") => return (*ours).to_owned(),
                _ => {}
            }
        }
        name
    }
}

/// We have one name for what takes the last value and what takes the last that
/// is not absent.
fn calculations(panel: &Value) -> Vec<(&'static str, &'static str)> {
    let mut names = vec![
        (" (last)", " (lastNotNull)"),
        (" (first)", " (firstNotNull)"),
        (" (uniqueValues)", " (allValues)"),
    ];
    let reduces = |id: &str| {
        panel.list("transformations").iter().any(|entry| {
            entry.str("id") == "reduce"
                && entry
                    .texts("options.reducers")
                    .iter()
                    .any(|reducer| reducer == id)
        })
    };
    if reduces("last") {
        names.push(("Last", "Last *"));
    }
    if reduces("first") {
        names.push(("First", "First *"));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_called_by_our_letters() {
        let names = Names::of(&serde_json::json!({
            "targets": [{"refId": "B"}, {"refId": "cpu"}, {"refId": "A"}, {}],
            "transformations": [{"id": "reduce", "options": {"reducers": ["last"]}}],
        }));
        let cases = [
            ("Value #B", "Value #B"),
            ("Value #cpu", "Value #C"),
            ("Value #cpu (last)", "Value #C (lastNotNull)"),
            ("Value #mem", "Value #mem"),
            ("Trend #cpu", "Trend #C"),
            ("Last", "Last *"),
            ("At Last", "At Last"),
            ("pod", "pod"),
        ];
        for (name, expected) in cases {
            assert_eq!(names.column(name), expected);
        }
        assert_eq!(names.letters("/^(?:cpu|A)$/"), ['A', 'C']);
        assert_eq!(names.letters("B"), ['B']);
    }
}
