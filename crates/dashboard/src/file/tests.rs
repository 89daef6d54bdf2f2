//! Board files and their errors.

use super::*;
use crate::{ChoicesFrom, Kind};
use query::Language;

const BOARD: &str = r#"
version: 1
title: Render farm
time: {from: now-1h, refresh: 10s}
variables:
  - name: kind
    from: {query: "label_values(jobs_total, kind)"}
    multi: true
    include_all: true
panels:
  - title: Failures
    grid: {x: 0, y: 0, w: 24, h: 8}
    kind: {timeseries: {stacked: true, palette: failures}}
    field: {unit: jobs/s, min: 0}
    queries:
      - expr: sum by (reason) (rate(failures_total{kind=~"$kind"}[$__rate_interval]))
        legend: "{{reason}}"
      - {expr: "vector(0)", hidden: true}
  - title: Queue
    grid: {x: 0, y: 8, w: 6, h: 4}
    kind: stat
    queries: [{expr: sum(queue)}]
"#;

fn check(text: &str, expected: &[&str]) {
    let errors = read(text).unwrap_err();
    let got: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(got, expected);
}

#[test]
fn a_board_is_small_to_write() {
    let board = read(BOARD).unwrap();
    let ref_ids: String = board.queries().map(|(_, query)| query.ref_id.0).collect();
    assert_eq!(ref_ids, "ABA");
    assert_eq!(board.time.refresh_ms, 10_000);
    assert_eq!(board.time.to, "now");
    assert_eq!(board.panels[1].kind.name(), "stat");
    let ChoicesFrom::Query(query) = &board.variables[0].from else {
        panic!("{:?}", board.variables[0].from);
    };
    assert_eq!(query, "label_values(jobs_total, kind)");
}

#[test]
fn writing_and_reading_again_changes_nothing() {
    let board = read(BOARD).unwrap();
    let text = write(&board).unwrap();
    assert_eq!(read(&text).unwrap(), board, "{text}");
    let json = serde_json::to_string_pretty(&board).unwrap();
    assert_eq!(read(&json).unwrap(), board, "{json}");
}

#[test]
fn errors_of_form_name_the_place_and_what_was_meant() {
    check(
        "title: A\npanels:\n  - kind: guage\n",
        &["3:11: panels[0].kind: unknown panel kind `guage`; did you mean `gauge`?"],
    );
    check(
        "title: A\npanels:\n  - titel: B\n",
        &["3:5: panels[0].titel: unknown key `titel`; did you mean `title`?"],
    );
    check(
        "title: A\npanels:\n  - kind: {timeseries: {draw: lines}}\n",
        &["3:31: panels[0].kind.timeseries.draw: unknown value `lines`; did you mean `line`?"],
    );
    check("panels: []\n", &["1:1: the key `title` is missing"]);
    check(
        "version: 3\ntitle: A\n",
        &["1:10: version: this Andon reads versions 1 and 2 of board files, and not 3"],
    );
    check(
        "title: A\ntime: {refresh: soon}\n",
        &[
            "2:17: time.refresh: `soon` is no duration: write a number and a unit, \
           as in `30s`, `5m` or `1h30m`",
        ],
    );
}

#[test]
fn a_query_has_one_language_and_its_place_is_named() {
    check(
        "title: A\npanels:\n  - queries:\n    - {expr: a, legend: b}\n    - {logs: '{a=\"b\"}', sql: select 1}\n",
        &[
            "5:7: panels[0].queries[1]: a query is in one language: keep one of `logs`, `sql`, \
           and put the others into queries of their own",
        ],
    );
    check(
        "title: A\npanels:\n  - queries: [{legend: b}]\n",
        &[
            "3:15: panels[0].queries[0]: a query needs one of `expr` (PromQL), `logs` (LogQL), \
           `sql`, `traces` or `events`",
        ],
    );
    check(
        "title: A\npanels:\n  - queries: [{trace: b}]\n",
        &["3:16: panels[0].queries[0].trace: unknown key `trace`; did you mean `traces`?"],
    );
}

#[test]
fn queries_of_every_language_come_back() {
    let text = "title: T\npanels:\n  - queries: [{expr: up}, {logs: '{a=\"b\"}'}, \
                {sql: \"select 1\\nfrom a\"}, {traces: x}, {events: y}]\n";
    let board = read(text).unwrap();
    let written = write(&board).unwrap();
    assert!(written.contains("version: 2"), "{written}");
    assert_eq!(read(&written).unwrap(), board, "{written}");
    let languages: Vec<Language> = board.queries().map(|(_, query)| query.language).collect();
    assert_eq!(languages, Language::ALL);
}

#[test]
fn errors_of_sense_are_all_found_with_their_places() {
    let text = r#"
title: A
time: {from: yesterday}
variables:
  - {name: a b, from: {text: ""}}
panels:
  - id: 1
    grid: {x: 20, w: 8}
    queries: [{letter: A, expr: a}, {letter: A, expr: b}]
  - id: 1
    kind: {stat: {capacity_query: C}}
    repeat: {variable: kind}
"#;
    let errors = read(text).unwrap_err();
    let got: Vec<(u64, u64, &str)> = errors
        .iter()
        .map(|error| (error.line, error.column, error.path.as_str()))
        .collect();
    assert_eq!(
        got,
        [
            (3, 14, "time.from"),
            (5, 12, "variables[0].name"),
            (8, 11, "panels[0].grid"),
            (9, 46, "panels[0].queries[1].letter"),
            (11, 35, "panels[1].kind.stat.capacity_query"),
            (10, 9, "panels[1].id"),
            (12, 24, "panels[1].repeat.variable"),
        ]
    );
}

#[test]
fn what_is_no_yaml_is_an_error_and_no_panic() {
    for text in [
        "",
        "a: [",
        "\t",
        "- 1",
        "title: {",
        "&a [*a]",
        "title: !!binary x",
    ] {
        assert!(read(text).is_err(), "{text:?}");
    }
}

#[test]
fn the_schema_knows_every_kind() {
    let schema = serde_json::to_string(&schema()).unwrap();
    for name in Kind::NAMES {
        assert!(schema.contains(&format!("\"{name}\"")), "{name} is missing");
    }
}

#[test]
fn the_published_schema_is_the_one_of_the_types() {
    let published = include_str!("../../../../docs/board.schema.json");
    let schema = serde_json::to_string_pretty(&schema()).unwrap();
    assert_eq!(
        published.trim_end(),
        schema,
        "write it anew: andon schema > docs/board.schema.json"
    );
}

#[test]
fn the_published_reference_is_the_one_of_the_types() {
    let published = include_str!("../../../../docs/board-reference.md");
    assert!(
        published == reference(),
        "write it anew: andon schema --reference > docs/board-reference.md"
    );
    for name in Kind::NAMES {
        assert!(
            published.contains(&format!("`{name}:`")),
            "{name} is missing"
        );
    }
    assert!(
        !published.contains("[`"),
        "a link that only Rust understands"
    );
}
