//! Small readings and writings that several parts of a dashboard share.

use serde_json::{Value, json};

use crate::json::Json;
use dashboard::{Calculation, Health, Link, StatColor};
use query::Language;

/// A link with a URL, or to dashboards by their tags.
pub(super) fn link(link: &Value) -> Option<Link> {
    let by_tag = link.str("type") == "dashboards";
    let (url, tags) = if by_tag {
        (String::new(), link.texts("tags"))
    } else {
        (link.str("url").to_owned(), Vec::new())
    };
    (by_tag || !url.is_empty()).then(|| Link {
        title: link.str("title").to_owned(),
        url,
        tags,
        keep_time: link.flag("keepTime"),
        keep_variables: link.flag("includeVars"),
        new_tab: link.flag("targetBlank"),
    })
}

/// `/…/i` as JavaScript writes it, without its slashes; its flags lead.
pub(super) fn bare_regex(written: &str) -> String {
    let enclosed = written
        .strip_prefix('/')
        .and_then(|rest| rest.rsplit_once('/'));
    match enclosed {
        Some((pattern, flags)) if flags.contains('i') => format!("(?i){pattern}"),
        Some((pattern, _)) => pattern.to_owned(),
        None => written.to_owned(),
    }
}

/// `>1m` is how some write that it is the least; what is no duration is no step.
pub(super) fn min_step(written: &str) -> String {
    let step = written.trim().trim_start_matches(['>', '=']);
    let is_open = step.contains('$') || step.contains("[[");
    if is_open || dashboard::duration::parse(step).is_ok() {
        step.to_owned()
    } else {
        String::new()
    }
}

/// The reducers by Grafana's ids; those that we have none for are left out.
pub(super) fn calculations(names: &[Value]) -> Vec<Calculation> {
    names
        .iter()
        .filter_map(Value::as_str)
        .filter_map(calculation)
        .collect()
}

/// A reducer by Grafana's id.
pub(super) fn calculation(id: &str) -> Option<Calculation> {
    Some(match id {
        "last" | "lastNotNull" | "current" => Calculation::Last,
        "first" | "firstNotNull" => Calculation::First,
        "min" | "logmin" => Calculation::Min,
        "max" => Calculation::Max,
        "mean" | "avg" => Calculation::Mean,
        "median" => Calculation::Median,
        "sum" | "total" => Calculation::Sum,
        "count" => Calculation::Count,
        "range" => Calculation::Range,
        "delta" => Calculation::Increase,
        "diff" => Calculation::Delta,
        "diffperc" => Calculation::Growth,
        "stdDev" => Calculation::StandardDeviation,
        "variance" => Calculation::Variance,
        "distinctCount" => Calculation::Distinct,
        "changeCount" => Calculation::Changes,
        "allIsNull" => Calculation::AllNull,
        "allIsZero" => Calculation::AllZero,
        "allValues" | "uniqueValues" => Calculation::AllValues,
        _ => return None,
    })
}

/// What a status colours in a table's cells, by their options or by those before 9.5.
pub(super) fn cells(custom: &Value) -> Option<StatColor> {
    let kind = match custom.str("cellOptions.type") {
        "" => custom.str("displayMode"),
        kind => kind,
    };
    Some(match kind {
        "" => return None,
        "color-text" | "gauge" | "lcd-gauge" | "gradient-gauge" | "basic" => StatColor::Value,
        "color-background" | "color-background-solid" => StatColor::Background,
        _ => StatColor::None,
    })
}

/// A data source for queries in a language.
pub(super) fn datasource(language: Language, name: &str) -> Value {
    let kind = match language {
        Language::PromQl => "prometheus",
        Language::LogQl => "loki",
        Language::Sql => "grafana-postgresql-datasource",
        Language::Traces => "tempo",
        Language::Events => "",
    };
    json!({ "type": kind, "uid": name })
}

/// A colour that reads back as the health.
pub(super) fn color(health: Health) -> &'static str {
    match health {
        Health::Good => "green",
        Health::Warning => "yellow",
        Health::Bad => "red",
        Health::Unknown => "text",
    }
}
