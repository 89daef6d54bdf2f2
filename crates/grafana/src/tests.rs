//! Dashboards as people have them.

use serde_json::json;
use wire::id::RefId;

use crate::*;
use dashboard::{Kind, Panel};

/// Reads a public dashboard; `None`, and says so, where the fixtures are not here.
fn fixture(path: &str) -> Option<Import> {
    let text = testdata::text(&format!("fixtures/{path}"))?;
    Some(import(&text).unwrap())
}

/// Every Prometheus panel is ok; how many panels have which outcome.
fn check_fixture(path: &str, expected: [usize; 3], variables: usize) {
    let Some(import) = fixture(path) else { return };
    let report = &import.report;
    for panel in report
        .panels
        .iter()
        .filter(|panel| panel.datasource == "prometheus")
    {
        assert_eq!(panel.status, Status::Ok, "{path}: {panel:?}");
    }
    let count = |status| {
        report
            .panels
            .iter()
            .filter(|panel| panel.status == status)
            .count()
    };
    let counts = [Status::Ok, Status::Degraded, Status::Unsupported].map(count);
    assert_eq!(counts, expected, "{path}:\n{report}");
    assert_eq!(import.board.variables.len(), variables, "{path}");
    let written = dashboard::file::write(&import.board).unwrap();
    assert_eq!(
        dashboard::file::read(&written).unwrap(),
        import.board,
        "{path}:\n{written}"
    );
}

#[test]
fn public_dashboards_come_over_whole() {
    check_fixture("choria/grafana_dashboard_provisioner.json", [10, 0, 0], 1);
    check_fixture("maestro/maestro_test_cluster.json", [11, 0, 0], 3);
    check_fixture("mlprod/grafana_dashboard_monitoring.json", [4, 0, 5], 0);
    check_fixture("chall-manager/jaeger_mixin_dashboard.json", [15, 0, 0], 1);
}

pub(super) fn one(panel: &Value) -> (Panel, PanelReport) {
    let document = json!({ "title": "T", "panels": [panel] }).to_string();
    let mut import = import(&document).unwrap();
    (
        import.board.panels.remove(0),
        import.report.panels.remove(0),
    )
}

pub(super) fn check(panel: Value, kind: &str, status: Status, reasons: &[&str]) -> Panel {
    let (imported, report) = one(&panel);
    assert_eq!(imported.kind.name(), kind, "{report:?}");
    assert_eq!(report.status, status, "{report:?}");
    assert_eq!(report.reasons, reasons);
    imported
}

#[test]
fn a_single_stat_becomes_a_stat_with_its_meaning() {
    let panel = check(
        json!({
            "type": "singlestat", "title": "Paused", "datasource": "Prometheus", "format": "none",
            "postfix": " nodes", "colorBackground": true, "colors": ["#299c46", "#d44a3a", "#d44a3a"],
            "thresholds": "1,2", "valueName": "current", "sparkline": {"show": true},
            "valueMaps": [{"op": "=", "text": "N/A", "value": "null"}, {"op": "=", "text": "yes", "value": "1"}],
            "targets": [{"expr": "paused", "instant": true}],
        }),
        "stat",
        Status::Ok,
        &[],
    );
    assert_eq!(panel.field.unit, "suffix:nodes");
    let levels: Vec<f64> = panel
        .field
        .thresholds
        .iter()
        .map(|level| level.value)
        .collect();
    assert_eq!(levels, [1.0, 2.0]);
    assert_eq!(panel.field.mappings.len(), 2);
    assert!(panel.queries[0].instant);
}

#[test]
fn a_graph_keeps_both_axes_and_its_overrides() {
    let panel = check(
        json!({
            "type": "graph", "stack": true, "fill": 2, "nullPointMode": "connected",
            "yaxes": [{"format": "s", "min": "0"}, {"format": "percent"}],
            "seriesOverrides": [{"alias": "/err.*/i", "yaxis": 2, "transform": "negative-Y"}],
            "legend": {"show": true, "avg": true, "current": true},
            "targets": [{"expr": "a", "refId": "X", "legendFormat": "errors"}, {"expr": "", "refId": "Y"}],
        }),
        "timeseries",
        Status::Ok,
        &[],
    );
    assert_eq!(
        (panel.field.unit.as_str(), panel.field.min),
        ("s", Some(0.0))
    );
    let over = &panel.overrides[0];
    assert_eq!(
        over.of,
        dashboard::SeriesMatch::Regex(transform::Pattern::new("(?i)err.*").unwrap())
    );
    assert_eq!(
        (over.right_axis, over.negative, over.field.unit.as_str()),
        (true, true, "percent")
    );
    assert_eq!(panel.queries.len(), 1);
}

#[test]
fn kinds_are_what_they_were() {
    for (kind, ours) in [
        ("heatmap", "heatmap"),
        ("histogram", "histogram"),
        ("piechart", "pie"),
        ("barchart", "bar_chart"),
        ("state-timeline", "state_timeline"),
        ("status-history", "status_history"),
    ] {
        let panel = json!({"type": kind, "targets": [{"expr": "a", "format": "heatmap"}]});
        check(panel, ours, Status::Ok, &[]);
    }
}

