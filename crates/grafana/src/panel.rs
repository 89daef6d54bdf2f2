//! One panel of Grafana's to [`Panel`] and what became of it.

use serde_json::Value;
use wire::id::PanelId;

use crate::helpers::link;
use crate::json::Json;
use crate::layout::Placed;
use crate::names::Names;
use crate::report::{PanelReport, Status};
use crate::shared::OTHER_PANEL;
use crate::source::{Source, Sources};
use crate::{field, legacy, options, overrides, remarks, target, transformation};
use dashboard::{
    AlertListOptions, BoardListOptions, HistogramOptions, Kind, RowOptions, TextOptions,
    UnsupportedOptions,
};
use dashboard::{Panel, PanelTime, Repeat};
use query::Language;

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
    let time = time(panel, &mut report);
    let mut imported = Panel {
        id: PanelId(panel.number("id").unwrap_or(0.0).clamp(0.0, 1e9) as u32),
        title: panel.str("title").to_owned(),
        description: panel.str("description").to_owned(),
        grid: placed.grid,
        time,
        links: panel.list("links").iter().filter_map(link).collect(),
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
    remarks::panel(panel, report);
    imported.overrides = overrides::import(panel, &names, report);
    if !kind(imported, panel, &names, report) {
        let reason = match report.kind.as_str() {
            "" if panel.at("libraryPanel").is_some() => {
                "a library panel lives in Grafana's database: export the dashboard with it"
            }
            "" => "the panel names no type",
            _ => "Andon draws no panels of this type",
        };
        return unsupported(imported, report, ".type", reason);
    }
    if matches!(imported.kind, Kind::TimeSeries(_)) && !imported.field.no_value.is_empty() {
        let path = ".fieldConfig.defaults.noValue";
        report.add(Status::Ok, path, "a chart without data says why instead");
    }
    imported
        .transformations
        .extend(transformation::import(panel, &names, report));
}

/// Why the panel's data cannot be had, if it cannot.
fn foreign(panel: &Value, imported: &Panel, source: &Source) -> Option<String> {
    let has_data = source.is_prometheus() || !imported.queries.is_empty();
    let targets = panel.list("targets");
    let is_unknown = source.kind.is_empty();
    let is_empty = targets.is_empty() || is_unknown && !targets.iter().any(asks_otherwise);
    if has_data || is_empty && source.name != OTHER_PANEL {
        return None;
    }
    Some(match source.name.as_str() {
        OTHER_PANEL => "it shows the answers of a panel that the dashboard lacks".to_owned(),
        _ if source.kind.is_empty() => "its queries are in no language that Andon knows".to_owned(),
        _ => format!("Andon reads no data sources of type {}", source.kind),
    })
}

/// Whether a query says something, and that is no PromQL.
fn asks_otherwise(target: &Value) -> bool {
    let of_any = ["refId", "hide", "datasource", "expr", "editorMode", "key"];
    let keys = target.as_object().into_iter().flat_map(|keys| keys.keys());
    let own = keys.filter(|key| !of_any.contains(&key.as_str()));
    target.get("expr").is_none() && own.count() > 0
}

fn unsupported(imported: &mut Panel, report: &mut PanelReport, path: &str, reason: &str) {
    report.add(Status::Unsupported, path, reason);
    // What is in a language that Andon will have sources of is kept.
    imported
        .queries
        .retain(|query| query.language != Language::PromQl);
    imported.overrides.clear();
    imported.field = field::import(&Value::Null);
    imported.kind = Kind::Unsupported(UnsupportedOptions {
        kind: report.kind.clone(),
        reason: reason.to_owned(),
    });
}

/// Sets the panel's kind and what belongs to it; `false` where Andon has none.
fn kind(imported: &mut Panel, panel: &Value, names: &Names, report: &mut PanelReport) -> bool {
    imported.kind = match panel.str("type") {
        "timeseries" => Kind::TimeSeries(options::time_series(panel)),
        "stat" => Kind::Stat(options::stat(imported, panel, names)),
        "gauge" => Kind::Gauge(options::stat(imported, panel, names)),
        "bargauge" => Kind::BarGauge(options::stat(imported, panel, names)),
        "table" => Kind::Table(options::table(panel, names)),
        "graph" => return legacy::graph(imported, panel),
        "singlestat" => return legacy::single_stat(imported, panel, report),
        "table-old" => return legacy::table(imported, panel, report),
        "piechart" | "grafana-piechart-panel" => Kind::Pie(options::pie(panel, names)),
        "barchart" => Kind::BarChart(options::bar_chart(panel)),
        "histogram" => Kind::Histogram(HistogramOptions {
            bucket_size: panel.number("options.bucketSize"),
            combine: panel.flag("options.combine"),
        }),
        "heatmap" => Kind::Heatmap(options::heatmap(panel)),
        "state-timeline" | "status-history" => options::lanes(panel),
        _ => return false,
    };
    true
}

fn time(panel: &Value, report: &mut PanelReport) -> PanelTime {
    let mut span = |key: &str| {
        let written = panel.str(key).trim().trim_start_matches("now-");
        let is_open = written.is_empty() || written.contains(['$', '[']);
        if is_open || dashboard::duration::parse(written).is_ok() {
            return written.to_owned();
        }
        let reason = format!("`{written}` is no span of time: the page's holds");
        report.add(Status::Degraded, &format!(".{key}"), &reason);
        String::new()
    };
    PanelTime {
        from: span("timeFrom"),
        shift: span("timeShift"),
        hidden_in_head: panel.flag("hideTimeOverride"),
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
    let either = |new: &str, old: &str| {
        let texts = [panel.str(new), panel.str(old)];
        let said = texts.into_iter().find(|text| !text.is_empty());
        said.unwrap_or_default().to_owned()
    };
    let content = either("options.content", "content");
    Kind::Text(match either("options.mode", "mode").as_str() {
        "html" => TextOptions {
            html: content,
            ..TextOptions::default()
        },
        // Code stands as it is written.
        "code" => TextOptions {
            markdown: format!("````\n{content}\n````"),
            ..TextOptions::default()
        },
        _ => TextOptions {
            markdown: content,
            ..TextOptions::default()
        },
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
