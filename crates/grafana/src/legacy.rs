//! Panels of Grafana's first years: `graph`, `singlestat`, `table-old`.

use serde_json::Value;

use crate::color::{health, of_series};
use crate::field::decimals;
use crate::helpers::{bare_regex, calculation};
use crate::json::Json;
use crate::legacy_mapping::old_mappings;
use crate::report::{PanelReport, Status};
use dashboard::{
    Calculation, DrawStyle, HistogramOptions, Kind, Legend, StatColor, StatOptions, StatText,
    TableOptions, ThresholdStyle, TimeSeriesOptions,
};
use dashboard::{Field, Health, Override, SeriesMatch, Threshold};
use dashboard::{Format, Panel};
use transform::Pattern;
use transform::{Join, Reduce, Transformation};

/// `graph`: curves with two axes.
pub(super) fn graph(imported: &mut Panel, panel: &Value) -> bool {
    let left = panel.list("yaxes").first().unwrap_or(&Value::Null);
    imported.field = axis(left);
    imported.field.decimals = decimals(panel);
    imported.field.thresholds = graph_thresholds(panel);
    if imported.field.unit.is_empty() {
        imported.field.unit = panel.str("y_formats.0").to_owned();
    }
    imported.overrides = [alias_colors(panel), series_overrides(panel)].concat();
    imported.kind = match panel.str("xaxis.mode") {
        "series" => Kind::BarGauge(StatOptions {
            calculation: panel
                .texts("xaxis.values")
                .first()
                .and_then(|id| calculation(id))
                .unwrap_or(Calculation::Sum),
            color: StatColor::None,
            ..StatOptions::default()
        }),
        "histogram" => Kind::Histogram(HistogramOptions {
            combine: true,
            ..HistogramOptions::default()
        }),
        _ => Kind::TimeSeries(graph_options(panel, left)),
    };
    true
}

fn graph_options(panel: &Value, left: &Value) -> TimeSeriesOptions {
    let connected = panel.str("nullPointMode") == "connected";
    TimeSeriesOptions {
        draw: graph_draw(panel),
        stacked: panel.flag("stack"),
        shares: panel.flag("stack") && panel.flag("percentage"),
        log_scale: left.number("logBase").is_some_and(|base| base > 1.0),
        legend: graph_legend(panel),
        thresholds: ThresholdStyle::Bands,
        connect_gaps: if connected { "always" } else { "" }.to_owned(),
        ..TimeSeriesOptions::default()
    }
}

fn axis(axis: &Value) -> Field {
    Field {
        unit: axis.str("format").to_owned(),
        min: axis.number("min"),
        max: axis.number("max"),
        ..Field::default()
    }
}

fn graph_draw(panel: &Value) -> DrawStyle {
    let has_lines = panel.at("lines").is_none_or(|lines| *lines == true);
    let fill = panel.number("fill").unwrap_or(1.0) > 0.0;
    if panel.flag("bars") {
        DrawStyle::Bars
    } else if !has_lines && panel.flag("points") {
        DrawStyle::Points
    } else if panel.flag("steppedLine") {
        DrawStyle::Step
    } else if fill {
        DrawStyle::Area
    } else {
        DrawStyle::Line
    }
}

fn graph_legend(panel: &Value) -> Legend {
    let names = ["current", "min", "max", "avg", "total"];
    let written = names
        .iter()
        .filter(|name| panel.flag(&format!("legend.{name}")));
    Legend {
        hidden: panel.at("legend.show").is_some_and(|shown| *shown == false),
        table: panel.flag("legend.alignAsTable"),
        calculations: written.filter_map(|name| calculation(name)).collect(),
    }
}

fn threshold_health(threshold: &Value) -> Health {
    match threshold.str("colorMode") {
        "critical" => Health::Bad,
        "warning" => Health::Warning,
        "ok" => Health::Good,
        _ => health(threshold.str("lineColor")),
    }
}

fn graph_thresholds(panel: &Value) -> Vec<Threshold> {
    let thresholds = panel.list("thresholds").iter();
    let mut thresholds: Vec<Threshold> = thresholds
        .filter_map(|threshold| {
            Some(Threshold {
                value: threshold.number("value")?,
                status: threshold_health(threshold),
                label: String::new(),
            })
        })
        .collect();
    thresholds.sort_by(|a, b| a.value.total_cmp(&b.value));
    thresholds
}

