//! Transformations as dashboards have them.

use serde_json::{Value, json};

use crate::tests::one;
use crate::*;
use transform::Transformation;

/// What the step is in a board file; and that it comes back after an export.
fn check(id: &str, options: Value, expected: &str) {
    let panel = json!({
        "type": "table", "datasource": {"type": "prometheus"},
        "targets": [{"expr": "a", "refId": "A"}, {"expr": "b", "refId": "memory"}],
        "transformations": [{"id": id, "options": options}],
    });
    let (panel, report) = one(&panel);
    let said = |reason: &&String| reason.contains("transformation");
    assert_eq!(report.reasons.iter().find(said), None, "{id}");
    let written = serde_json::to_string(&panel.transformations).unwrap();
    assert_eq!(written, format!("[{expected}]"), "{id}");
    let board = Board {
        panels: vec![panel],
        ..Board::default()
    };
    let back = import(&export(&board, "x").to_string()).unwrap();
    assert_eq!(
        back.board.panels[0].transformations,
        board.panels[0].transformations
    );
    let file = dashboard::file::write(&board).unwrap();
    let read: Vec<Transformation> = dashboard::file::read(&file)
        .unwrap()
        .panels
        .remove(0)
        .transformations;
    assert_eq!(read, board.panels[0].transformations, "{file}");
}

#[test]
fn parts_of_texts_and_labels_become_columns() {
    check(
        "joinByLabels",
        json!({"value": "what", "join": ["room"]}),
        r#"{"join_by_labels":{"value":"what","by":["room"]}}"#,
    );
    check(
        "extractFields",
        json!({"source": "line", "format": "json", "jsonPaths": [{"path": "a.b", "alias": "c"}], "replace": true}),
        r#"{"extract":{"from":"line","form":"json","paths":{"a.b":"c"},"replace":true}}"#,
    );
    check(
        "extractFields",
        json!({"source": "line", "format": "regexp", "regExp": "/(?<a>x)/"}),
        r#"{"extract":{"from":"line","form":{"regex":"(?<a>x)"}}}"#,
    );
}

#[test]
fn columns_and_rows_are_chosen() {
    check(
        "organize",
        json!({"excludeByName": {"Time": true, "job": false}, "indexByName": {"job": 1, "Value #memory": 0},
            "renameByName": {"Value #memory": "Memory", "job": ""}}),
        r##"{"organize":{"hide":["Time"],"order":["Value #B","job"],"rename":{"Value #B":"Memory"}}}"##,
    );
    check(
        "filterFieldsByName",
        json!({"include": {"names": ["job", "Value #A"]}, "exclude": {"pattern": "/^x/i"}}),
        r##"{"filter_columns":{"keep":{"names":["job","Value #A"]},"hide":{"regex":"(?i)^x"}}}"##,
    );
    check(
        "filterByRefId",
        json!({"include": "memory"}),
        r#"{"filter_queries":["B"]}"#,
    );
    check(
        "filterByValue",
        json!({"type": "exclude", "match": "any", "filters": [
            {"fieldName": "Value", "config": {"id": "lower", "options": {"value": 5}}},
            {"fieldName": "job", "config": {"id": "equal", "options": {"value": "a"}}},
            {"fieldName": "job", "config": {"id": "isNotNull", "options": {}}}]}),
        r#"{"filter_rows":{"exclude":true,"any":true,"conditions":[{"column":"Value","is":{"less":5.0}},{"column":"job","is":{"equal":"a"}},{"column":"job","is":"not_empty"}]}}"#,
    );
    check(
        "renameByRegex",
        json!({"regex": "(.*) x", "renamePattern": "$1y"}),
        r#"{"rename_by_regex":{"regex":"(.*) x","to":"${1}y"}}"#,
    );
    check(
        "convertFieldType",
        json!({"conversions": [{"targetField": "t", "destinationType": "time"}]}),
        r#"{"convert":{"t":"time"}}"#,
    );
    check(
        "sortBy",
        json!({"sort": [{"field": "job", "desc": true}]}),
        r#"{"sort":{"by":"job","descending":true}}"#,
    );
    check("limit", json!({"limitField": 5}), r#"{"limit":5}"#);
}

#[test]
fn tables_are_put_together_and_turned() {
    check("merge", json!({}), r#""merge""#);
    check(
        "seriesToColumns",
        json!({"byField": "job"}),
        r#"{"join":{"by":"job"}}"#,
    );
    check(
        "joinByField",
        json!({"mode": "inner"}),
        r#"{"join":{"inner":true}}"#,
    );
    check(
        "labelsToFields",
        json!({"valueLabel": "le", "keepLabels": ["job"]}),
        r#"{"labels_to_columns":{"value":"le","keep":["job"]}}"#,
    );
    check(
        "groupBy",
        json!({"fields": {"job": {"operation": "groupby"},
            "Value": {"operation": "aggregate", "aggregations": ["lastNotNull", "sum"]}}}),
        r#"{"group_by":{"by":["job"],"calculate":{"Value":["last","sum"]}}}"#,
    );
    check(
        "reduce",
        json!({"reducers": ["mean"], "labelsToFields": true}),
        r#"{"reduce":{"calculations":["mean"],"labels":true}}"#,
    );
    check(
        "groupingToMatrix",
        json!({"columnField": "a", "rowField": "b", "valueField": "Value"}),
        r#"{"matrix":{"columns":"a","rows":"b","values":"Value"}}"#,
    );
}

#[test]
fn columns_are_calculated() {
    check(
        "calculateField",
        json!({"mode": "binary", "alias": "x", "binary": {"left": "Value #memory", "operator": "/",
            "right": {"matcher": {"id": "byName", "options": "Value #A"}}}}),
        r##"{"calculate":{"of":{"binary":{"left":{"column":"Value #B"},"operator":"divide","right":{"column":"Value #A"}}},"as":"x"}}"##,
    );
    check(
        "calculateField",
        json!({"mode": "binary", "binary": {"left": "a", "operator": "*", "right": "100"}, "replaceFields": true}),
        r#"{"calculate":{"of":{"binary":{"left":{"column":"a"},"operator":"multiply","right":{"number":100.0}}},"replace":true}}"#,
    );
    check(
        "calculateField",
        json!({"reduce": {"reducer": "sum"}}),
        r#"{"calculate":{"of":{"row":{"columns":[],"calculation":"sum"}}}}"#,
    );
}

#[test]
fn what_cannot_be_transformed_is_said() {
    let (panel, report) = one(&json!({
        "type": "timeseries", "targets": [{"expr": "a"}],
        "transformations": [
            {"id": "merge", "disabled": true},
            {"id": "nestedTable"},
            {"id": "renameByRegex", "options": {"regex": "(?=x)", "renamePattern": ""}},
            {"id": "merge", "filter": {"id": "byRefId", "options": "A"}}],
    }));
    assert_eq!(
        report.reasons,
        [
            "panels[0].transformations[1]: the transformation `nestedTable` is not applied",
            "panels[0].transformations[2]: the transformation `renameByRegex` is not applied: its regular expression is not understood",
        ]
    );
    assert_eq!(panel.transformations.len(), 1);
}
