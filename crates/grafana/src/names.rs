//! What Grafana calls queries and columns to what we call them.
//!
//! Grafana's queries have names of any length, ours one letter; columns are named
//! after both, so what refers to a column by name must be told.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::helpers::bare_regex;
use crate::json::Json;
use wire::id::RefId;

/// What the queries of a panel are called here.
#[derive(Debug, Default)]
pub(super) struct Names {
    ref_ids: BTreeMap<String, RefId>,
    /// Other names of calculations that columns are called by.
    calculations: Vec<(&'static str, &'static str)>,
}

impl Names {
    /// A query whose name is one letter keeps it, the others get those left.
    pub fn of(panel: &Value) -> Self {
        let targets = panel.list("targets");
        let mut taken: Vec<RefId> = targets.iter().filter_map(one_letter).collect();
        let mut names = Self::default();
        for target in targets {
            let ref_id = one_letter(target).unwrap_or_else(|| {
                let free = RefId::all().find(|ref_id| !taken.contains(ref_id));
                taken.extend(free);
                free.unwrap_or_default()
            });
            let name = target.str("refId").to_owned();
            names.ref_ids.entry(name).or_insert(ref_id);
        }
        names.calculations = calculations(panel);
        names
    }

    /// Our name of the query that Grafana calls by this one.
    pub fn ref_id(&self, ref_id: &str) -> Option<RefId> {
        self.ref_ids.get(ref_id).copied()
    }

    /// Our names of the queries of a matcher of tables: a name, or a regular
    /// expression of names.
    pub fn ref_ids(&self, options: &str) -> Vec<RefId> {
        let pattern = bare_regex(options);
        let regex = regex::Regex::new(&pattern)
            .ok()
            .filter(|_| pattern != options);
        let is_meant = |name: &str| match &regex {
            Some(regex) => regex.is_match(name),
            None => options.split('|').any(|option| option == name),
        };
        let meant = self.ref_ids.iter().filter(|(name, _)| is_meant(name));
        meant.map(|(_, ref_id)| *ref_id).collect()
    }

    /// What we call the column that Grafana calls by this name.
    pub fn column(&self, name: &str) -> String {
        let mut name = name.to_owned();
        for prefix in ["Value #", "Trend #"] {
            let Some(rest) = name.strip_prefix(prefix) else {
                continue;
            };
            let (ref_id, suffix) = rest.split_once(" (").unwrap_or((rest, ""));
            if let Some(ours) = self.ref_id(ref_id) {
                let suffix = if suffix.is_empty() {
                    String::new()
                } else {
                    format!(" ({suffix}")
                };
                name = format!("{prefix}{ours}{suffix}");
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

/// The name of a query whose name is one letter.
fn one_letter(target: &Value) -> Option<RefId> {
    let mut chars = target.str("refId").chars();
    let letter = chars.next().filter(char::is_ascii_alphabetic);
    letter.filter(|_| chars.next().is_none()).map(RefId)
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
    fn columns_are_called_by_our_names() {
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
        assert_eq!(names.ref_ids("/^(?:cpu|A)$/"), ['A', 'C'].map(RefId));
        assert_eq!(names.ref_ids("B"), [RefId('B')]);
    }
}
