//! Grafana's dashboards to [`Board`] and a report of what became of each panel,
//! and boards to dashboards.
//!
//! Reads classic dashboards of any schema version (rows of the old form,
//! `singlestat`, `graph`, `table-old`, data sources as names or objects,
//! `__inputs`), wrapped in an API answer or not, and the v2 resource.
//!
//! Contract: nothing is dropped in silence. What is not carried over is a
//! reason in the report, with the JSON path; looks that are the theme's to
//! decide (shades of colours, line widths, opacities, column widths) are not
//! reported. A panel that is `ok` may have reasons too: what is lost of it
//! without which it shows what it showed.

mod annotation;
mod color;
mod export;
mod expression;
mod field;
mod formula;
mod helpers;
mod json;
mod layout;
mod legacy;
mod legacy_mapping;
mod names;
mod older;
mod options;
mod overrides;
mod panel;
mod remarks;
mod report;
mod shared;
mod source;
mod target;
mod transformation;
mod transformation_export;
mod v2;
mod variable;
mod variable_export;

use serde_json::Value;
use wire::id::PanelId;

use dashboard::Variable;
use dashboard::{Board, Link, Panel, Repeat, TimeDefaults};
pub use export::export;
use helpers::link;
use json::Json;
pub use report::{PanelReport, Report, Status};

/// A text that is no dashboard of Grafana's.
#[derive(Debug, thiserror::Error)]
pub enum GrafanaError {
    /// No JSON; says line and column.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// JSON, but no dashboard.
    #[error(
        "this is no Grafana dashboard: it has neither `panels` nor `rows`, nor a v2 `spec` with `elements`"
    )]
    NoDashboard,
}

/// A dashboard that was read.
#[derive(Clone, Debug)]
pub struct Import {
    /// The dashboard's own id, to be part of its URL; empty where it has none.
    pub uid: String,
    /// The board.
    pub board: Board,
    /// What became of each panel.
    pub report: Report,
}

/// Reads a dashboard.
///
/// # Errors
/// Where the text is no JSON, or no dashboard.
pub fn import(text: &str) -> Result<Import, GrafanaError> {
    let document: Value = serde_json::from_str(text)?;
    let dashboard = dashboard(document).ok_or(GrafanaError::NoDashboard)?;
    let dashboard = shared::resolve(dashboard, older::modernise);
    let sources = source::Sources::new(&dashboard);
    let mut report = Report {
        notes: dashboard.texts(v2::NOTES),
        ..Report::default()
    };
    let mut panels = Vec::new();
    let placed = layout::panels(&dashboard);
    for placed in &placed {
        let (panel, of_panel) = panel::import(placed, &sources);
        panels.push(panel);
        report.panels.push(of_panel);
    }
    let variables = variable::import(&dashboard, &sources, &mut report.notes);
    once_without_variable(&mut panels, &variables, &mut report.notes);
    let annotations = annotation::import(&dashboard, &sources, &mut report.notes);
    let board = Board {
        title: dashboard.str("title").to_owned(),
        description: dashboard.str("description").to_owned(),
        tags: dashboard.texts("tags"),
        links: links(&dashboard),
        time: time(&dashboard, &mut report.notes),
        variables,
        annotations,
        panels,
        ..Board::default()
    };
    let asked: Vec<&Value> = placed.iter().map(|placed| placed.panel).collect();
    report.notes.extend(remarks::exemplars(&asked));
    Ok(Import {
        uid: dashboard.str("uid").to_owned(),
        board: distinct_ids(board).numbered(),
        report,
    })
}

/// Panels that are repeated by a variable that is not there are shown once.
fn once_without_variable(panels: &mut [Panel], variables: &[Variable], notes: &mut Vec<String>) {
    for panel in panels {
        if let Some(repeat) = panel.repeat.take_if(|repeat| !is_there(repeat, variables)) {
            let (title, variable) = (&panel.title, repeat.variable);
            notes.push(format!(
                "`{title}` is shown once: there is no variable `{variable}` to repeat it by"
            ));
        }
    }
}

fn is_there(repeat: &Repeat, variables: &[Variable]) -> bool {
    let mut names = variables.iter().map(|variable| &variable.name);
    names.any(|name| *name == repeat.variable)
}

/// The dashboard in a document: itself, in an API's answer, or a v2 resource.
fn dashboard(mut document: Value) -> Option<Value> {
    if is_classic(&document) {
        return Some(document);
    }
    // Some are wrapped in an object of one entry, named after their file.
    let only = document.as_object().filter(|entries| entries.len() == 1);
    let only = only.and_then(|entries| entries.keys().next()).cloned();
    let keys = ["dashboard", "spec", &only.unwrap_or_default()];
    for key in keys {
        if let Some(inside) = document.get_mut(key).filter(|inside| is_classic(inside)) {
            return Some(inside.take());
        }
    }
    let inside = keys.iter().filter_map(|key| document.get(*key));
    let mut candidates = [&document].into_iter().chain(inside);
    let v2 = candidates.find(|value| value.get("elements").is_some())?;
    let mut classic = v2::to_classic(v2);
    let name = document.str("metadata.name");
    if let Some(dashboard) = classic.as_object_mut().filter(|_| !name.is_empty()) {
        dashboard.insert("uid".to_owned(), name.into());
    }
    Some(classic)
}

fn time(dashboard: &Value, notes: &mut Vec<String>) -> TimeDefaults {
    let mut zone = dashboard.str("timezone");
    if dashboard::time::zone(zone).is_err() {
        notes.push(format!("timezone: there is no time zone `{zone}`"));
        zone = "";
    }
    let refresh = dashboard::duration::parse(dashboard.str("refresh"));
    TimeDefaults {
        from: text_or(dashboard.str("time.from"), "now-6h"),
        to: text_or(dashboard.str("time.to"), "now"),
        zone: zone.to_owned(),
        refresh_ms: refresh.unwrap_or(TimeDefaults::default().refresh_ms),
    }
}

/// Whether a value has the form with a list of panels, or of rows.
fn is_classic(value: &Value) -> bool {
    value.get("panels").is_some() || value.get("rows").is_some()
}

fn text_or(text: &str, default: &str) -> String {
    if text.is_empty() { default } else { text }.to_owned()
}

fn links(dashboard: &Value) -> Vec<Link> {
    dashboard.list("links").iter().filter_map(link).collect()
}

/// Dashboards that people put together by hand repeat ids.
fn distinct_ids(mut board: Board) -> Board {
    let mut seen = std::collections::BTreeSet::from([PanelId::default()]);
    for panel in &mut board.panels {
        if !seen.insert(panel.id) {
            panel.id = PanelId::default();
        }
    }
    board
}

#[cfg(test)]
mod export_tests;
#[cfg(test)]
mod language_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod transformation_tests;
