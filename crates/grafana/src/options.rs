//! The options of each kind of panel of today's form.

use serde_json::Value;

use crate::helpers::{bare_regex, calculation, calculations, cells};
use crate::json::Json;
use crate::names::Names;
use dashboard::Health;
use dashboard::Panel;
use dashboard::{
    BarChartOptions, DrawStyle, Footer, HeatmapOptions, Kind, LaneOptions, Legend, PieOptions,
    StatColor, StatOptions, StatText, TableOptions, ThresholdStyle, TimeSeriesOptions,
};
use transform::Pattern;

pub(super) fn time_series(panel: &Value) -> TimeSeriesOptions {
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
            Some(Value::Number(ms)) => dashboard::duration::format(ms.as_u64().unwrap_or(0)),
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

/// Colours by thresholds are the only ones that mean something.
pub(super) fn stat(imported: &mut Panel, panel: &Value, names: &Names) -> StatOptions {
    let mode = panel.str("fieldConfig.defaults.color.mode");
    if !matches!(mode, "" | "thresholds") {
        imported.field.base = Health::Unknown;
        imported.field.thresholds.clear();
    }
    let calcs = calculations(panel.list("options.reduceOptions.calcs"));
    StatOptions {
        calculation: calcs.first().copied().unwrap_or_default(),
        each_row: panel.flag("options.reduceOptions.values"),
        columns: figure_columns(panel, names),
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

/// The columns that are figures: a name, or a regular expression between
/// slashes; all of numbers where nothing is said.
fn figure_columns(panel: &Value, names: &Names) -> Option<Pattern> {
    let written = panel.str("options.reduceOptions.fields");
    let bare = bare_regex(written);
    let whole = if bare == written {
        Some(written)
    } else {
        bare.strip_prefix('^')
            .and_then(|rest| rest.strip_suffix('$'))
    };
    let is_special = |c: char| ".*+?|()[]{}\\^$".contains(c);
    match whole {
        Some("") => None,
        // A query's name is not ours.
        Some(name) if !name.contains(is_special) => Pattern::exactly(&names.column(name)),
        _ => Pattern::new(&bare).ok(),
    }
}

pub(super) fn table(panel: &Value, names: &Names) -> TableOptions {
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
        footer: footer(panel, names).filter(|_| panel.flag("options.footer.show")),
    }
}

fn footer(panel: &Value, names: &Names) -> Option<Footer> {
    let reducers = panel.texts("options.footer.reducer");
    let columns = panel.texts("options.footer.fields");
    Some(Footer {
        calculation: reducers.iter().find_map(|id| calculation(id))?,
        columns: columns.iter().map(|name| names.column(name)).collect(),
    })
}

pub(super) fn pie(panel: &Value, names: &Names) -> PieOptions {
    let calcs = calculations(panel.list("options.reduceOptions.calcs"));
    let kinds = [panel.str("options.pieType"), panel.str("pieType")];
    PieOptions {
        calculation: calcs.first().copied().unwrap_or_default(),
        each_row: panel.flag("options.reduceOptions.values"),
        columns: figure_columns(panel, names),
        donut: kinds.contains(&"donut"),
    }
}

pub(super) fn bar_chart(panel: &Value) -> BarChartOptions {
    BarChartOptions {
        category: panel.str("options.xField").to_owned(),
        horizontal: panel.str("options.orientation") == "horizontal",
        stacked: matches!(panel.str("options.stacking"), "normal" | "percent"),
    }
}

pub(super) fn heatmap(panel: &Value) -> HeatmapOptions {
    HeatmapOptions {
        calculate: panel.flag("options.calculate") || panel.str("dataFormat") == "timeseries",
        log_scale: panel.str("options.yAxis.scaleDistribution.type") == "log"
            || panel.number("yAxis.logBase").is_some_and(|base| base > 1.0),
    }
}

pub(super) fn lanes(panel: &Value) -> Kind {
    let split = panel
        .at("options.mergeValues")
        .is_some_and(|merged| *merged == false);
    match panel.str("type") {
        "state-timeline" => Kind::StateTimeline(LaneOptions { split }),
        _ => Kind::StatusHistory(LaneOptions::default()),
    }
}
