//! Grafana's overrides of single series and columns to [`Override`].

use serde_json::{Map, Value};

use crate::color::of_series;
use crate::field;
use crate::helpers::{bare_regex, cells};
use crate::json::Json;
use crate::names::Names;
use crate::report::{PanelReport, Status};
use dashboard::DrawStyle;
use dashboard::{Override, SeriesMatch};
use transform::Pattern;

/// The overrides under `fieldConfig.overrides`.
pub(super) fn import(panel: &Value, names: &Names, report: &mut PanelReport) -> Vec<Override> {
    let mut overrides: Vec<Override> = of_all(panel).into_iter().collect();
    for (entry, index) in panel.list("fieldConfig.overrides").iter().zip(0..) {
        let path = format!(".fieldConfig.overrides[{index}]");
        let properties = properties(entry);
        for of in matches(entry, names, &path, report) {
            overrides.push(one(of, &properties, panel.str("fieldConfig.defaults.unit")));
        }
    }
    overrides
}

/// One colour for all series of a chart.
fn of_all(panel: &Value) -> Option<Override> {
    let color = panel.at("fieldConfig.defaults.color")?;
    let is_fixed = color.str("mode") == "fixed" && panel.str("type") == "timeseries";
    let (color, status_color) = of_series(color.str("fixedColor"));
    (is_fixed && color.is_some() | status_color.is_some()).then(|| Override {
        of: SeriesMatch::Except(Vec::new()),
        color,
        status_color,
        ..Override::default()
    })
}

/// The list of `{id, value}` as an object of the shape of `fieldConfig.defaults`.
fn properties(entry: &Value) -> Value {
    let mut defaults = Map::new();
    let mut custom = Map::new();
    for property in entry.list("properties") {
        let value = property.get("value").cloned().unwrap_or_default();
        match property.str("id").split_once('.') {
            Some(("custom", name)) => custom.insert(name.to_owned(), value),
            _ => defaults.insert(property.str("id").to_owned(), value),
        };
    }
    defaults.insert("custom".to_owned(), Value::Object(custom));
    Value::Object(defaults)
}

fn matches(entry: &Value, names: &Names, path: &str, report: &mut PanelReport) -> Vec<SeriesMatch> {
    let options = entry.str("matcher.options");
    match entry.str("matcher.id") {
        "byName" => vec![SeriesMatch::Name(names.column(options))],
        "byNames" => {
            let all = entry.texts("matcher.options.names");
            let ours = all.iter().map(|name| names.column(name));
            match entry.str("matcher.options.mode") {
                "exclude" => vec![SeriesMatch::Except(ours.collect())],
                _ => ours.map(SeriesMatch::Name).collect(),
            }
        }
        "byRegexp" => {
            if let Ok(pattern) = Pattern::new(&bare_regex(options)) {
                return vec![SeriesMatch::Regex(pattern)];
            }
            let reason = format!("the regular expression `{options}` is not understood");
            report.add(Status::Degraded, &format!("{path}.matcher"), &reason);
            Vec::new()
        }
        "byFrameRefID" => {
            let ref_ids = names.ref_ids(options).into_iter();
            ref_ids.map(SeriesMatch::Query).collect()
        }
        // By the type of the values: times are written as times by themselves.
        "byType" => match options {
            "number" => Pattern::new(".*")
                .into_iter()
                .map(SeriesMatch::Regex)
                .collect(),
            _ => Vec::new(),
        },
        other => {
            let reason = format!("overrides by `{other}` are not carried over");
            report.add(Status::Degraded, &format!("{path}.matcher"), &reason);
            Vec::new()
        }
    }
}

fn one(of: SeriesMatch, options: &Value, panel_unit: &str) -> Override {
    let unit = options.str("unit");
    let (color, status_color) = of_series(options.str("color.fixedColor"));
    Override {
        of,
        field: field::import(options),
        draw: draw(options),
        color,
        status_color,
        stacked: options
            .at("custom.stacking")
            .map(|stacking| stacking.str("mode") != "none"),
        right_axis: match options.str("custom.axisPlacement") {
            "right" => true,
            // As in Grafana, another unit stands on an axis of its own.
            "" | "auto" => !unit.is_empty() && unit != panel_unit,
            _ => false,
        },
        dashed: matches!(options.str("custom.lineStyle.fill"), "dash" | "dot"),
        negative: options.str("custom.transform") == "negative-Y",
        cells: cells(options.at("custom").unwrap_or(&Value::Null)),
        hidden: options.flag("custom.hidden")
            || options.flag("custom.hideFrom.viz")
            || options.str("custom.axisPlacement") == "hidden"
                && options.flag("custom.hideFrom.legend"),
    }
}

fn draw(options: &Value) -> Option<DrawStyle> {
    match options.str("custom.drawStyle") {
        "bars" => Some(DrawStyle::Bars),
        "points" => Some(DrawStyle::Points),
        style => line(options, style == "line"),
    }
}

/// A line in its forms; `None` where nothing is said of it.
fn line(options: &Value, is_line: bool) -> Option<DrawStyle> {
    let fill = options.number("custom.fillOpacity");
    match options.str("custom.lineInterpolation") {
        "stepBefore" | "stepAfter" => Some(DrawStyle::Step),
        _ if fill.is_some_and(|fill| fill > 0.0) => Some(DrawStyle::Area),
        _ if is_line || fill.is_some() => Some(DrawStyle::Line),
        _ => None,
    }
}
