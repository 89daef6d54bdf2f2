//! What is known of board files: what each said when it was read, and the board
//! that it gave.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use wire::id::BoardId;

use super::{BoardFolder, FolderSettings};
use crate::boards::Boards;
use crate::boards::aliases::rename_sources;
use crate::boards::files::{self, BoardFileError};
use crate::regular_file;

/// A file that was written so short a time ago and is broken may be half written.
pub(super) const HALF_WRITTEN: Duration = Duration::from_millis(200);

/// By what a change of a file is noticed: a hash of what it says.
type Content = u64;

/// The files that were read, and which board each gave.
#[derive(Debug)]
pub(super) struct Known {
    settings: FolderSettings,
    /// Where boards go.
    boards: Boards,
    /// `None` where a file is to be read whatever it says.
    files: BTreeMap<PathBuf, (Option<Content>, Option<BoardId>)>,
    /// Whether no broken file may be half written.
    pub(super) is_settled: bool,
    /// Folders that could not be read at the last look: said once.
    unreadable: BTreeSet<PathBuf>,
    /// What is wrong with the files that give no board.
    broken: BTreeMap<PathBuf, String>,
}

impl Known {
    /// No file is known yet; boards go to `boards`.
    pub(super) fn new(boards: Boards) -> Self {
        Self {
            settings: FolderSettings::default(),
            boards,
            files: BTreeMap::new(),
            is_settled: true,
            unreadable: BTreeSet::new(),
            broken: BTreeMap::new(),
        }
    }

    /// Looks where these settings say from now on. Where they are others than before,
    /// every file is read anew, since its board may be listed elsewhere by now.
    pub(super) fn set(&mut self, settings: FolderSettings) {
        if self.settings != settings {
            self.settings = settings;
            for (content, _) in self.files.values_mut() {
                *content = None;
            }
        }
    }

    /// Reads what is new or changed, and takes down what is gone; returns the
    /// boards whose open pages must be told.
    pub(super) fn look(&mut self, now: SystemTime) -> Vec<BoardId> {
        let mut changed = Vec::new();
        let mut there = BTreeSet::new();
        let boards = self.boards.clone();
        self.is_settled = true;
        for folder in self.settings.folders.clone() {
            match files::find(&folder.path) {
                Ok(found) => {
                    self.unreadable.remove(&folder.path);
                    for path in found {
                        changed.extend(self.read(&path, &folder, now));
                        there.insert(path);
                    }
                }
                Err(error) => {
                    // What was there is there still, as far as anybody knows.
                    let known = self.files.keys();
                    there.extend(known.filter(|path| path.starts_with(&folder.path)).cloned());
                    if self.unreadable.insert(folder.path.clone()) {
                        tracing::warn!(folder = %folder.path.display(), %error, "cannot look for boards");
                    }
                }
            }
        }
        let known = self.files.keys();
        let gone: Vec<PathBuf> = known
            .filter(|path| !there.contains(*path))
            .cloned()
            .collect();
        for path in gone {
            self.broken.remove(&path);
            if let Some((_, Some(id))) = self.files.remove(&path) {
                tracing::info!(board = id.as_str(), "its file is gone");
                boards.remove(&id);
                changed.push(id);
            }
        }
        let broken = self.broken.iter();
        let broken = broken.map(|(path, problem)| (files::id_of(path), problem.clone()));
        boards.set_broken(broken.collect());
        changed
    }

