//! One panel of Grafana's to [`Panel`] and what became of it.

use serde_json::Value;

use super::json::Json;
use super::layout::Placed;
use super::names::Names;
use super::report::{PanelReport, Status};
use super::source::{Source, Sources};
use super::{field, legacy, overrides, target, transform};
use crate::field::Health;
use crate::kind::{
    AlertListOptions, BarChartOptions, BoardListOptions, Calculation, DrawStyle, HeatmapOptions,
    HistogramOptions, Kind, LaneOptions, Legend, PieOptions, RowOptions, StatColor, StatOptions,
    StatText, TableOptions, TextOptions, ThresholdStyle, TimeSeriesOptions, UnsupportedOptions,
};
use crate::model::{Panel, PanelTime, Repeat};

/// The panel, and what is to be said of it.
pub(super) fn import(placed: &Placed, sources: &Sources) -> (Panel, PanelReport) {
    let panel = placed.panel;
    let is_old_row = panel.at("type").is_none() && placed.path.starts_with("rows[");
    let is_old_row = is_old_row && !placed.path.contains(".panels[");
    let kind = if is_old_row { "row" } else { panel.str("type") };
    let mut report = PanelReport {
        title: panel.str("title").to_owned(),
        kind: kind.to_owned(),
        datasource: String::new(),
        status: Status::Ok,
        reasons: Vec::new(),
        path: placed.path.clone(),
    };
    let mut imported = Panel {
        id: panel.number("id").unwrap_or(0.0).clamp(0.0, 1e9) as u32,
        title: panel.str("title").to_owned(),
        description: panel.str("description").to_owned(),
        grid: placed.grid,
        time: time(panel),
        links: panel.list("links").iter().filter_map(super::link).collect(),
        repeat: repeat(panel),
        ..Panel::default()
    };
    match kind {
        "row" => {
            let collapsed = panel.flag("collapsed") || panel.flag("collapse");
            imported.kind = Kind::Row(RowOptions { collapsed });
        }
        "text" => imported.kind = text(panel),
        "dashlist" => imported.kind = board_list(panel),
        "alertlist" => imported.kind = alert_list(&mut report),
        _ => with_data(&mut imported, panel, sources, &mut report),
    }
    (imported, report)
}

/// A panel that shows the answers of a source.
fn with_data(imported: &mut Panel, panel: &Value, sources: &Sources, report: &mut PanelReport) {
    let names = Names::of(panel);
    let (queries, source) = target::import(panel, sources, &names, report);
    report.datasource = source.kind.clone();
    imported.queries = queries;
    imported.source = source.name.clone();
    if let Some(reason) = foreign(panel, imported, &source) {
        return unsupported(imported, report, ".datasource", &reason);
    }
    imported.field = field::import(panel.at("fieldConfig.defaults").unwrap_or(&Value::Null));
    imported.overrides = overrides::import(panel, &names, report);
    if !kind(imported, panel, report) {
        let reason = match report.kind.as_str() {
            "" if panel.at("libraryPanel").is_some() => {
                "a library panel lives in Grafana's database: export the dashboard with it"
            }
            "" => "the panel names no type",
            _ => "Andon draws no panels of this type",
        };
        return unsupported(imported, report, ".type", reason);
    }
    imported
        .transformations
        .extend(transform::import(panel, &names, report));
}

/// Why the panel's data cannot be had, if it cannot.
fn foreign(panel: &Value, imported: &Panel, source: &Source) -> Option<String> {
    let has_data = source.is_prometheus() || !imported.queries.is_empty();
    let is_empty = panel.list("targets").is_empty() || source.kind.is_empty();
    if has_data || is_empty && source.name != "-- Dashboard --" {
        return None;
    }
    Some(match source.name.as_str() {
        "-- Dashboard --" => {
            "it shows another panel's answers, which Andon does not share".to_owned()
        }
        _ => format!("Andon reads no data sources of type {}", source.kind),
    })
}

