//! What is wrong with a board's queries, worked out when somebody looks, and
//! again when the board or what is known of the sources has changed.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use lint::{BoardDiagnostic, Facts, lint_board};

use super::BoardEntry;

/// What is known of each source, by its name.
#[derive(Debug, Default)]
pub struct Linter(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Another each time something changes.
    generation: u64,
    first: String,
    facts: BTreeMap<String, Arc<Facts>>,
}

/// The diagnostics of a board, and by which knowledge.
#[derive(Debug, Default)]
pub struct CachedDiagnostics(RwLock<Option<(u64, Arc<Vec<BoardDiagnostic>>)>>);

impl Linter {
    /// Takes over what is known of a source; the first one is asked where a
    /// panel names none.
    pub fn know(&self, source: &str, facts: Facts) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.facts.is_empty() {
            source.clone_into(&mut known.first);
        }
        known.generation += 1;
        known.facts.insert(source.to_owned(), Arc::new(facts));
    }

    /// What is wrong with the board.
    pub fn diagnostics(&self, entry: &BoardEntry) -> Arc<Vec<BoardDiagnostic>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let held = entry.diagnostics.0.read();
        if let Some((generation, found)) = held.unwrap_or_else(PoisonError::into_inner).as_ref()
            && *generation == known.generation
        {
            return Arc::clone(found);
        }
        let facts = |source: &str| {
            let name = if source.is_empty() {
                &known.first
            } else {
                source
            };
            known.facts.get(name).map(AsRef::as_ref)
        };
        let found = Arc::new(lint_board(&entry.board, facts));
        let mut held = entry
            .diagnostics
            .0
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *held = Some((known.generation, Arc::clone(&found)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boards::Boards;
    use packs::Inventory;
    use series::MetricKind;

    fn check(boards: &Boards, expected: &[u32]) {
        let entry = boards.get("farm").unwrap();
        for _ in 0..2 {
            let found = boards.linter().diagnostics(&entry);
            let panels: Vec<u32> = found.iter().map(|one| one.panel).collect();
            assert_eq!(panels, expected);
        }
    }

    #[test]
    fn boards_are_checked_against_the_source_that_they_ask() {
        let text = "title: Farm\npanels:\n  - queries: [{expr: jobs}]\n  \
                    - {source: other, queries: [{expr: jobs}]}\n";
        let boards = Boards::default();
        boards.put("farm", dashboard::file::read(text).unwrap());
        let exporting = |name: &str| {
            let mut inventory = Inventory::default();
            inventory.declare(name, MetricKind::Gauge);
            Facts {
                exported: Some(inventory),
                ..Facts::default()
            }
        };
        check(&boards, &[]);
        boards.linter().know("first", exporting("workers"));
        check(&boards, &[1]);
        boards.linter().know("other", exporting("workers"));
        check(&boards, &[1, 2]);
        boards.linter().know("first", exporting("jobs"));
        check(&boards, &[2]);
    }
}
