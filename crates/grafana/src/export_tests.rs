//! Boards to dashboards and back.

use crate::*;
use dashboard::Kind;

/// What comes back, but for what Grafana has no place for.
fn check_round_trip(text: &str) {
    let mut board = dashboard::file::read(text).unwrap();
    let exported = export(&board, "farm").to_string();
    let back = import(&exported).unwrap();
    assert_eq!(back.uid, "farm");
    for panel in &mut board.panels {
        match &mut panel.kind {
            Kind::TimeSeries(options) => options.palette = dashboard::Palette::default(),
            Kind::Stat(options) => {
                options.notes.clear();
                options.capacity_query = None;
            }
            _ => {}
        }
    }
    assert_eq!(back.board, board, "{exported}");
}

#[test]
fn what_is_exported_comes_back_the_same() {
    check_round_trip(include_str!("../../../dashboards/node-exporter.yaml"));
    check_round_trip(include_str!("../../../dashboards/choria-provisioner.yaml"));
    check_round_trip(include_str!("../../../dashboards/maestro.yaml"));
    check_round_trip(
        r#"
title: T
tags: [a]
links: [{title: L, url: "https://example.org", keep_time: true, keep_variables: true, new_tab: true}, {title: All, tags: [x, y], keep_variables: true}]
variables:
  - {name: step, from: {interval: [auto, 1m]}, default: [auto], auto_count: 20, auto_min: 10s}
  - {name: node, label: Node, from: {query: "label_values(up, node)"}, source: other, regex: "(.*):.*", multi: true, include_all: true, all_value: ".*"}
  - {name: ds, from: {source: prometheus}}
  - {name: words, from: {text: hello}}
  - {name: site, from: {list: ["a, b : c", d]}, sort: natural, hidden: true}
  - {name: f, from: {filters: [{label: l, op: "=", value: v}]}}
panels:
  - title: A
    grid: {x: 0, y: 0, w: 12, h: 8}
    kind: {timeseries: {draw: step, stacked: true, log_scale: true, linear_below: 1, connect_gaps: 5m, thresholds: bands, legend: {table: true, calculations: [max]}}}
    field:
      unit: s
      mappings:
        - {of: {value: "1"}, text: up, status: good}
        - {of: {range: [2, null]}, text: many}
        - {of: {special: null_or_nan}, text: none}
    overrides:
      - {of: {regex: "a.*"}, draw: bars, stacked: false, right_axis: true, dashed: true, status_color: bad, field: {unit: ms}}
      - {of: {name: b}, hidden: true}
    queries: [{letter: A, expr: a, instant: true, format: table, min_step: 1m}, {letter: B, expr: b, hidden: true}]
    time: {from: 1h, shift: 1d, unsaid: true}
    repeat: {variable: site, vertical: true}
    links: [{title: There, url: "/d/x?v=${site}", keep_time: true, new_tab: true}]
  - {title: L, grid: {x: 12, y: 0, w: 12, h: 8}, kind: table, source: l, queries: [{letter: A, logs: '{a="b"}', legend: "{{a}}"}]}
  - {title: S, grid: {x: 0, y: 8, w: 6, h: 4}, kind: {stat: {columns: "^version$", each_row: true}}, field: {no_value: nothing}}
  - {title: H, grid: {x: 6, y: 8, w: 6, h: 4}, kind: {text: {html: "<p>Hi</p>"}}}
  - {title: F, grid: {x: 12, y: 8, w: 6, h: 4}, kind: {table: {sort_by: a, descending: true, footer: {calculation: sum, columns: [a]}}}}
  - {title: Q, grid: {x: 18, y: 8, w: 6, h: 4}, source: db, queries: [{letter: A, sql: "select 1\nfrom a", format: table}, {letter: B, traces: "{}", source: t}]}
"#,
    );
}