fn unsupported(imported: &mut Panel, report: &mut PanelReport, path: &str, reason: &str) {
    report.add(Status::Unsupported, path, reason);
    imported.queries.clear();
    imported.overrides.clear();
    imported.field = field::import(&Value::Null);
    imported.kind = Kind::Unsupported(UnsupportedOptions {
        kind: report.kind.clone(),
        reason: reason.to_owned(),
    });
}

/// Sets the panel's kind and what belongs to it; `false` where Andon has none.
fn kind(imported: &mut Panel, panel: &Value, report: &mut PanelReport) -> bool {
    imported.kind = match panel.str("type") {
        "timeseries" => Kind::TimeSeries(time_series(panel)),
        "stat" => Kind::Stat(stat(imported, panel)),
        "gauge" => Kind::Gauge(stat(imported, panel)),
        "bargauge" => Kind::BarGauge(stat(imported, panel)),
        "table" => Kind::Table(table(panel)),
        "graph" => return legacy::graph(imported, panel),
        "singlestat" => return legacy::single_stat(imported, panel),
        "table-old" => return legacy::table(imported, panel, report),
        "piechart" | "grafana-piechart-panel" => Kind::Pie(pie(panel)),
        "barchart" => Kind::BarChart(bar_chart(panel)),
        "histogram" => Kind::Histogram(HistogramOptions {
            bucket_size: panel.number("options.bucketSize"),
            combine: panel.flag("options.combine"),
        }),
        "heatmap" => Kind::Heatmap(heatmap(panel)),
        "state-timeline" | "status-history" => lanes(panel),
        _ => return false,
    };
    true
}

fn time(panel: &Value) -> PanelTime {
    PanelTime {
        from: panel.str("timeFrom").trim_start_matches("now-").to_owned(),
        shift: panel.str("timeShift").to_owned(),
        unsaid: panel.flag("hideTimeOverride"),
    }
}

fn repeat(panel: &Value) -> Option<Repeat> {
    let variable = panel.str("repeat");
    (!variable.is_empty()).then(|| Repeat {
        variable: variable.to_owned(),
        vertical: panel.str("repeatDirection") == "v",
        max_per_row: panel.number("maxPerRow").unwrap_or(4.0).clamp(1.0, 24.0) as u16,
    })
}

fn text(panel: &Value) -> Kind {
    let content = [panel.str("options.content"), panel.str("content")];
    let markdown = content.into_iter().find(|content| !content.is_empty());
    Kind::Text(TextOptions {
        markdown: markdown.unwrap_or_default().to_owned(),
    })
}

fn board_list(panel: &Value) -> Kind {
    let tags = [panel.texts("options.tags"), panel.texts("tags")].concat();
    Kind::BoardList(BoardListOptions { tags })
}

fn alert_list(report: &mut PanelReport) -> Kind {
    report.add(
        Status::Degraded,
        ".type",
        "shown are the alerts of the source's own rules, and none of Grafana's",
    );
    Kind::AlertList(AlertListOptions {})
}

fn time_series(panel: &Value) -> TimeSeriesOptions {
    let custom = panel
        .at("fieldConfig.defaults.custom")
        .unwrap_or(&Value::Null);
    let steps = matches!(custom.str("lineInterpolation"), "stepBefore" | "stepAfter");
    let fill = custom.number("fillOpacity").is_some_and(|fill| fill > 0.0);
    TimeSeriesOptions {
        draw: match custom.str("drawStyle") {
            "bars" => DrawStyle::Bars,
            "points" => DrawStyle::Points,
            _ if steps => DrawStyle::Step,
            _ if fill => DrawStyle::Area,
            _ => DrawStyle::Line,
        },
        stacked: custom.str("stacking.mode") == "normal",
        shares: custom.str("stacking.mode") == "percent",
        log_scale: matches!(custom.str("scaleDistribution.type"), "log" | "symlog"),
        linear_below: custom.number("scaleDistribution.linearThreshold"),
        legend: legend(panel),
        thresholds: match custom.str("thresholdsStyle.mode") {
            "line" | "dashed" => ThresholdStyle::Lines,
            "area" | "line+area" | "dashed+area" => ThresholdStyle::Bands,
            _ => ThresholdStyle::Off,
        },
        connect_gaps: match custom.get("spanNulls") {
            Some(Value::Bool(true)) => "always".to_owned(),
            Some(Value::Number(ms)) => crate::duration::format(ms.as_u64().unwrap_or(0)),
            _ => String::new(),
        },
        ..TimeSeriesOptions::default()
    }
}

