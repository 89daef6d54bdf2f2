//! A board and the rows that the reader has opened and collapsed to the board
//! that is shown: what follows a collapsed row is not on it, and what stands
//! below moves up.

use wire::id::PanelId;

use crate::board::Board;
use crate::kind::Kind;
use crate::panel::Panel;

/// A row of a board, open or collapsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoardRow {
    /// The row's id.
    pub id: PanelId,
    /// Whether what follows it is shown.
    pub is_open: bool,
    /// How many panels follow it.
    pub panels: usize,
}

impl Board {
    /// The board without what its collapsed rows hold, and its rows. Those in
    /// `toggled` are not as the board has them at first.
    #[must_use]
    pub fn with_rows(mut self, toggled: &[PanelId]) -> (Self, Vec<BoardRow>) {
        let mut rows = Vec::new();
        let mut shown = Vec::with_capacity(self.panels.len());
        let mut gone = 0; // grid rows that are collapsed so far
        for section in sections(std::mem::take(&mut self.panels)) {
            let mut panels = section.into_iter();
            let is_collapsed = match panels.as_slice().first().and_then(row) {
                Some((id, collapsed)) => {
                    let row = BoardRow {
                        id,
                        is_open: collapsed == toggled.contains(&id),
                        panels: panels.len() - 1,
                    };
                    rows.push(row);
                    !row.is_open
                }
                None => false,
            };
            if !is_collapsed {
                shown.extend(panels.map(|panel| moved_up(panel, gone)));
                continue;
            }
            let heading = panels.next();
            let end = heading.as_ref().map_or(0, bottom);
            shown.extend(heading.map(|panel| moved_up(panel, gone)));
            gone += panels
                .map(|panel| bottom(&panel))
                .max()
                .unwrap_or(end)
                .saturating_sub(end);
        }
        self.panels = shown;
        (self, rows)
    }
}

fn moved_up(mut panel: Panel, rows: u16) -> Panel {
    panel.grid.y = panel.grid.y.saturating_sub(rows);
    panel
}

fn bottom(panel: &Panel) -> u16 {
    panel.grid.y.saturating_add(panel.grid.h)
}

/// The row's id, and whether it is collapsed at first.
fn row(panel: &Panel) -> Option<(PanelId, bool)> {
    match &panel.kind {
        Kind::Row(options) => Some((panel.id, options.collapsed)),
        _ => None,
    }
}

/// Each row with what follows it, and what stands before the first row.
fn sections(panels: Vec<Panel>) -> Vec<Vec<Panel>> {
    let mut sections: Vec<Vec<Panel>> = Vec::new();
    for panel in panels {
        match sections.last_mut() {
            Some(section) if row(&panel).is_none() => section.push(panel),
            _ => sections.push(vec![panel]),
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use wire::id::PanelId;

    const BOARD: &str = r#"
title: T
panels:
  - {id: 1, title: before, grid: {y: 0, h: 4}}
  - {id: 2, title: R, kind: row, grid: {y: 4, w: 24, h: 1}}
  - {id: 3, title: a, grid: {y: 5, h: 4}}
  - {id: 4, title: b, grid: {x: 12, y: 5, h: 8}}
  - {id: 5, title: S, kind: {row: {collapsed: true}}, grid: {y: 13, w: 24, h: 1}}
  - {id: 6, title: c, grid: {y: 14, h: 4}}
  - {id: 7, title: Z, kind: row, grid: {y: 18, w: 24, h: 1}}
"#;

    fn check(toggled: &[u32], panels: &[&str], rows: &[(u32, bool, usize)]) {
        let toggled: Vec<PanelId> = toggled.iter().copied().map(PanelId).collect();
        let (board, got) = crate::file::read(BOARD).unwrap().with_rows(&toggled);
        let places = board.panels.iter();
        let places = places.map(|panel| format!("{}@{}", panel.title, panel.grid.y));
        assert_eq!(places.collect::<Vec<_>>(), panels);
        let got: Vec<_> = got
            .iter()
            .map(|row| (row.id.0, row.is_open, row.panels))
            .collect();
        assert_eq!(got, rows);
    }

    #[test]
    fn what_a_collapsed_row_holds_is_gone_and_the_rest_moves_up() {
        check(
            &[],
            &["before@0", "R@4", "a@5", "b@5", "S@13", "Z@14"],
            &[(2, true, 2), (5, false, 1), (7, true, 0)],
        );
        check(
            &[2, 5, 99],
            &["before@0", "R@4", "S@5", "c@6", "Z@10"],
            &[(2, false, 2), (5, true, 1), (7, true, 0)],
        );
    }
}
