//! A board as its file has it to one whose panels and queries all have names.

use wire::id::{PanelId, RefId};

use crate::board::Board;
use crate::panel::Panel;

impl Board {
    /// Gives every panel without an id and every query without a name the
    /// lowest that is free, in reading order.
    #[must_use]
    pub fn numbered(mut self) -> Self {
        let mut taken: Vec<PanelId> = self.panels.iter().map(|panel| panel.id).collect();
        for panel in &mut self.panels {
            if panel.id == PanelId::default() {
                panel.id = first_free((1..).map(PanelId), &taken);
                taken.push(panel.id);
            }
            panel.give_ref_ids();
        }
        self
    }
}

impl Panel {
    fn give_ref_ids(&mut self) {
        let mut taken: Vec<RefId> = self.queries.iter().map(|query| query.ref_id).collect();
        for query in &mut self.queries {
            if query.ref_id == RefId::default() {
                query.ref_id = first_free(RefId::all(), &taken);
                taken.push(query.ref_id);
            }
        }
    }
}

fn first_free<T: PartialEq + Default>(mut of: impl Iterator<Item = T>, taken: &[T]) -> T {
    of.find(|candidate| !taken.contains(candidate))
        .unwrap_or_default()
}
