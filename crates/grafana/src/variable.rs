//! Grafana's templating to [`Variable`].

use serde_json::Value;

use crate::helpers::bare_regex;
use crate::json::Json;
use crate::source::Sources;
use dashboard::{ALL, ChoicesFrom, Filter, Sort, Variable};

/// The dashboard's variables; what is not carried over is noted.
pub(super) fn import(
    dashboard: &Value,
    sources: &Sources,
    notes: &mut Vec<String>,
) -> Vec<Variable> {
    let mut variables: Vec<Variable> = Vec::new();
    for (entry, index) in dashboard.list("templating.list").iter().zip(0..) {
        let mut note = |reason: String| notes.push(format!("templating.list[{index}]: {reason}"));
        let name = entry.str("name");
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            note(format!("`{name}` is no name of a variable"));
            continue;
        }
        if variables.iter().any(|variable| variable.name == name) {
            note(format!("there is another variable `{name}` before it"));
            continue;
        }
        let Some(from) = choices_from(entry, sources, &mut note) else {
            continue;
        };
        variables.push(variable(entry, from, sources, &mut note));
    }
    variables
}

fn variable(
    entry: &Value,
    from: ChoicesFrom,
    sources: &Sources,
    note: &mut impl FnMut(String),
) -> Variable {
    let mut regex = bare_regex(entry.str("regex"));
    if regex::Regex::new(&regex).is_err() {
        note(format!(
            "the regular expression `{regex}` is not understood, and left out"
        ));
        regex = String::new();
    }
    let (sort, include_all) = (sort(entry), entry.flag("includeAll"));
    let asked = matches!(from, ChoicesFrom::Query(_) | ChoicesFrom::Filters(_));
    let source = sources.of(entry).filter(|_| asked).unwrap_or_default();
    Variable {
        source: source.name,
        name: entry.str("name").to_owned(),
        label: entry.str("label").to_owned(),
        from,
        regex,
        sort,
        multi: entry.flag("multi"),
        include_all,
        all_value: entry.str("allValue").to_owned(),
        auto_count: entry
            .number("auto_count")
            .unwrap_or(0.0)
            .clamp(0.0, 10_000.0) as u32,
        auto_min: auto_min(entry),
        default: current(entry),
        hidden: entry.number("hide") == Some(2.0) || entry.str("hide") == "hideVariable",
    }
}

/// The least interval, where it is one and there is an interval to choose.
fn auto_min(entry: &Value) -> String {
    let least = entry.str("auto_min");
    match dashboard::duration::parse(least) {
        Ok(_) if entry.str("type") == "interval" => least.to_owned(),
        _ => String::new(),
    }
}

fn choices_from(
    entry: &Value,
    sources: &Sources,
    note: &mut impl FnMut(String),
) -> Option<ChoicesFrom> {
    let query = entry.str("query");
    Some(match entry.str("type") {
        "query" => query_choices(entry, sources, note),
        "custom" => ChoicesFrom::List(items(query)),
        "interval" => ChoicesFrom::Interval(intervals(entry)),
        "constant" => ChoicesFrom::Constant(query.to_owned()),
        "textbox" => {
            let current = entry.str("current.value");
            ChoicesFrom::Text(if current.is_empty() { query } else { current }.to_owned())
        }
        "datasource" => ChoicesFrom::Source(query.to_owned()),
        "adhoc" => ChoicesFrom::Filters(entry.list("filters").iter().map(filter).collect()),
        "switch" | "groupby" | "snapshot" | "" => {
            note(format!(
                "variables of type `{}` are not carried over",
                entry.str("type")
            ));
            return None;
        }
        other => {
            note(format!("variables of type `{other}` are not carried over"));
            return None;
        }
    })
}

/// What fits is offered where it is asked for, whatever the list says.
fn intervals(entry: &Value) -> Vec<String> {
    let mut listed = items(entry.str("query"));
    let count = listed.len();
    listed.retain(|item| item != "auto" && !item.starts_with("$__auto"));
    let has_auto = entry.flag("auto") || listed.len() < count;
    if has_auto {
        listed.insert(0, "auto".to_owned());
    }
    listed
}

/// Of another data source, the choices that the dashboard was saved with.
fn query_choices(entry: &Value, sources: &Sources, note: &mut impl FnMut(String)) -> ChoicesFrom {
    let source = sources.of(entry).unwrap_or_default();
    if !source.kind.is_empty() && !source.is_prometheus() {
        note(format!(
            "Andon reads no data sources of type {}: the saved choices stay as they are",
            source.kind
        ));
        let saved = entry
            .list("options")
            .iter()
            .map(|option| option.str("value"));
        let saved: Vec<String> = saved
            .filter(|value| *value != ALL)
            .map(str::to_owned)
            .collect();
        return ChoicesFrom::List(if saved.is_empty() {
            current(entry)
        } else {
            saved
        });
    }
    let forms = ["query", "query.query", "query.expr", "definition"];
    let query = forms
        .iter()
        .map(|form| entry.str(form))
        .find(|query| !query.is_empty());
    ChoicesFrom::Query(query.unwrap_or_default().to_owned())
}

/// Items between commas; a comma of an item has a backslash before it.
fn items(query: &str) -> Vec<String> {
    let marked = query.replace("\\,", "\u{1}");
    let items = marked
        .split(',')
        .map(|item| item.trim().replace('\u{1}', ","));
    items.filter(|item| !item.is_empty()).collect()
}

fn current(entry: &Value) -> Vec<String> {
    match entry.at("current.value") {
        Some(Value::String(value)) if value.starts_with("$__auto") => vec!["auto".to_owned()],
        Some(Value::String(value)) if !value.is_empty() => vec![value.clone()],
        Some(Value::Array(_)) => entry.texts("current.value"),
        _ => Vec::new(),
    }
}

fn filter(filter: &Value) -> Filter {
    Filter {
        label: filter.str("key").to_owned(),
        op: filter.str("operator").to_owned(),
        value: filter.str("value").to_owned(),
    }
}

/// By number, or by name in the v2 resource.
fn sort(entry: &Value) -> Sort {
    match (entry.number("sort").unwrap_or(0.0) as u8, entry.str("sort")) {
        (1, _) | (_, "alphabeticalAsc") => Sort::Ascending,
        (2, _) | (_, "alphabeticalDesc") => Sort::Descending,
        (3, _) | (_, "numericalAsc") => Sort::Numeric,
        (4, _) | (_, "numericalDesc") => Sort::NumericDescending,
        (5, _) | (_, "alphabeticalCaseInsensitiveAsc") => Sort::CaseInsensitive,
        (6, _) | (_, "alphabeticalCaseInsensitiveDesc") => Sort::CaseInsensitiveDescending,
        (7, _) | (_, "naturalAsc") => Sort::Natural,
        (8, _) | (_, "naturalDesc") => Sort::NaturalDescending,
        _ => Sort::None,
    }
}
