//! What is wrong with a board's queries, worked out when somebody looks, and
//! again when the board or what is known of the sources has changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use lint::{BoardDiagnostic, Facts, lint_board};
use parking_lot::RwLock;
use query::SourceName;

use super::BoardEntry;
use crate::query::QueryFrontends;

/// Holds boards against what is known of each source, by its name.
#[derive(Debug, Default)]
pub struct Linter(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Another each time something changes.
    generation: u64,
    facts: BTreeMap<SourceName, Arc<Facts>>,
}

/// What is wrong with a board, and by which knowledge.
#[derive(Debug, Default)]
pub struct CachedDiagnostics(RwLock<Option<(u64, Arc<Vec<BoardDiagnostic>>)>>);

impl Linter {
    /// Takes over what is known of the source of this name.
    pub fn learn(&self, source: &SourceName, facts: Facts) {
        let mut known = self.0.write();
        known.generation += 1;
        known.facts.insert(source.clone(), Arc::new(facts));
    }

    /// What is wrong with the board, each query held against the source that it
    /// asks: the one that its panel's name means, whichever answered first.
    pub fn diagnostics(
        &self,
        entry: &BoardEntry,
        frontends: &QueryFrontends,
    ) -> Arc<Vec<BoardDiagnostic>> {
        let known = self.0.read();
        if let Some((generation, found)) = &*entry.diagnostics.0.read()
            && *generation == known.generation
        {
            return Arc::clone(found);
        }
        let found = Arc::new(lint_board(&entry.board, |source| {
            let name = frontends.name_of(&SourceName::from(source)).ok()?;
            known.facts.get(&name).map(AsRef::as_ref)
        }));
        *entry.diagnostics.0.write() = Some((known.generation, Arc::clone(&found)));
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
        let frontends = QueryFrontends::unreachable(&["first", "other"]);
        let entry = boards.get(&"farm".into()).unwrap();
        for _ in 0..2 {
            let found = boards.linter().diagnostics(&entry, &frontends);
            let panels: Vec<u32> = found.iter().map(|one| one.panel.0).collect();
            assert_eq!(panels, expected);
        }
    }

    fn exporting(name: &str) -> Facts {
        let mut inventory = Inventory::default();
        inventory.declare(name, MetricKind::Gauge);
        Facts {
            exported: Some(inventory),
            ..Facts::default()
        }
    }

    fn boards() -> Boards {
        let text = "title: Farm\npanels:\n  - queries: [{expr: jobs}]\n  \
                    - {source: other, queries: [{expr: jobs}]}\n";
        let boards = Boards::default();
        boards.put_found("", &"farm".into(), dashboard::file::read(text).unwrap());
        boards
    }

    #[tokio::test]
    async fn boards_are_held_against_the_source_that_they_ask() {
        let boards = boards();
        check(&boards, &[]);
        boards.linter().learn(&"first".into(), exporting("workers"));
        check(&boards, &[1]);
        boards.linter().learn(&"other".into(), exporting("workers"));
        check(&boards, &[1, 2]);
        boards.linter().learn(&"first".into(), exporting("jobs"));
        check(&boards, &[2]);
    }

    #[tokio::test]
    async fn the_default_source_is_not_the_one_that_answers_first() {
        let boards = boards();
        boards.linter().learn(&"other".into(), exporting("workers"));
        check(&boards, &[2]);
    }

    #[test]
    fn a_panel_of_a_board_shares_the_board_and_what_is_wrong_with_it() {
        let boards = Boards::default();
        let text = "title: Farm\npanels:\n  - queries: [{expr: jobs}]\n";
        boards.put_found("", &"farm".into(), dashboard::file::read(text).unwrap());
        let frontends = QueryFrontends::unreachable(&["first"]);
        let whole = boards.get(&"farm".into()).unwrap();
        let found = boards.linter().diagnostics(&whole, &frontends);
        let alone = boards.get(&"farm/1".into()).unwrap();
        assert!(Arc::ptr_eq(&alone.board, &whole.board));
        assert!(Arc::ptr_eq(
            &boards.linter().diagnostics(&alone, &frontends),
            &found
        ));
    }
}