/// What series are coloured by their names.
fn alias_colors(panel: &Value) -> Vec<Override> {
    let colors = panel.at("aliasColors").and_then(Value::as_object);
    let colors = colors.into_iter().flatten().filter_map(|(alias, color)| {
        let (color, status_color) = of_series(color.as_str()?);
        Some(Override {
            of: SeriesMatch::Name(alias.clone()),
            color,
            status_color,
            ..Override::default()
        })
    });
    colors
        .filter(|over| over.color.is_some() || over.status_color.is_some())
        .collect()
}

/// An alias between slashes is a regular expression.
fn series_overrides(panel: &Value) -> Vec<Override> {
    let right = panel.list("yaxes").get(1).map(axis).unwrap_or_default();
    let overrides = panel.list("seriesOverrides").iter();
    overrides
        .filter(|entry| !entry.str("alias").is_empty())
        .map(|entry| {
            let alias = entry.str("alias");
            let pattern = bare_regex(alias);
            let regex = Pattern::new(&pattern).ok().filter(|_| pattern != alias);
            let right_axis = entry.number("yaxis") == Some(2.0);
            let (color, status_color) = of_series(entry.str("color"));
            Override {
                of: match regex {
                    Some(regex) => SeriesMatch::Regex(regex),
                    None => SeriesMatch::Name(alias.to_owned()),
                },
                field: if right_axis {
                    right.clone()
                } else {
                    Field::default()
                },
                draw: series_draw(entry),
                color,
                status_color,
                stacked: entry.at("stack").map(|stack| *stack != false),
                right_axis,
                dashed: entry.flag("dashes"),
                negative: entry.str("transform") == "negative-Y",
                cells: None,
                hidden: entry.flag("hiddenSeries"),
            }
        })
        .collect()
}

fn series_draw(entry: &Value) -> Option<DrawStyle> {
    if entry.flag("bars") {
        Some(DrawStyle::Bars)
    } else if entry.flag("points") && entry.get("lines").is_some_and(|lines| *lines == false) {
        Some(DrawStyle::Points)
    } else {
        let fill = entry.number("fill")?;
        Some(if fill > 0.0 {
            DrawStyle::Area
        } else {
            DrawStyle::Line
        })
    }
}

/// `singlestat`: one big figure.
pub(super) fn single_stat(imported: &mut Panel, panel: &Value, report: &mut PanelReport) -> bool {
    let has_color = panel.flag("colorValue") || panel.flag("colorBackground");
    let is_gauge = panel.flag("gauge.show");
    let (base, thresholds) = single_stat_thresholds(panel);
    let colored = has_color || is_gauge;
    imported.field = Field {
        unit: single_stat_unit(panel),
        decimals: decimals(panel),
        min: panel.number("gauge.minValue").filter(|_| is_gauge),
        max: panel.number("gauge.maxValue").filter(|_| is_gauge),
        base: if colored { base } else { Health::Unknown },
        thresholds: if colored { thresholds } else { Vec::new() },
        mappings: old_mappings(panel),
        ..Field::default()
    };
    single_stat_words(panel, &imported.field.unit, report);
    let options = StatOptions {
        calculation: single_stat_calculation(panel, report),
        columns: single_stat_column(panel),
        text: match panel.str("valueName") {
            "name" => StatText::Name,
            _ => StatText::Auto,
        },
        sparkline: panel.flag("sparkline.show"),
        color: match (panel.flag("colorBackground"), panel.flag("colorValue")) {
            (true, _) => StatColor::Background,
            (false, true) => StatColor::Value,
            (false, false) => StatColor::None,
        },
        ..StatOptions::default()
    };
    imported.kind = if is_gauge {
        Kind::Gauge(options)
    } else {
        Kind::Stat(options)
    };
    true
}

fn single_stat_calculation(panel: &Value, report: &mut PanelReport) -> Calculation {
    match panel.str("valueName") {
        "" => Calculation::Mean,
        "name" => Calculation::Last,
        id => calculation(id).unwrap_or_else(|| {
            let reason = format!("`{id}` is not calculated: the last value is shown");
            report.add(Status::Degraded, ".valueName", &reason);
            Calculation::Last
        }),
    }
}

/// Of a table, the column that is shown.
fn single_stat_column(panel: &Value) -> Option<Pattern> {
    let column = panel.str("tableColumn");
    let mut targets = panel.list("targets").iter();
    let is_meant = !column.is_empty() && targets.any(|target| target.str("format") == "table");
    Pattern::exactly(column).filter(|_| is_meant)
}