    /// Reads a file that is new or changed; returns its board where that changed.
    fn read(&mut self, path: &Path, folder: &BoardFolder, now: SystemTime) -> Option<BoardId> {
        let boards = self.boards.clone();
        let content = content(path)?; // gone meanwhile: the next look sees it
        let held = self.files.get(path);
        if held.is_some_and(|(seen, _)| *seen == Some(content)) {
            return None;
        }
        let old = held.and_then(|(_, id)| id.clone());
        let (id, is_changed) = match files::read(path) {
            Ok(mut file) => {
                self.broken.remove(path);
                let id = self.free_id(file.id, path);
                rename_sources(&mut file.board, &self.settings.aliases);
                let is_changed = boards.put_file(&folder.title_of(path), &id, file.board);
                if is_changed {
                    tracing::info!(board = id.as_str(), file = %path.display(), "board read");
                }
                (Some(id), is_changed)
            }
            Err(_) if is_fresh(path, now) => {
                self.is_settled = false;
                return None;
            }
            Err(error) => self.broke(path, old.as_ref(), &error),
        };
        self.files
            .insert(path.to_owned(), (Some(content), id.clone()));
        if let Some(old) = old.filter(|old| id.as_ref() != Some(old)) {
            boards.remove(&old);
        }
        id.filter(|_| is_changed)
    }

    /// Takes note of a broken file: its older board stays, and says so.
    fn broke(
        &mut self,
        path: &Path,
        old: Option<&BoardId>,
        error: &BoardFileError,
    ) -> (Option<BoardId>, bool) {
        tracing::error!("{error}");
        let Some(id) = old else {
            self.broken.insert(path.to_owned(), error.to_string());
            return (None, false);
        };
        let problem = format!("The board's file is broken, so this is its older state:\n{error}");
        (Some(id.clone()), self.boards.mark(id, &problem))
    }

    /// The id that the file's board is served under: where another file has
    /// taken its own, the file's name, and a number behind that.
    fn free_id(&self, own: BoardId, path: &Path) -> BoardId {
        let Some(other) = self.holder(&own, path) else {
            return own;
        };
        let name = files::id_of(path);
        let numbered = (2..).map(|number| BoardId::from(format!("{name}-{number}")));
        let mut candidates = [name.clone()].into_iter().chain(numbered);
        let free = candidates.find(|id| self.holder(id, path).is_none());
        let id = free.unwrap_or_else(|| own.clone());
        let (path, other) = (path.display(), other.display());
        tracing::warn!("{path}: {other} gives the board `{own}` already, so this one is `{id}`");
        id
    }

    /// Another file that gives the board of this id.
    fn holder(&self, id: &BoardId, path: &Path) -> Option<&Path> {
        let mut files = self.files.iter();
        let found = files.find(|(other, (_, held))| held.as_ref() == Some(id) && *other != path);
        found
            .map(|(other, _)| other.as_path())
            .filter(|other| other.exists())
    }
}

/// What a file says, or why it cannot be read; `None` where it is gone.
fn content(path: &Path) -> Option<Content> {
    let mut hasher = DefaultHasher::new();
    match regular_file::read(path) {
        Ok(bytes) => hasher.write(&bytes),
        Err(_) if path.symlink_metadata().is_err() => return None,
        Err(error) => hasher.write(error.to_string().as_bytes()),
    }
    Some(hasher.finish())
}

