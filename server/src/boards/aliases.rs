//! What boards call their sources to what these are called here: Grafana's files
//! name them by uid.

use std::collections::BTreeMap;

use dashboard::Board;

/// Has the board call its sources as they are called here.
pub fn rename_sources(board: &mut Board, aliases: &BTreeMap<String, String>) {
    if aliases.is_empty() {
        return;
    }
    let rename = |source: &mut String| {
        if let Some(name) = aliases.get(source) {
            source.clone_from(name);
        }
    };
    for variable in &mut board.variables {
        rename(&mut variable.source);
        variable.default.iter_mut().for_each(rename);
    }
    for panel in &mut board.panels {
        rename(&mut panel.source);
        panel
            .queries
            .iter_mut()
            .for_each(|query| rename(&mut query.source));
    }
}
