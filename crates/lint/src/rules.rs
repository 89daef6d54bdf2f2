//! Prometheus' rule files -> their queries, each with its place.

use std::collections::BTreeMap;

use dashboard::file::{FileError, error_at};
use serde::Deserialize;

use crate::diagnostic::Reading;

/// A query of a rule file.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleQuery {
    /// Where it stands: `groups[0].rules[2].expr`.
    pub path: String,
    /// The alert or the recorded series.
    pub name: String,
    /// Whether the name is that of a recorded series.
    pub is_recorded: bool,
    /// The query.
    pub expr: String,
    /// How its values are read.
    pub reading: Reading,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "known keys, of no concern to a check of queries")]
struct Group {
    name: String,
    interval: Option<String>,
    query_offset: Option<String>,
    evaluation_delay: Option<String>,
    limit: Option<i64>,
    partial_response_strategy: Option<String>,
    #[serde(default)]
    source_tenants: Vec<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "known keys, of no concern to a check of queries")]
struct Rule {
    record: Option<String>,
    alert: Option<String>,
    expr: String,
    r#for: Option<String>,
    keep_firing_for: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

/// Whether a YAML text is meant to be a rule file.
pub fn is_rule_file(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("groups:"))
}

/// The queries of a rule file, in its order.
///
/// # Errors
/// What is wrong in it, with line, column and path.
pub fn read_rules(text: &str) -> Result<Vec<RuleQuery>, Vec<FileError>> {
    let file: File = serde_saphyr::from_str(text).map_err(|error| vec![file_error(&error)])?;
    let mut queries = Vec::new();
    let mut errors = Vec::new();
    for (group, group_index) in file.groups.into_iter().zip(0..) {
        for (rule, index) in group.rules.into_iter().zip(0..) {
            let path = format!("groups[{group_index}].rules[{index}]");
            match query(rule, &path) {
                Ok(query) => queries.push(query),
                Err(message) => errors.push(error_at(text, &path, message)),
            }
        }
    }
    for query in &queries {
        if let Err(error) = promql::parse(&query.expr) {
            errors.push(error_at(text, &query.path, format!("no PromQL: {error}")));
        }
    }
    if errors.is_empty() {
        Ok(queries)
    } else {
        Err(errors)
    }
}

fn query(rule: Rule, path: &str) -> Result<RuleQuery, String> {
    let is_recorded = rule.record.is_some();
    let name = match (rule.record, rule.alert) {
        (Some(name), None) | (None, Some(name)) => name,
        _ => return Err("a rule has either `record` or `alert`".to_owned()),
    };
    let mut texts = rule.annotations.values();
    let is_percent = is_recorded && texts.any(|text| text.contains("humanizePercentage"));
    Ok(RuleQuery {
        path: format!("{path}.expr"),
        name,
        is_recorded,
        expr: rule.expr,
        reading: Reading {
            is_percent,
            levels: Vec::new(),
        },
    })
}

fn file_error(error: &serde_saphyr::Error) -> FileError {
    let place = error.location();
    FileError {
        line: place.map_or(0, |place| place.line()),
        column: place.map_or(0, |place| place.column()),
        path: String::new(),
        message: error.without_snippet().to_string(),
    }
}
