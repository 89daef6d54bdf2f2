//! Rows of a panel's markup that are new or changed, so that a table of many
//! rows is not sent whole for one.
//!
//! Contract: in the markup, one element has the attribute `data-rows`; each of
//! its children is a row and has a `data-row-key`, unique among them. A patch
//! holds at most as many rows as the panel keeps, however many are added to it.

use serde::{Deserialize, Serialize};

/// What becomes of a panel's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowPatch {
    /// Keys and markup. A row whose key is there takes that one's place; the
    /// others are inserted, in this order.
    pub rows: Vec<(String, String)>,
    /// Whether rows are inserted before those that are there, or after them.
    pub at_start: bool,
    /// At most so many rows stay: those farthest from where rows are inserted go.
    pub keep: usize,
}

impl RowPatch {
    /// Takes over a later patch: the panel comes out as if both had been made
    /// one after the other. `false` where one patch cannot say so.
    #[must_use]
    pub fn extend(&mut self, later: Self) -> bool {
        if self.at_start != later.at_start {
            return false;
        }
        let mut inserted = Vec::new();
        for (key, html) in later.rows {
            match self.rows.iter_mut().find(|(held, _)| *held == key) {
                Some((_, held)) => *held = html,
                None => inserted.push((key, html)),
            }
        }
        let at = if self.at_start { 0 } else { self.rows.len() };
        self.rows.splice(at..at, inserted);
        self.keep = later.keep;
        let surplus = self.rows.len().saturating_sub(self.keep);
        if self.at_start {
            self.rows.truncate(self.keep);
        } else {
            self.rows.drain(..surplus);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(rows: &[&str], at_start: bool, keep: usize) -> RowPatch {
        let row = |row: &&str| (row[..1].to_owned(), (*row).to_owned());
        RowPatch {
            rows: rows.iter().map(row).collect(),
            at_start,
            keep,
        }
    }

    fn check(at_start: bool, keep: usize, later: &[&str], expected: &[&str]) {
        let mut both = patch(&["a1", "b1"], at_start, 9);
        assert!(both.extend(patch(later, at_start, keep)));
        assert_eq!(both, patch(expected, at_start, keep));
    }

    #[test]
    fn two_patches_become_one() {
        check(false, 9, &["c1"], &["a1", "b1", "c1"]);
        check(true, 9, &["c1"], &["c1", "a1", "b1"]);
        check(false, 9, &["a2", "c1"], &["a2", "b1", "c1"]);
        check(true, 9, &["c1", "b2", "d1"], &["c1", "d1", "a1", "b2"]);
    }

    #[test]
    fn no_more_rows_are_held_than_are_kept() {
        check(false, 2, &["c1"], &["b1", "c1"]);
        check(true, 2, &["c1"], &["c1", "a1"]);
        check(true, 0, &["c1"], &[]);
    }

    #[test]
    fn patches_at_different_ends_stay_two() {
        let mut both = patch(&["a1"], true, 9);
        assert!(!both.extend(patch(&["b1"], false, 9)));
        assert_eq!(both, patch(&["a1"], true, 9));
    }
}