/// The unit, or the words before or after the figure where it has none.
fn single_stat_unit(panel: &Value) -> String {
    let unit = panel.str("format");
    let is_bare = matches!(unit, "" | "none" | "short");
    match (panel.str("prefix").trim(), panel.str("postfix").trim()) {
        (_, postfix) if is_bare && !postfix.is_empty() => format!("suffix:{postfix}"),
        (prefix, _) if is_bare && !prefix.is_empty() => format!("prefix:{prefix}"),
        _ => unit.to_owned(),
    }
}

/// Words around the figure for which it has no room.
fn single_stat_words(panel: &Value, unit: &str, report: &mut PanelReport) {
    for key in ["prefix", "postfix"] {
        let word = panel.str(key).trim();
        if !word.is_empty() && !unit.ends_with(word) {
            report.remark(&format!(".{key}"), &format!("`{word}` is not written"));
        }
    }
}

/// `"50,80"` with three colours.
fn single_stat_thresholds(panel: &Value) -> (Health, Vec<Threshold>) {
    let values = panel.str("thresholds").split(',');
    old_thresholds(panel, values.filter_map(|value| value.trim().parse().ok()))
}

/// `["50", "80"]` with three colours, where they colour anything.
fn style_thresholds(style: &Value) -> (Health, Vec<Threshold>) {
    if style.str("colorMode").is_empty() {
        return (Health::Unknown, Vec::new());
    }
    let numbers = style.list("thresholds").iter().filter_map(|value| {
        value
            .as_f64()
            .or_else(|| value.as_str()?.trim().parse().ok())
    });
    old_thresholds(style, numbers)
}

/// The first of the `colors` is that below every level.
fn old_thresholds(of: &Value, values: impl Iterator<Item = f64>) -> (Health, Vec<Threshold>) {
    let colors = of.texts("colors").into_iter();
    let mut colors = colors.map(|color| health(&color));
    let base = colors.next().unwrap_or_default();
    let thresholds = values.zip(colors).map(|(value, status)| Threshold {
        value,
        status,
        label: String::new(),
    });
    let mut thresholds: Vec<Threshold> = thresholds.collect();
    thresholds.sort_by(|a, b| a.value.total_cmp(&b.value));
    (base, thresholds)
}

/// `table-old`: columns by styles.
pub(super) fn table(imported: &mut Panel, panel: &Value, report: &mut PanelReport) -> bool {
    let steps = match panel.str("transform") {
        "" | "table" => Vec::new(),
        "timeseries_to_rows" => vec![Transformation::SeriesToRows],
        "timeseries_to_columns" => vec![Transformation::Join(Join::default())],
        "timeseries_aggregations" => vec![aggregations(panel)],
        other => {
            let reason = format!("the transformation `{other}` is not applied");
            report.add(Status::Degraded, ".transform", &reason);
            Vec::new()
        }
    };
    let are_tables = imported
        .queries
        .iter()
        .all(|query| query.format == Format::Table);
    if !are_tables {
        imported.transformations = steps;
    }
    let styles = panel.list("styles").iter().zip(0..);
    let overrides = styles.filter_map(|(style, index)| column(style, index, report));
    imported.overrides = overrides.collect();
    imported.kind = Kind::Table(TableOptions {
        descending: panel.flag("sort.desc"),
        color: StatColor::None,
        ..TableOptions::default()
    });
    true
}

/// A row a series, with what its columns calculate.
fn aggregations(panel: &Value) -> Transformation {
    let columns = panel.list("columns").iter();
    let calculations = columns.filter_map(|column| calculation(column.str("value")));
    Transformation::Reduce(Reduce {
        calculations: calculations.collect(),
        ..Reduce::default()
    })
}

fn column(style: &Value, index: usize, report: &mut PanelReport) -> Option<Override> {
    let pattern = style.str("pattern");
    let bare = bare_regex(pattern);
    let of = if bare == pattern {
        SeriesMatch::Name(pattern.to_owned())
    } else {
        SeriesMatch::Regex(Pattern::new(&bare).ok()?)
    };
    if style.flag("link") {
        let path = format!(".styles[{index}].linkUrl");
        report.remark(&path, "links of this old form are not carried over");
    }
    let (base, thresholds) = style_thresholds(style);
    Some(Override {
        of,
        field: Field {
            unit: style.str("unit").to_owned(),
            decimals: decimals(style),
            name: style.str("alias").to_owned(),
            base,
            thresholds,
            mappings: old_mappings(style),
            ..Field::default()
        },
        cells: match style.str("colorMode") {
            "cell" | "row" => Some(StatColor::Background),
            "value" => Some(StatColor::Value),
            _ => None,
        },
        hidden: style.str("type") == "hidden",
        ..Override::default()
    })
}