#[test]
fn an_old_table_keeps_its_shape() {
    let shape = |transform: &str| {
        let panel = check(
            json!({"type": "table-old", "transform": transform, "columns": [{"text": "Avg", "value": "avg"}],
                "targets": [{"expr": "a"}]}),
            "table",
            Status::Ok,
            &[],
        );
        serde_json::to_string(&panel.transformations).unwrap()
    };
    assert_eq!(shape("timeseries_to_rows"), r#"["series_to_rows"]"#);
    assert_eq!(shape("timeseries_to_columns"), r#"[{"join":{}}]"#);
    let reduced = r#"[{"reduce":{"calculations":["mean"]}}]"#;
    assert_eq!(shape("timeseries_aggregations"), reduced);
}

#[test]
fn series_that_a_reader_has_hidden_stay_hidden() {
    let panel = check(
        json!({"type": "timeseries", "targets": [{"expr": "a"}], "fieldConfig": {"overrides": [{
            "__systemRef": "hideSeriesFrom",
            "matcher": {"id": "byNames", "options": {"mode": "exclude", "names": ["a"]}},
            "properties": [{"id": "custom.hideFrom", "value": {"viz": true}}]}]}}),
        "timeseries",
        Status::Ok,
        &[],
    );
    assert!(panel.overrides[0].hidden);
    assert_eq!(panel.overrides_of_series("a", RefId('A')), [0u16; 0]);
    assert_eq!(panel.overrides_of_series("b", RefId('A')), [0]);
}

#[test]
fn a_stat_shows_the_column_that_is_meant() {
    for (fields, expected) in [
        ("", None),
        ("/^version$/", Some("^version$")),
        ("Value #long name", Some("^Value \\#B$")),
        ("/.*/", Some(".*")),
    ] {
        let panel = check(
            json!({"type": "stat", "options": {"reduceOptions": {"fields": fields}}, "targets": [
                {"expr": "a", "refId": "A"}, {"expr": "b", "refId": "long name"}]}),
            "stat",
            Status::Ok,
            &[],
        );
        let columns = panel.shows_columns().map(transform::Pattern::as_str);
        assert_eq!(columns, expected, "{fields}");
    }
}

#[test]
fn what_is_lost_without_harm_is_said_too() {
    check(
        json!({"type": "timeseries", "targets": [{"expr": "a"}], "alert": {"name": "x"}, "fieldConfig": {"overrides": [
            {"matcher": {"id": "byName", "options": "a"}, "properties": [
                {"id": "custom.width", "value": 3}, {"id": "custom.fillBelowTo", "value": "b"}]}]}}),
        "timeseries",
        Status::Ok,
        &[
            "panels[0].fieldConfig.overrides[0]: `custom.fillBelowTo` is not carried over",
            "panels[0].alert: Grafana's alert rule is not carried over",
        ],
    );
    check(
        json!({"type": "stat", "targets": [{"expr": "a"}], "options": {"reduceOptions": {"calcs": ["p95"]}}}),
        "stat",
        Status::Degraded,
        &[
            "panels[0].options.reduceOptions.calcs: `p95` is not calculated: the last value is shown",
        ],
    );
}

#[test]
fn what_is_lost_is_said_with_its_place() {
    check(
        json!({"type": "geomap", "datasource": {"type": "prometheus"}, "targets": [{"expr": "a"}]}),
        "unsupported",
        Status::Unsupported,
        &["panels[0].type: Andon draws no panels of this type"],
    );
    check(
        json!({"type": "timeseries", "datasource": {"type": "graphite"}, "targets": [{"target": "a.b"}]}),
        "unsupported",
        Status::Unsupported,
        &["panels[0].datasource: Andon reads no data sources of type graphite"],
    );
    check(
        json!({"type": "graph", "targets": [{"metric": "cpu", "aggregator": "avg", "refId": "A"}]}),
        "unsupported",
        Status::Unsupported,
        &["panels[0].datasource: its queries are in no language that Andon knows"],
    );
    check(
        json!({"type": "timeseries", "datasource": "-- Mixed --", "targets": [
            {"expr": "a", "datasource": {"type": "prometheus"}},
            {"rawSql": "SELECT 1", "datasource": {"type": "postgres"}},
            {"type": "math", "expression": "$A", "datasource": {"type": "__expr__", "uid": "__expr__"}},
        ]}),
        "timeseries",
        Status::Degraded,
        &[
            "panels[0].targets[2]: the expression is not computed: there is no query `A`",
            "panels[0].targets[1]: kept as `sql` (SQL), hidden, since Andon has no sources of type postgres yet",
        ],
    );
}

#[test]
fn whatever_stands_in_a_panel_it_is_imported() {
    for panel in [
        json!({}),
        json!(null),
        json!(7),
        json!({"type": 3}),
        json!({"type": "timeseries", "targets": 5}),
        json!({"gridPos": {"x": 99, "y": -3, "w": 99, "h": 0}, "type": "stat"}),
        json!({"type": "row", "panels": [{"type": "stat", "gridPos": {"y": 1e99}}]}),
        json!({"type": "table", "fieldConfig": {"overrides": [null, {"matcher": {"id": "byRegexp", "options": "("}}]}}),
    ] {
        let document = json!({ "title": "T", "panels": [panel] }).to_string();
        let import = import(&document).unwrap();
        let written = dashboard::file::write(&import.board).unwrap();
        dashboard::file::read(&written).unwrap_or_else(|errors| panic!("{document}: {errors:?}"));
    }
}

#[test]
fn rows_of_both_forms_give_a_grid_without_overlap() {
    let old = json!({"title": "T", "rows": [
        {"title": "R", "showTitle": true, "height": "380px", "panels": [
            {"type": "graph", "span": 8}, {"type": "graph", "span": 4}, {"type": "graph", "span": 12}]},
        {"panels": [{"type": "text", "span": 3, "height": 76}]},
    ]});
    let new = json!({"title": "T", "panels": [
        {"type": "row", "collapsed": true, "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}, "panels": [
            {"type": "graph", "gridPos": {"x": 0, "y": 1, "w": 24, "h": 9}}]},
        {"type": "row", "gridPos": {"x": 0, "y": 1, "w": 24, "h": 1}},
        {"type": "graph", "gridPos": {"x": 0, "y": 2, "w": 12, "h": 5}},
    ]});
    let tops = |document: Value| -> Vec<u16> {
        let import = import(&document.to_string()).unwrap();
        import
            .board
            .panels
            .iter()
            .map(|panel| panel.grid.y)
            .collect()
    };
    assert_eq!(tops(old), [0, 1, 1, 11, 21]);
    assert_eq!(tops(new), [0, 1, 10, 11]);
}

fn v2_resource() -> Value {
    json!({
        "apiVersion": "dashboard.grafana.app/v2beta1", "kind": "Dashboard",
        "metadata": {"name": "farm"},
        "spec": {
            "title": "Farm",
            "elements": {"panel-1": {"kind": "Panel", "spec": {
                "id": 7, "title": "Rate",
                "data": {"kind": "QueryGroup", "spec": {"queries": [{"kind": "PanelQuery", "spec": {
                    "refId": "A", "query": {"kind": "DataQuery", "group": "prometheus",
                        "datasource": {"name": "prom"}, "spec": {"expr": "rate(a[1m])"}}}}]}},
                "vizConfig": {"kind": "VizConfig", "group": "timeseries", "spec": {
                    "fieldConfig": {"defaults": {"unit": "ops"}}}}}}},
            "layout": {"kind": "RowsLayout", "spec": {"rows": [{"kind": "RowsLayoutRow", "spec": {
                "title": "R", "layout": {"kind": "GridLayout", "spec": {"items": [{"kind": "GridLayoutItem",
                    "spec": {"x": 0, "y": 0, "width": 24, "height": 8, "element": {"name": "panel-1"}}}]}}}}]}},
            "variables": [{"kind": "QueryVariable", "spec": {"name": "job", "multi": true,
                "query": {"kind": "DataQuery", "group": "prometheus", "spec": {"query": "label_values(job)"}}}}],
            "timeSettings": {"from": "now-3h", "to": "now"},
        },
    })
}

#[test]
fn the_v2_resource_is_read_like_the_classic_form() {
    let import = import(&v2_resource().to_string()).unwrap();
    assert_eq!(
        (import.uid.as_str(), import.board.time.from.as_str()),
        ("farm", "now-3h")
    );
    let panel = &import.board.panels[1];
    assert!(matches!(panel.kind, Kind::TimeSeries(_)));
    assert_eq!(
        (panel.id.0, panel.grid.y, panel.source.as_str()),
        (7, 1, "prom")
    );
    assert_eq!(
        (panel.queries[0].text.as_str(), panel.field.unit.as_str()),
        ("rate(a[1m])", "ops")
    );
    assert_eq!(import.board.variables[0].name, "job");
    assert!(
        import
            .report
            .panels
            .iter()
            .all(|panel| panel.status == Status::Ok)
    );
}

#[test]
fn what_is_no_dashboard_is_refused() {
    for text in ["", "[]", "{}", "{\"title\": \"T\"}", "null"] {
        assert!(import(text).is_err(), "{text}");
    }
    assert!(import("title: Ours\npanels: []\n").is_err());
}

#[test]
fn a_zone_that_there_is_not_is_noted() {
    let zone = |name: &str| {
        let document = json!({ "title": "T", "panels": [], "timezone": name }).to_string();
        let import = import(&document).unwrap();
        (import.board.time.zone, import.report.notes)
    };
    assert_eq!(zone("Europe/Berlin"), ("Europe/Berlin".into(), vec![]));
    let note = "timezone: there is no time zone `Mars/Base`".to_owned();
    assert_eq!(zone("Mars/Base"), (String::new(), vec![note]));
}
