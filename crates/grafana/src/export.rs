//! A [`Board`] to a dashboard of Grafana's, classic form, schema version 39.
//!
//! Contract: what [`super::import`] reads back is the same board, but for what
//! Grafana has no place for: palettes, a stat's notes and capacity, annotations
//! that the file itself lists, searches of events.

use serde_json::{Map, Value, json};

use crate::color::of_number;
use crate::helpers::{color, datasource};
use crate::{annotation, transformation_export, variable_export};
use dashboard::{Board, Format, Link, Panel, PanelQuery};
use dashboard::{
    Calculation, DrawStyle, Kind, StatColor, StatOptions, StatText, TableOptions, ThresholdStyle,
    TimeSeriesOptions,
};
use dashboard::{Field, Health, MappedValue, Mapping, Override, SeriesMatch, SpecialValue};
use query::Language;
use transform::Pattern;

/// The board as a dashboard.
pub fn export(board: &Board, uid: &str) -> Value {
    json!({
        "uid": uid,
        "title": board.title,
        "description": board.description,
        "tags": board.tags,
        "links": board.links.iter().map(link).collect::<Vec<_>>(),
        "time": { "from": board.time.from, "to": board.time.to },
        "timezone": board.time.zone,
        "refresh": dashboard::duration::format(board.time.refresh_ms),
        "schemaVersion": 39,
        "annotations": { "list": board.annotations.iter().filter_map(annotation::export).collect::<Vec<_>>() },
        "templating": { "list": board.variables.iter().map(variable_export::export).collect::<Vec<_>>() },
        "panels": board.panels.iter().map(panel).collect::<Vec<_>>(),
    })
}

fn link(link: &Link) -> Value {
    let is_list = !link.tags.is_empty() || link.url.is_empty();
    json!({
        "type": if is_list { "dashboards" } else { "link" },
        "title": link.title,
        "url": link.url,
        "tags": link.tags,
        "keepTime": link.keep_time,
        "includeVars": link.keep_variables,
        "targetBlank": link.new_tab,
    })
}

fn panel(panel: &Panel) -> Value {
    let grid = panel.grid;
    let mut out = json!({
        "id": panel.id,
        "title": panel.title,
        "description": panel.description,
        "type": kind_name(&panel.kind),
        "gridPos": { "x": grid.x, "y": grid.y, "w": grid.w, "h": grid.h },
        "links": panel.links.iter().map(link).collect::<Vec<_>>(),
        "targets": panel.queries.iter().filter_map(|query| target(panel, query)).collect::<Vec<_>>(),
        "fieldConfig": {
            "defaults": defaults(panel),
            "overrides": panel.overrides.iter().map(over).collect::<Vec<_>>(),
        },
        "options": options(&panel.kind),
        "transformations": panel.transformations.iter().map(transformation_export::export).collect::<Vec<_>>(),
        "timeFrom": panel.time.from,
        "timeShift": panel.time.shift,
        "hideTimeOverride": panel.time.hidden_in_head,
    });
    match &panel.kind {
        Kind::Row(row) => out["collapsed"] = row.collapsed.into(),
        Kind::Text(_) => {}
        _ if panel.queries.iter().any(|query| !query.source.is_empty()) => {
            out["datasource"] = json!({ "type": "datasource", "uid": "-- Mixed --" });
        }
        _ => {
            let language = panel.queries.first().map(|query| query.language);
            out["datasource"] = datasource(language.unwrap_or_default(), &panel.source);
        }
    }
    if let Some(repeat) = &panel.repeat {
        out["repeat"] = repeat.variable.as_str().into();
        out["repeatDirection"] = if repeat.vertical { "v" } else { "h" }.into();
        out["maxPerRow"] = repeat.max_per_row.into();
    }
    out
}

fn kind_name(kind: &Kind) -> &str {
    match kind {
        Kind::BarGauge(_) => "bargauge",
        Kind::BarChart(_) => "barchart",
        Kind::Pie(_) => "piechart",
        Kind::StateTimeline(_) => "state-timeline",
        Kind::StatusHistory(_) => "status-history",
        Kind::AlertList(_) => "alertlist",
        Kind::BoardList(_) => "dashlist",
        Kind::Unsupported(options) => &options.kind,
        same => same.name(),
    }
}

/// `None` of a query that no data source of Grafana's reads.
fn target(panel: &Panel, query: &PanelQuery) -> Option<Value> {
    let key = match query.language {
        Language::PromQl | Language::LogQl => "expr",
        Language::Sql => "rawSql",
        Language::Traces => "query",
        Language::Events => return None,
    };
    let mut target = json!({
        "datasource": datasource(query.language, query.source_of(panel)),
        "refId": query.ref_id.to_string(),
        "legendFormat": query.legend,
        "hide": query.hidden,
        "instant": query.instant,
        "interval": query.min_step,
        "format": match query.format {
            Format::Series => "time_series",
            Format::Table => "table",
            Format::Heatmap => "heatmap",
        },
    });
    target[key] = query.text.as_str().into();
    if query.language == Language::Sql {
        target["rawQuery"] = true.into();
    }
    Some(target)
}

