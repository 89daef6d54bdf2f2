//! What is wrong with a board's queries -> the marks of its panels.

use app::PanelDiagnostic;
use lint::BoardDiagnostic;
use wire::id::BoardId;

use crate::state::AppState;

/// The diagnostics of the board `id`; none where there is no such board.
pub fn diagnostics(state: &AppState, id: &BoardId) -> Vec<PanelDiagnostic> {
    let Ok(entry) = state.boards().get(id) else {
        return Vec::new();
    };
    let diagnostics = state
        .boards()
        .linter()
        .diagnostics(&entry, state.frontends());
    let next = diagnostics.iter().skip(1).map(Some).chain([None]);
    diagnostics.iter().zip(next).map(of_panel).collect()
}

/// All diagnostics of one query have the same repair: the last one shows it.
fn of_panel((found, next): (&BoardDiagnostic, Option<&BoardDiagnostic>)) -> PanelDiagnostic {
    let is_last = next.is_none_or(|next| next.path != found.path);
    PanelDiagnostic {
        panel: found.panel,
        reason: found.diagnostic.reason.clone(),
        repaired: found.diagnostic.repaired.clone().filter(|_| is_last),
    }
}
