//! What a board keeps of a dashboard and its pages do not show yet: said, so
//! that no one takes a panel for more than it is.

use super::report::{PanelReport, Status};
use crate::field::{Override, SeriesMatch};
use crate::kind::Kind;
use crate::model::Panel;

/// Adds to the report what of the panel is read and not shown.
pub(super) fn report(panel: &Panel, report: &mut PanelReport) {
    if !matches!(panel.kind, Kind::TimeSeries(_)) {
        return;
    }
    let by_regex = |over: &&Override| matches!(over.of, SeriesMatch::Regex(_));
    let mut changing = panel.overrides.iter().filter(by_regex);
    let is_open = panel.queries.iter().any(|query| !query.has_fixed_name());
    if is_open && changing.any(changes_the_drawing) {
        let reason = "no regular expression is matched with names that come from labels";
        report.add(Status::Degraded, ".fieldConfig.overrides", reason);
    }
}

fn changes_the_drawing(over: &Override) -> bool {
    over.right_axis || over.negative || over.hidden || over.stacked.is_some()
}