fn defaults(panel: &Panel) -> Value {
    let mut defaults = field(&panel.field);
    if let Kind::TimeSeries(options) = &panel.kind {
        defaults.insert("custom".to_owned(), time_series(options));
    }
    if let Kind::Table(options) = &panel.kind {
        let cells = json!({ "cellOptions": { "type": cells(options.color) } });
        defaults.insert("custom".to_owned(), cells);
    }
    Value::Object(defaults)
}

fn field(field: &Field) -> Map<String, Value> {
    let base = json!({ "value": null, "color": color(field.base) });
    let levels = field.thresholds.iter();
    let levels = levels.map(|level| json!({ "value": level.value, "color": color(level.status) }));
    let steps: Vec<Value> = [base].into_iter().chain(levels).collect();
    let links: Vec<Value> = field.links.iter().map(link).collect();
    let all = json!({
        "unit": field.unit,
        "decimals": field.decimals,
        "min": field.min,
        "max": field.max,
        "noValue": field.no_value,
        "displayName": field.name,
        "mappings": field.mappings.iter().map(mapping).collect::<Vec<_>>(),
        "thresholds": { "mode": "absolute", "steps": steps },
        "links": links,
    });
    match all {
        Value::Object(all) => all
            .into_iter()
            .filter(|(_, value)| is_said(value))
            .collect(),
        _ => Map::new(),
    }
}

fn is_said(value: &Value) -> bool {
    !(value.is_null() || *value == "" || value.as_array().is_some_and(Vec::is_empty))
}

fn mapping(mapping: &Mapping) -> Value {
    let result = json!({ "text": mapping.text, "color": color(mapping.status) });
    match &mapping.of {
        MappedValue::Value(value) => json!({ "type": "value", "options": { value: result } }),
        MappedValue::Range(from, to) => {
            json!({ "type": "range", "options": { "from": from, "to": to, "result": result } })
        }
        MappedValue::Regex(pattern) => {
            json!({ "type": "regex", "options": { "pattern": pattern.as_str(), "result": result } })
        }
        MappedValue::Special(special) => {
            let name = match special {
                SpecialValue::Null => "null",
                SpecialValue::Nan => "nan",
                SpecialValue::NullOrNan => "null+nan",
                SpecialValue::Empty => "empty",
                SpecialValue::True => "true",
                SpecialValue::False => "false",
            };
            json!({ "type": "special", "options": { "match": name, "result": result } })
        }
    }
}

fn time_series(options: &TimeSeriesOptions) -> Value {
    let gaps = match options.connect_gaps.as_str() {
        "" => Value::Bool(false),
        "always" => Value::Bool(true),
        text => dashboard::duration::parse(text).unwrap_or(0).into(),
    };
    let scale = match (options.log_scale, options.linear_below) {
        (true, Some(below)) => json!({ "type": "symlog", "log": 10, "linearThreshold": below }),
        (true, None) => json!({ "type": "log", "log": 10 }),
        (false, _) => json!({ "type": "linear" }),
    };
    let mut custom = draw(options.draw);
    let rest = json!({
        "stacking": { "mode": stacking(options) },
        "scaleDistribution": scale,
        "spanNulls": gaps,
        "thresholdsStyle": { "mode": match options.thresholds {
            ThresholdStyle::Lines => "line",
            ThresholdStyle::Bands => "line+area",
            ThresholdStyle::Off => "off",
        } },
    });
    if let Value::Object(rest) = rest {
        custom.extend(rest);
    }
    Value::Object(custom)
}

fn stacking(options: &TimeSeriesOptions) -> &'static str {
    match (options.shares, options.stacked) {
        (true, _) => "percent",
        (false, true) => "normal",
        (false, false) => "none",
    }
}

