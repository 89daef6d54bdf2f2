//! What is wrong with a board's queries -> the marks of its panels.

use app::PanelRemark;
use lint::BoardFinding;

use crate::state::AppState;

/// The remarks about the board `id`; none where there is no such board.
pub fn remarks(state: &AppState, id: &str) -> Vec<PanelRemark> {
    let Ok(entry) = state.boards().get(id) else {
        return Vec::new();
    };
    let findings = state.boards().judge().findings(&entry);
    let remark = |(index, found): (usize, &BoardFinding)| {
        // All findings of one query have the same repair: the last one shows it.
        let is_last = findings
            .get(index + 1)
            .is_none_or(|next| next.path != found.path);
        PanelRemark {
            panel: found.panel,
            reason: found.finding.reason.clone(),
            repaired: found.finding.repaired.clone().filter(|_| is_last),
        }
    };
    findings.iter().enumerate().map(remark).collect()
}