/// Whether the file was written a moment ago.
fn is_fresh(path: &Path, now: SystemTime) -> bool {
    let modified = path.metadata().and_then(|metadata| metadata.modified());
    let age = modified
        .ok()
        .and_then(|modified| now.duration_since(modified).ok());
    age.is_some_and(|age| age < HALF_WRITTEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Long enough after every file was written.
    fn later() -> SystemTime {
        SystemTime::now() + Duration::from_secs(60)
    }

    fn known(folder: &Path) -> Known {
        let mut known = Known::new(Boards::default());
        known.set(FolderSettings {
            folders: vec![folder.to_owned().into()],
            ..FolderSettings::default()
        });
        known
    }

    #[test]
    fn boards_follow_their_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("farm.yaml");
        let mut known = known(folder.path());
        let boards = known.boards.clone();
        let mut check = |title: Option<&str>, problem: Option<&str>| {
            known.look(later());
            let board = boards.get(&"farm".into()).ok();
            assert_eq!(
                board.as_ref().map(|entry| entry.board.title.as_str()),
                title
            );
            let said = board.and_then(|entry| entry.problem.clone());
            assert_eq!(said.is_some(), problem.is_some(), "{said:?}");
            assert!(
                said.unwrap_or_default()
                    .contains(problem.unwrap_or_default())
            );
        };
        check(None, None);
        std::fs::write(&path, "title: A").unwrap();
        check(Some("A"), None);
        std::fs::write(&path, "title: [broken").unwrap();
        check(Some("A"), Some("farm.yaml:1:"));
        std::fs::write(&path, "title: Another").unwrap();
        check(Some("Another"), None);
        std::fs::remove_file(&path).unwrap();
        check(None, None);
    }

    #[test]
    fn a_board_whose_file_was_never_whole_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("farm.yaml");
        let mut known = known(folder.path());
        let boards = known.boards.clone();
        std::fs::write(&path, "title: Farm\npanels: [{kind: guage}]\n").unwrap();
        known.look(later());
        let error = boards.get(&"farm".into()).unwrap_err().to_string();
        assert!(error.contains("farm.yaml:2:"), "{error}");
        assert!(error.contains("did you mean `gauge`?"), "{error}");
        std::fs::write(&path, "title: Farm").unwrap();
        known.look(later());
        assert!(boards.get(&"farm".into()).is_ok());
        assert!(boards.broken().is_empty());
    }

    #[test]
    fn a_file_that_is_just_being_written_is_not_called_broken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("farm.yaml");
        let mut known = known(folder.path());
        std::fs::write(&path, "title: A").unwrap();
        known.look(SystemTime::now());
        std::fs::write(&path, "title: [half").unwrap();
        assert_eq!(known.look(SystemTime::now()), Vec::<BoardId>::new());
        assert!(!known.is_settled);
        assert_eq!(known.look(later()), [BoardId::from("farm")]);
        assert!(known.is_settled);
    }

    #[test]
    fn boards_are_listed_in_folders_and_know_their_sources() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("Sites")).unwrap();
        let text = "title: A\npanels: [{source: uid-1, queries: [{expr: up}]}]";
        std::fs::write(folder.path().join("Sites/a.yaml"), text).unwrap();
        std::fs::write(folder.path().join("b.yaml"), "title: B").unwrap();
        std::fs::write(folder.path().join("Sites/b.yml"), "title: B again").unwrap();
        let boards = Boards::default();
        let mut known = Known::new(boards.clone());
        known.set(FolderSettings {
            folders: vec![BoardFolder {
                path: folder.path().to_owned(),
                title: "General".into(),
                by_subfolder: true,
            }],
            aliases: BTreeMap::from([("uid-1".to_owned(), "main".into())]),
        });
        known.look(later());
        let entry = boards.get(&"a".into()).unwrap();
        assert_eq!((entry.folder.as_str(), entry.source()), ("Sites", "main"));
        // Of two files with one id, the first one that is met has it.
        assert_eq!(boards.all().len(), 3);
        assert_eq!(boards.get(&"b".into()).unwrap().board.title, "B again");
        assert_eq!(boards.get(&"b-2".into()).unwrap().board.title, "B");
    }

    #[test]
    fn other_settings_hold_for_files_that_say_what_they_said() {
        let folder = tempfile::tempdir().unwrap();
        let text = "title: A\npanels: [{source: uid-1, queries: [{expr: up}]}]";
        std::fs::write(folder.path().join("a.yaml"), text).unwrap();
        let mut known = known(folder.path());
        let boards = known.boards.clone();
        known.look(later());
        assert_eq!(boards.get(&"a".into()).unwrap().source(), "uid-1");
        let mut settings = known.settings.clone();
        settings.aliases.insert("uid-1".to_owned(), "main".into());
        known.set(settings);
        assert_eq!(known.look(later()), [BoardId::from("a")]);
        assert_eq!(boards.get(&"a".into()).unwrap().source(), "main");
        known.set(FolderSettings::default());
        known.look(later());
        assert!(boards.get(&"a".into()).is_err(), "of no folder any more");
    }
}