fn draw(draw: DrawStyle) -> Map<String, Value> {
    let (style, interpolation, fill) = match draw {
        DrawStyle::Line => ("line", "linear", 0),
        DrawStyle::Area => ("line", "linear", 10),
        DrawStyle::Step => ("line", "stepAfter", 0),
        DrawStyle::Bars => ("bars", "linear", 100),
        DrawStyle::Points => ("points", "linear", 0),
    };
    let entries = [
        ("drawStyle", Value::from(style)),
        ("lineInterpolation", interpolation.into()),
        ("fillOpacity", fill.into()),
    ];
    entries
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

fn over(over: &Override) -> Value {
    let (id, options) = match &over.of {
        SeriesMatch::Name(name) => ("byName", json!(name)),
        SeriesMatch::Except(names) => ("byNames", json!({ "mode": "exclude", "names": names })),
        SeriesMatch::Regex(pattern) => ("byRegexp", json!(pattern.as_str())),
        SeriesMatch::Query(ref_id) => ("byFrameRefID", json!(ref_id.to_string())),
    };
    let mut said = field(&over.field);
    if over.field.thresholds.is_empty() && over.field.base == Health::Unknown {
        said.remove("thresholds");
    }
    said.extend(looks(over));
    let properties: Vec<Value> = said
        .into_iter()
        .map(|(id, value)| json!({ "id": id, "value": value }))
        .collect();
    json!({ "matcher": { "id": id, "options": options }, "properties": properties })
}

/// How an override has its series drawn, by the ids of Grafana's properties.
fn looks(over: &Override) -> Vec<(String, Value)> {
    let stacking = if over.stacked == Some(true) {
        "normal"
    } else {
        "none"
    };
    let of_number = over.color.and_then(of_number);
    let color = over.status_color.map(color).or(of_number);
    let all = [
        (
            over.stacked.is_some(),
            "custom.stacking",
            json!({ "mode": stacking }),
        ),
        (over.right_axis, "custom.axisPlacement", json!("right")),
        // Without a place, another unit would get an axis of its own.
        (
            !over.right_axis && !over.field.unit.is_empty(),
            "custom.axisPlacement",
            json!("left"),
        ),
        (over.dashed, "custom.lineStyle", json!({ "fill": "dash" })),
        (over.negative, "custom.transform", json!("negative-Y")),
        (
            over.cells.is_some(),
            "custom.cellOptions",
            json!({ "type": over.cells.map(cells) }),
        ),
        (over.hidden, "custom.hideFrom", json!({ "viz": true })),
        (
            color.is_some(),
            "color",
            json!({ "mode": "fixed", "fixedColor": color }),
        ),
    ];
    let said = all.into_iter().filter(|(is_said, ..)| *is_said);
    let said = said.map(|(_, id, value)| (id.to_owned(), value));
    let drawn = over.draw.map(draw).into_iter().flatten();
    let drawn = drawn.map(|(name, value)| (format!("custom.{name}"), value));
    said.chain(drawn).collect()
}

fn options(kind: &Kind) -> Value {
    match kind {
        Kind::TimeSeries(options) => json!({ "legend": {
            "showLegend": !options.legend.hidden,
            "displayMode": if options.legend.table { "table" } else { "list" },
            "calcs": options.legend.calculations.iter().map(|calculation| calculation.id()).collect::<Vec<_>>(),
        } }),
        Kind::Stat(options) | Kind::Gauge(options) | Kind::BarGauge(options) => stat(options),
        Kind::Text(options) if !options.html.is_empty() => {
            json!({ "mode": "html", "content": options.html })
        }
        Kind::Text(options) => json!({ "mode": "markdown", "content": options.markdown }),
        Kind::Table(options) => table(options),
        Kind::Pie(options) => json!({
            "pieType": if options.donut { "donut" } else { "pie" },
            "reduceOptions": reduction(options.calculation, options.each_row, options.columns.as_ref()),
        }),
        Kind::BarChart(options) => json!({
            "xField": options.category,
            "orientation": if options.horizontal { "horizontal" } else { "vertical" },
            "stacking": if options.stacked { "normal" } else { "none" },
        }),
        Kind::Histogram(options) => {
            json!({ "bucketSize": options.bucket_size, "combine": options.combine })
        }
        Kind::Heatmap(options) => json!({
            "calculate": options.calculate,
            "yAxis": { "scaleDistribution": { "type": if options.log_scale { "log" } else { "linear" } } },
        }),
        Kind::StateTimeline(options) => json!({ "mergeValues": !options.split }),
        _ => json!({}),
    }
}

/// The type of a table's cells.
fn cells(color: StatColor) -> &'static str {
    match color {
        StatColor::Value => "color-text",
        StatColor::Background => "color-background",
        StatColor::None => "auto",
    }
}

fn table(options: &TableOptions) -> Value {
    let mut out = json!({});
    if !options.sort_by.is_empty() {
        out["sortBy"] = json!([{ "displayName": options.sort_by, "desc": options.descending }]);
    }
    if let Some(footer) = &options.footer {
        let reducer = [footer.calculation.id()];
        out["footer"] = json!({ "show": true, "reducer": reducer, "fields": footer.columns });
    }
    out
}

fn reduction(calculation: Calculation, each_row: bool, columns: Option<&Pattern>) -> Value {
    let fields = columns.map(|columns| format!("/{}/", columns.as_str()));
    json!({ "calcs": [calculation.id()], "values": each_row, "fields": fields.unwrap_or_default() })
}

fn stat(options: &StatOptions) -> Value {
    json!({
        "reduceOptions": reduction(options.calculation, options.each_row, options.columns.as_ref()),
        "graphMode": if options.sparkline { "area" } else { "none" },
        "colorMode": match options.color {
            StatColor::Value => "value",
            StatColor::Background => "background",
            StatColor::None => "none",
        },
        "textMode": match options.text {
            StatText::Auto => "auto",
            StatText::Value => "value",
            StatText::Name => "name",
            StatText::ValueAndName => "value_and_name",
            StatText::None => "none",
        },
    })
}
