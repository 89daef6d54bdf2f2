//! Grafana's annotations <-> [`Annotation`].

use serde_json::{Value, json};

use crate::color::health;
use crate::helpers::{color, datasource, min_step};
use crate::json::Json;
use crate::source::Sources;
use dashboard::annotation::{Annotation, AnnotationQuery, MarksFrom};
use query::Language;

/// The step that Grafana takes where an annotation names none.
const STEP: &str = "60s";

/// The dashboard's annotations; what is not carried over is noted.
pub(super) fn import(
    dashboard: &Value,
    sources: &Sources,
    notes: &mut Vec<String>,
) -> Vec<Annotation> {
    let mut annotations: Vec<Annotation> = Vec::new();
    for (entry, index) in dashboard.list("annotations.list").iter().zip(0..) {
        let mut note = |reason: String| notes.push(format!("annotations.list[{index}]: {reason}"));
        let mut query = match query(entry, sources) {
            Ok(query) => query,
            Err(reason) => {
                note(reason);
                continue;
            }
        };
        query.source = sources.of(entry).unwrap_or_default().name;
        if !entry.list("filter.ids").is_empty() {
            note("it is shown on all panels, and not on those that its filter names".to_owned());
        }
        let mut annotation = Annotation {
            name: name(entry, index),
            status: health(entry.str("iconColor")),
            off: entry.at("enable") == Some(&Value::Bool(false)),
            hidden: entry.flag("hide"),
            from: MarksFrom::Query(query),
        };
        let mut others = annotations.iter();
        if others.any(|other| other.name == annotation.name) {
            annotation.name = format!("{} {}", annotation.name, index + 1);
        }
        annotations.push(annotation);
    }
    annotations
}

fn name(entry: &Value, index: usize) -> String {
    match entry.str("name") {
        "" => format!("Annotation {}", index + 1),
        name => name.replace(',', " "),
    }
}

/// What is asked, or why nothing is.
fn query(entry: &Value, sources: &Sources) -> Result<AnnotationQuery, String> {
    let source = sources.of_query(entry, None);
    let is_grafanas = entry.number("builtIn") == Some(1.0)
        || entry.flag("builtIn")
        || matches!(source.name.as_str(), "-- Grafana --" | "grafana");
    let said = |key: &str| match entry.str(key) {
        "" => entry.str(&["target.", key].concat()),
        said => said,
    };
    let expr = said("expr");
    if is_grafanas {
        return Err("annotations that are kept in Grafana itself are not shown".to_owned());
    }
    if !source.kind.is_empty() && !source.is_prometheus() {
        let kind = source.kind;
        return Err(format!(
            "not shown: Andon reads no data sources of type {kind}"
        ));
    }
    if expr.trim().is_empty() {
        return Err("not shown: it has no query".to_owned());
    }
    let tags = entry.str("tagKeys").split(',').map(str::trim);
    Ok(AnnotationQuery {
        expr: expr.to_owned(),
        source: String::new(),
        min_step: match (entry.str("step"), entry.str("target.interval")) {
            ("", "") => STEP.to_owned(),
            ("", step) | (step, _) => min_step(step),
        },
        title: entry.str("titleFormat").to_owned(),
        text: entry.str("textFormat").to_owned(),
        tags: tags
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect(),
        value_is_time: entry.flag("useValueForTime") || entry.str("useValueForTime") == "on",
    })
}

/// One annotation; `None` where its marks stand in the file, for which Grafana
/// has no place.
pub(super) fn export(annotation: &Annotation) -> Option<Value> {
    let MarksFrom::Query(query) = &annotation.from else {
        return None;
    };
    Some(json!({
        "name": annotation.name,
        "datasource": datasource(Language::PromQl, &query.source),
        "enable": !annotation.off,
        "hide": annotation.hidden,
        "iconColor": color(annotation.status),
        "expr": query.expr,
        "step": query.min_step,
        "titleFormat": query.title,
        "textFormat": query.text,
        "tagKeys": query.tags.join(","),
        "useValueForTime": query.value_is_time,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dashboard::Health;

    fn imported(entry: &Value) -> crate::Import {
        let document = json!({ "title": "T", "panels": [], "annotations": { "list": [entry] } });
        crate::import(&document.to_string()).unwrap()
    }

    #[test]
    fn an_annotation_of_prometheus_survives_both_ways() {
        let entry = json!({
            "name": "Deploys", "datasource": { "type": "prometheus", "uid": "P" }, "enable": false,
            "hide": true, "iconColor": "rgba(255, 96, 96, 1)", "expr": "changes(build[1m]) > 0",
            "step": "30s", "titleFormat": "Deploy", "textFormat": "{{version}}",
            "tagKeys": "job, site", "useValueForTime": "on",
        });
        let board = imported(&entry).board;
        let expected = Annotation {
            name: "Deploys".into(),
            status: Health::Bad,
            off: true,
            hidden: true,
            from: MarksFrom::Query(AnnotationQuery {
                expr: "changes(build[1m]) > 0".into(),
                source: "P".into(),
                min_step: "30s".into(),
                title: "Deploy".into(),
                text: "{{version}}".into(),
                tags: vec!["job".into(), "site".into()],
                value_is_time: true,
            }),
        };
        assert_eq!(board.annotations, [expected]);
        let back = crate::import(&crate::export(&board, "u").to_string()).unwrap();
        assert_eq!(back.board.annotations, board.annotations);
    }

    #[test]
    fn what_is_not_carried_over_is_noted() {
        let check = |entry: Value, note: &str| {
            let import = imported(&entry);
            assert_eq!(import.board.annotations, []);
            assert_eq!(import.report.notes, [note]);
        };
        check(
            json!({ "builtIn": 1, "datasource": "-- Grafana --", "name": "Annotations & Alerts" }),
            "annotations.list[0]: annotations that are kept in Grafana itself are not shown",
        );
        check(
            json!({ "datasource": { "type": "loki", "uid": "L" }, "expr": "{a=\"b\"}" }),
            "annotations.list[0]: not shown: Andon reads no data sources of type loki",
        );
        check(
            json!({ "datasource": "Prometheus", "name": "Empty" }),
            "annotations.list[0]: not shown: it has no query",
        );
    }

    #[test]
    fn an_annotation_of_the_v2_resource_is_read_too() {
        let spec = json!({
            "name": "Deploys", "enable": true, "iconColor": "green", "legacyOptions": { "titleFormat": "{{v}}" },
            "query": { "kind": "DataQuery", "group": "prometheus", "datasource": { "name": "P" }, "spec": { "expr": "up > 0" } },
        });
        let entry = json!({ "kind": "AnnotationQuery", "spec": spec });
        let document = json!({ "spec": { "title": "T", "elements": {}, "annotations": [entry] } });
        let board = crate::import(&document.to_string()).unwrap().board;
        let [annotation] = &board.annotations[..] else {
            panic!("{:?}", board.annotations);
        };
        let MarksFrom::Query(query) = &annotation.from else {
            panic!("{annotation:?}");
        };
        assert_eq!(
            (query.expr.as_str(), query.source.as_str()),
            ("up > 0", "P")
        );
        assert_eq!(query.title, "{{v}}");
    }
}