fn legend(panel: &Value) -> Legend {
    let mode = panel.str("options.legend.displayMode");
    let is_hidden = panel
        .at("options.legend.showLegend")
        .is_some_and(|shown| *shown == false);
    Legend {
        hidden: is_hidden || mode == "hidden",
        table: mode == "table",
        calculations: calculations(panel.list("options.legend.calcs")),
    }
}

fn calculations(names: &[Value]) -> Vec<Calculation> {
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

/// Colours by thresholds are the only ones that mean something.
fn stat(imported: &mut Panel, panel: &Value) -> StatOptions {
    let mode = panel.str("fieldConfig.defaults.color.mode");
    if !matches!(mode, "" | "thresholds") {
        imported.field.base = Health::Unknown;
        imported.field.thresholds.clear();
    }
    let calcs = calculations(panel.list("options.reduceOptions.calcs"));
    StatOptions {
        calculation: calcs.first().copied().unwrap_or_default(),
        each_row: panel.flag("options.reduceOptions.values"),
        sparkline: panel.str("options.graphMode") == "area",
        color: match panel.str("options.colorMode") {
            "background" | "background_solid" => StatColor::Background,
            "none" => StatColor::None,
            _ => StatColor::Value,
        },
        text: match panel.str("options.textMode") {
            "value" => StatText::Value,
            "name" => StatText::Name,
            "value_and_name" => StatText::ValueAndName,
            "none" => StatText::None,
            _ => StatText::Auto,
        },
        ..StatOptions::default()
    }
}

fn table(panel: &Value) -> TableOptions {
    let sort = panel.list("options.sortBy").first();
    TableOptions {
        sort_by: sort.map_or("", |sort| sort.str("displayName")).to_owned(),
        descending: sort.is_some_and(|sort| sort.flag("desc")),
        page_rows: 0,
        color: cells(
            panel
                .at("fieldConfig.defaults.custom")
                .unwrap_or(&Value::Null),
        )
        .unwrap_or(StatColor::None),
    }
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

fn pie(panel: &Value) -> PieOptions {
    let calcs = calculations(panel.list("options.reduceOptions.calcs"));
    let kinds = [panel.str("options.pieType"), panel.str("pieType")];
    PieOptions {
        calculation: calcs.first().copied().unwrap_or_default(),
        each_row: panel.flag("options.reduceOptions.values"),
        donut: kinds.contains(&"donut"),
    }
}

fn bar_chart(panel: &Value) -> BarChartOptions {
    BarChartOptions {
        category: panel.str("options.xField").to_owned(),
        horizontal: panel.str("options.orientation") == "horizontal",
        stacked: matches!(panel.str("options.stacking"), "normal" | "percent"),
    }
}

fn heatmap(panel: &Value) -> HeatmapOptions {
    HeatmapOptions {
        calculate: panel.flag("options.calculate") || panel.str("dataFormat") == "timeseries",
        log_scale: panel.str("options.yAxis.scaleDistribution.type") == "log"
            || panel.number("yAxis.logBase").is_some_and(|base| base > 1.0),
    }
}

fn lanes(panel: &Value) -> Kind {
    let split = panel
        .at("options.mergeValues")
        .is_some_and(|merged| *merged == false);
    match panel.str("type") {
        "state-timeline" => Kind::StateTimeline(LaneOptions { split }),
        _ => Kind::StatusHistory(LaneOptions::default()),
    }
}
