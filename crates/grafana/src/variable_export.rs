//! [`Variable`] to Grafana's templating: the way back of [`super::variable`].

use serde_json::{Value, json};

use crate::helpers::datasource;
use dashboard::{ChoicesFrom, Sort, Variable};
use query::Language;

/// One variable.
pub(super) fn export(variable: &Variable) -> Value {
    let (kind, query) = match &variable.from {
        ChoicesFrom::Query(query) => ("query", query.clone()),
        ChoicesFrom::List(items) => ("custom", list(items)),
        ChoicesFrom::Constant(value) => ("constant", value.clone()),
        ChoicesFrom::Interval(items) => ("interval", list(items)),
        ChoicesFrom::Text(text) => ("textbox", text.clone()),
        ChoicesFrom::Source(kind) => ("datasource", kind.clone()),
        ChoicesFrom::Filters(_) => ("adhoc", String::new()),
    };
    let has_auto = matches!(&variable.from, ChoicesFrom::Interval(items)
        if items.iter().any(|item| item == "auto"));
    let mut out = json!({
        "name": variable.name, "label": variable.label, "type": kind, "query": query,
        "regex": variable.regex, "sort": sort(variable.sort), "multi": variable.multi,
        "includeAll": variable.include_all, "allValue": variable.all_value,
        "hide": if variable.hidden { 2 } else { 0 }, "refresh": 2,
        "current": { "value": variable.default },
    });
    if kind == "interval" {
        out["auto"] = has_auto.into();
        out["auto_count"] = variable.auto_count.into();
        out["auto_min"] = variable.auto_min.as_str().into();
    }
    if !variable.source.is_empty() {
        out["datasource"] = datasource(Language::PromQl, &variable.source);
    }
    if let ChoicesFrom::Filters(filters) = &variable.from {
        let filters = filters.iter();
        out["filters"] = filters
            .map(|of| json!({ "key": of.label, "operator": of.op, "value": of.value }))
            .collect();
    }
    out
}

/// The number of an order.
fn sort(sort: Sort) -> u8 {
    match sort {
        Sort::None => 0,
        Sort::Ascending => 1,
        Sort::Descending => 2,
        Sort::Numeric => 3,
        Sort::NumericDescending => 4,
        Sort::CaseInsensitive => 5,
        Sort::CaseInsensitiveDescending => 6,
        Sort::Natural => 7,
        Sort::NaturalDescending => 8,
    }
}

/// Items between commas; those of an item have a backslash before them.
fn list(items: &[String]) -> String {
    items
        .iter()
        .map(|item| item.replace(',', "\\,"))
        .collect::<Vec<_>>()
        .join(",")
}
