//! What of a panel's options is not carried over, beside what its kind, its
//! queries and its transformations say themselves.

use serde_json::Value;

use crate::helpers::calculation;
use crate::json::Json;
use crate::report::{PanelReport, Status};

/// Overrides of looks, which are the theme's to decide.
const LOOKS: [&str; 20] = [
    "custom.align",
    "custom.axisBorderShow",
    "custom.axisCenteredZero",
    "custom.axisColorMode",
    "custom.axisGridShow",
    "custom.axisLabel",
    "custom.axisSoftMax",
    "custom.axisSoftMin",
    "custom.axisWidth",
    "custom.barAlignment",
    "custom.barMaxWidth",
    "custom.barWidthFactor",
    "custom.filterable",
    "custom.gradientMode",
    "custom.inspect",
    "custom.lineWidth",
    "custom.minWidth",
    "custom.pointSize",
    "custom.showPoints",
    "custom.width",
];
/// What overrides carry over.
const CARRIED: [&str; 21] = [
    "color",
    "custom.axisPlacement",
    "custom.cellOptions",
    "custom.displayMode",
    "custom.drawStyle",
    "custom.fillOpacity",
    "custom.hidden",
    "custom.hideFrom",
    "custom.lineInterpolation",
    "custom.lineStyle",
    "custom.stacking",
    "custom.transform",
    "decimals",
    "displayName",
    "links",
    "mappings",
    "max",
    "min",
    "noValue",
    "thresholds",
    "unit",
];

/// That exemplars are not shown, where the dashboard asks for some.
pub(super) fn exemplars(panels: &[&Value]) -> Option<String> {
    let targets = panels.iter().flat_map(|panel| panel.list("targets"));
    let count = targets.filter(|target| target.flag("exemplar")).count();
    (count > 0).then(|| format!("targets: the exemplars of {count} queries are not shown"))
}

/// What is lost of any panel that shows data.
pub(super) fn panel(panel: &Value, report: &mut PanelReport) {
    reduction(panel, report);
    overrides(panel, report);
    if panel.at("alert").is_some() {
        report.remark(".alert", "Grafana's alert rule is not carried over");
    }
    if panel.str("type") == "barchart" && panel.str("options.stacking") == "percent" {
        let reason = "bars are stacked by their values, and not as shares";
        report.add(Status::Degraded, ".options.stacking", reason);
    }
    if !panel.list("fieldConfig.defaults.actions").is_empty() {
        report.remark(".fieldConfig.defaults.actions", "Andon has no actions");
    }
}

/// Calculations that Andon does not know.
fn reduction(panel: &Value, report: &mut PanelReport) {
    let unknown = |path: &str| -> Vec<String> {
        let mut ids = panel.texts(path);
        ids.retain(|id| !id.is_empty() && calculation(id).is_none());
        ids
    };
    for id in unknown("options.reduceOptions.calcs") {
        let reason = format!("`{id}` is not calculated: the last value is shown");
        report.add(Status::Degraded, ".options.reduceOptions.calcs", &reason);
    }
    let reducers = panel.texts("options.footer.reducer");
    if panel.flag("options.footer.show") && reducers.iter().all(|id| calculation(id).is_none()) {
        let reason = "what stands below the table is not calculated";
        report.add(Status::Degraded, ".options.footer.reducer", reason);
    }
    for id in unknown("options.legend.calcs") {
        let reason = format!("the legend does not write `{id}`");
        report.add(Status::Degraded, ".options.legend.calcs", &reason);
    }
}

fn overrides(panel: &Value, report: &mut PanelReport) {
    for (entry, index) in panel.list("fieldConfig.overrides").iter().zip(0..) {
        for property in entry.list("properties") {
            let id = property.str("id");
            if !id.is_empty() && !LOOKS.contains(&id) && !CARRIED.contains(&id) {
                let path = format!(".fieldConfig.overrides[{index}]");
                report.remark(&path, &format!("`{id}` is not carried over"));
            }
        }
    }
}
