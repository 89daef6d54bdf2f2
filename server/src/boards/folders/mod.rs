//! Folders of board files -> the boards that are served, as the files change.
//!
//! A file is read again where it says something else than before. One that is
//! broken leaves its older board up, which says so.

mod known;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;
use query::SourceName;
use tokio::sync::watch::Receiver;
use tokio_util::sync::CancellationToken;

use super::Boards;
use crate::live::hub::Hub;
use crate::watch::{self, Watch, Watched};
use known::{HALF_WRITTEN, Known};

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

/// Which files are boards; a reload may change it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderSettings {
    /// Where they lie.
    pub folders: Vec<BoardFolder>,
    /// The names of sources by what else boards call them.
    pub aliases: BTreeMap<String, SourceName>,
}

/// What following board files needs.
#[derive(Clone)]
pub struct BoardFolders {
    /// Which they are, as of the newest reload.
    pub settings: Receiver<FolderSettings>,
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
        mut settings,
        boards,
        hub,
        shutdown,
    } = following;
    let known = Arc::new(Mutex::new(Known::new(boards)));
    loop {
        let now = settings.borrow_and_update().clone();
        let trees = now.folders.iter();
        let trees = trees.map(|one| Watched::Tree(one.path.clone()));
        let mut watch = Watch::new(trees.collect());
        known.lock().set(now);
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
                Ok(()) = settings.changed() => break,
                () = shutdown.cancelled() => return,
            }
        }
    }
}
