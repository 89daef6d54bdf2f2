//! Folders of board files -> the boards that are served, as the files change.
//!
//! The files are looked at once a second: that works on every file system, and
//! with the symbolic links by which Kubernetes swaps mounted folders. A file
//! that is broken leaves its older board up.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Boards, files};
use crate::state::AppState;

const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Keeps the boards in step with the files, until the server ends.
pub async fn keep(state: AppState) {
    let folders = state.config().board_folders.clone();
    if folders.is_empty() {
        return;
    }
    let mut known = Known::default();
    loop {
        let boards = state.boards().clone();
        let folders = folders.clone();
        // Reading files blocks; a panic there must not end the watch.
        let looked = tokio::task::spawn_blocking(move || {
            let changed = known.look(&folders, &boards);
            (known, changed)
        });
        let (looked, changed) = looked.await.unwrap_or_default();
        known = looked;
        for board in changed {
            state.hub().board_changed(&board);
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_AGAIN) => {}
            () = state.shutdown().cancelled() => return,
        }
    }
}

/// By what a change of a file is noticed.
type Stamp = (Option<SystemTime>, u64);

/// The files that were read, and which board each gave.
#[derive(Debug, Default)]
struct Known(BTreeMap<PathBuf, (Stamp, Option<String>)>);

impl Known {
    /// Reads what is new or changed, and takes down what is gone; returns the
    /// boards whose open pages must be told.
    fn look(&mut self, folders: &[PathBuf], boards: &Boards) -> Vec<String> {
        let mut changed = Vec::new();
        let mut there = BTreeSet::new();
        for folder in folders {
            match files::find(folder) {
                Ok(found) => there.extend(found),
                Err(error) => {
                    tracing::warn!(folder = %folder.display(), %error, "cannot look for boards");
                }
            }
        }
        for path in &there {
            changed.extend(self.read(path, boards));
        }
        let gone: Vec<PathBuf> = self
            .0
            .keys()
            .filter(|path| !there.contains(*path))
            .cloned()
            .collect();
        for path in gone {
            if let Some((_, Some(id))) = self.0.remove(&path) {
                tracing::info!(board = id, "its file is gone");
                boards.remove(&id);
                changed.push(id);
            }
        }
        changed
    }

    /// Reads a file that is new or changed; returns its board where that changed.
    fn read(&mut self, path: &Path, boards: &Boards) -> Option<String> {
        let metadata = path.metadata().ok()?; // gone meanwhile: the next look sees it
        let stamp = (metadata.modified().ok(), metadata.len());
        let held = self.0.get(path);
        if held.is_some_and(|(seen, _)| *seen == stamp) {
            return None;
        }
        let mut changed = None;
        let id = match files::read(path) {
            Ok(file) => {
                if boards.put(&file.id, file.board) {
                    tracing::info!(board = file.id, file = %path.display(), "board read");
                    changed = Some(file.id.clone());
                }
                Some(file.id)
            }
            Err(error) => {
                tracing::error!("{error}");
                held.and_then(|(_, id)| id.clone())
            }
        };
        self.0.insert(path.to_owned(), (stamp, id));
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boards_follow_their_files() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_owned()];
        let path = folder.path().join("farm.yaml");
        let (boards, mut known) = (Boards::default(), Known::default());
        let mut check = |title: Option<&str>| {
            known.look(&folders, &boards);
            let board = boards.get("farm").ok();
            assert_eq!(
                board.as_ref().map(|entry| entry.board.title.as_str()),
                title
            );
        };
        check(None);
        std::fs::write(&path, "title: A").unwrap();
        check(Some("A"));
        std::fs::write(&path, "title: [broken").unwrap();
        check(Some("A"));
        std::fs::write(&path, "title: Another").unwrap();
        check(Some("Another"));
        std::fs::remove_file(&path).unwrap();
        check(None);
    }
}
