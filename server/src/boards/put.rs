//! Boards come and go: of files, and of what sources export.
//!
//! Contract: of two boards of one id the one that somebody wrote is shown. One
//! that is put in again as it is changes nothing, so that no page is drawn anew.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use dashboard::Board;
use wire::id::BoardId;

use super::{BoardEntry, Boards, title};

impl Boards {
    /// Takes a board away.
    pub fn remove(&self, id: &BoardId) {
        let mut entries = self.entries.write();
        entries.retain(|entry| entry.id != *id);
    }

    /// Takes away a board that is made of what sources export.
    pub fn remove_found(&self, id: &BoardId) {
        let mut entries = self.entries.write();
        entries.retain(|entry| entry.id != *id || entry.is_of_file);
    }

    /// Puts in a board that is made of what sources export, in place of an older
    /// one of the same id; returns whether that changes anything. One of a file
    /// stays: somebody wrote it.
    pub fn put_found(&self, folder: &str, id: &BoardId, board: Board) -> bool {
        self.put(folder, id, board, false)
    }

    /// Puts in a board of a file, in place of any other of the same id; returns
    /// whether that changes anything.
    pub fn put_file(&self, folder: &str, id: &BoardId, board: Board) -> bool {
        self.put(folder, id, board, true)
    }

    fn put(&self, folder: &str, id: &BoardId, board: Board, is_of_file: bool) -> bool {
        let entry = BoardEntry {
            id: id.clone(),
            folder: folder.to_owned(),
            version: version(&board),
            title: title::listed_as(&board),
            board: board.into(),
            only: None,
            problem: None,
            is_of_file,
            diagnostics: Arc::default(),
        };
        let mut entries = self.entries.write();
        match entries.iter_mut().find(|held| held.id == *id) {
            Some(held) if held.is_of_file && !is_of_file => false,
            Some(held) if held.version == entry.version && held.problem.is_none() => false,
            Some(held) => {
                *held = Arc::new(entry);
                true
            }
            None => {
                entries.push(Arc::new(entry));
                true
            }
        }
    }

    /// Has a board say that its file is broken; returns whether it did not yet.
    pub fn mark(&self, id: &BoardId, problem: &str) -> bool {
        let mut entries = self.entries.write();
        let held = entries.iter_mut().find(|held| held.id == *id);
        let Some(held) = held.filter(|held| held.problem.as_deref() != Some(problem)) else {
            return false;
        };
        *held = Arc::new(BoardEntry {
            problem: Some(problem.to_owned()),
            ..held.copy(id)
        });
        true
    }
}

fn version(board: &Board) -> u64 {
    let mut hasher = DefaultHasher::new();
    // The serialised form is the board's identity; `Board` holds floats.
    serde_json::to_string(board)
        .unwrap_or_default()
        .hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::super::SYSTEMS;
    use super::*;

    #[test]
    fn what_somebody_wrote_stays_before_what_is_found() {
        let (boards, id) = (Boards::default(), "kiln".into());
        let titled = |title: &str| Board {
            title: title.to_owned(),
            ..Board::default()
        };
        assert!(boards.put_found(SYSTEMS, &id, titled("found")));
        assert!(boards.put_file("", &id, titled("written")));
        assert!(!boards.put_found(SYSTEMS, &id, titled("found")));
        boards.remove_found(&id);
        let shown = boards.get(&id).map(|entry| entry.title.clone());
        assert_eq!(shown.ok().as_deref(), Some("written"));
        boards.remove(&id);
        assert!(boards.put_found(SYSTEMS, &id, titled("found")));
    }
}
