//! What boards call their sources to what these are called here: Grafana's files
//! name them by uid.

use std::collections::BTreeMap;

use dashboard::Board;
use query::SourceName;

/// Has the board call its sources as they are called here.
pub fn rename_sources(board: &mut Board, aliases: &BTreeMap<String, SourceName>) {
    if aliases.is_empty() {
        return;
    }
    let rename = |source: &mut String| {
        if let Some(name) = aliases.get(source) {
            *source = name.to_string();
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
