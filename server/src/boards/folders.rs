//! Folders of board files -> the boards that are served, as the files change.
//!
//! A file is read again where it says something else than before. One that is
//! broken leaves its older board up, which says so.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use query::SourceName;
use tokio_util::sync::CancellationToken;
use wire::id::BoardId;

use super::Boards;
use super::aliases::rename_sources;
use super::files::{self, BoardFileError};
use crate::live::hub::Hub;
use crate::regular_file;
use crate::watch::{self, Watch, Watched};

/// A file that was written so short a time ago and is broken may be half written.
const HALF_WRITTEN: Duration = Duration::from_millis(200);

/// A folder of board files, or one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoardFolder {
    /// Where it is.
    pub path: PathBuf,
    /// The folder that its boards are listed in.
    pub title: String,
    /// Whether its subfolders are the folders that boards are listed in.
    pub by_subfolder: bool,
}

impl From<PathBuf> for BoardFolder {
    fn from(path: PathBuf) -> Self {
        Self {
            path,
            ..Self::default()
        }
    }
}

impl BoardFolder {
    /// The folder that the board of a file is listed in.
    fn title_of(&self, file: &Path) -> String {
        let within = file.strip_prefix(&self.path).ok().and_then(Path::parent);
        let subfolder = within
            .and_then(Path::file_name)
            .filter(|_| self.by_subfolder);
        subfolder.map_or_else(
            || self.title.clone(),
            |name| name.to_string_lossy().into_owned(),
        )
    }
}

/// What following board files needs.
#[derive(Clone)]
pub struct BoardFolders {
    /// Where they lie.
    pub folders: Vec<BoardFolder>,
    /// The names of sources by what else boards call them.
    pub aliases: BTreeMap<String, SourceName>,
    /// Where boards go.
    pub boards: Boards,
    /// Who is told of them.
    pub hub: Hub,
    /// Ends the following.
    pub shutdown: CancellationToken,
}

/// Keeps the boards in step with the files, until the server ends.
pub async fn run(following: BoardFolders) {
    let BoardFolders {
        folders,
        aliases,
        boards,
        hub,
        shutdown,
    } = following;
    if folders.is_empty() {
        return;
    }
    let trees = folders.iter().map(|one| Watched::Tree(one.path.clone()));
    let mut watch = Watch::new(trees.collect());
    let known = Arc::new(Mutex::new(Known {
        folders,
        aliases,
        boards,
        ..Known::default()
    }));
    loop {
        let looked = watch::look(&known, |known| {
            (known.look(SystemTime::now()), known.is_settled)
        });
        let (changed, is_settled) = looked.await.unwrap_or((Vec::new(), true));
        for board in changed {
            hub.board_changed(&board);
        }
        tokio::select! {
            () = watch.changed() => {}
            () = tokio::time::sleep(HALF_WRITTEN), if !is_settled => {}
            () = shutdown.cancelled() => return,
        }
    }
}

/// By what a change of a file is noticed: a hash of what it says.
type Content = u64;

/// The files that were read, and which board each gave.
#[derive(Debug)]
struct Known {
    folders: Vec<BoardFolder>,
    /// The names of sources by what else boards call them.
    aliases: BTreeMap<String, SourceName>,
    /// Where boards go.
    boards: Boards,
    files: BTreeMap<PathBuf, (Content, Option<BoardId>)>,
    /// Whether no broken file may be half written.
    is_settled: bool,
    /// Folders that could not be read at the last look: said once.
    unreadable: BTreeSet<PathBuf>,
    /// What is wrong with the files that give no board.
    broken: BTreeMap<PathBuf, String>,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            folders: Vec::new(),
            aliases: BTreeMap::new(),
            boards: Boards::default(),
            files: BTreeMap::new(),
            is_settled: true,
            unreadable: BTreeSet::new(),
            broken: BTreeMap::new(),
        }
    }
}

impl Known {
    /// Reads what is new or changed, and takes down what is gone; returns the
    /// boards whose open pages must be told.
    fn look(&mut self, now: SystemTime) -> Vec<BoardId> {
        let mut changed = Vec::new();
        let mut there = BTreeSet::new();
        let boards = self.boards.clone();
        self.is_settled = true;
        for folder in self.folders.clone() {
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
        if held.is_some_and(|(seen, _)| *seen == content) {
            return None;
        }
        let old = held.and_then(|(_, id)| id.clone());
        let (id, is_changed) = match files::read(path) {
            Ok(mut file) => {
                self.broken.remove(path);
                let id = self.free_id(file.id, path);
                rename_sources(&mut file.board, &self.aliases);
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
        self.files.insert(path.to_owned(), (content, id.clone()));
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
        Known {
            folders: vec![folder.to_owned().into()],
            ..Known::default()
        }
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
        let mut known = Known {
            folders: vec![BoardFolder {
                path: folder.path().to_owned(),
                title: "General".into(),
                by_subfolder: true,
            }],
            aliases: BTreeMap::from([("uid-1".to_owned(), "main".into())]),
            boards: boards.clone(),
            ..Known::default()
        };
        known.look(later());
        let entry = boards.get(&"a".into()).unwrap();
        assert_eq!((entry.folder.as_str(), entry.source()), ("Sites", "main"));
        // Of two files with one id, the first one that is met has it.
        assert_eq!(boards.all().len(), 3);
        assert_eq!(boards.get(&"b".into()).unwrap().board.title, "B again");
        assert_eq!(boards.get(&"b-2".into()).unwrap().board.title, "B");
    }
}
