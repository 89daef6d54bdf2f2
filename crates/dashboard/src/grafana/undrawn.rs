//! What a board keeps of a dashboard and its pages do not show yet: said, so
//! that no one takes a panel for more than it is.

use super::report::{PanelReport, Status};
use crate::field::{Field, Override, SeriesMatch};
use crate::kind::{Calculation, Kind};
use crate::model::{Format, Panel};

/// Adds to the report what of the panel is read and not shown.
pub(super) fn report(panel: &Panel, report: &mut PanelReport) {
    let mut lost = |path: &str, reason: &str| report.add(Status::Degraded, path, reason);
    match &panel.kind {
        Kind::TimeSeries(_) => {
            let by_regex = |over: &&Override| matches!(over.of, SeriesMatch::Regex(_));
            let mut changing = panel.overrides.iter().filter(by_regex);
            let is_open = panel.queries.iter().any(|query| !query.has_fixed_name());
            if is_open && changing.any(changes_the_drawing) {
                let reason = "no regular expression is matched with names that come from labels";
                lost(".fieldConfig.overrides", reason);
            }
        }
        Kind::Stat(options) | Kind::Gauge(options) | Kind::BarGauge(options) => {
            if !is_calculated(options.calculation) {
                lost(".options.reduceOptions", "shown is the last value");
            }
            if panel.overrides.iter().any(says_something) {
                lost(
                    ".fieldConfig.overrides",
                    "single series are written like the others",
                );
            }
        }
        Kind::Table(_) => {
            if panel
                .queries
                .iter()
                .any(|query| query.format == Format::Table)
            {
                lost(".targets", "labels stand in one column");
            }
            if panel.overrides.iter().any(says_something) {
                lost(".fieldConfig.overrides", "columns are written alike");
            }
        }
        _ => {}
    }
}

fn changes_the_drawing(over: &Override) -> bool {
    over.right_axis || over.negative || over.hidden || over.stacked.is_some()
}

fn says_something(over: &Override) -> bool {
    over.hidden || over.field != Field::default()
}

fn is_calculated(calculation: Calculation) -> bool {
    matches!(
        calculation,
        Calculation::Last
            | Calculation::First
            | Calculation::Min
            | Calculation::Max
            | Calculation::Mean
            | Calculation::Sum
    )
}
