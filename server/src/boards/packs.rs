//! The packs that ship, and the user's own from folders.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use packs::{Pack, PackError, Packs};

use crate::unknown_key::friendlier_error;
use crate::watch::{Watch, Watched};

/// Why a pack cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackFileError {
    /// A file or folder cannot be read.
    #[error("{}: cannot read it: {reason}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        reason: io::Error,
    },
    /// A file is no pack.
    #[error("{}:{error}", path.display())]
    Pack {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        error: PackError,
    },
}

/// Ours, and those of the `.toml` files in the folders; a user's pack takes
/// the place of ours of the same name.
///
/// # Errors
/// The first that cannot be used.
pub fn load(folders: &[PathBuf]) -> Result<Packs, PackFileError> {
    packs(&texts(folders)?)
}

/// Reads a pack's text.
///
/// # Errors
/// What is wrong in it, with the place; of a key that is not known, with the
/// one that may be meant.
pub fn read(text: &str) -> Result<Pack, PackError> {
    Pack::from_toml(text).map_err(|error| PackError {
        message: friendlier_error(&error.message),
        ..error
    })
}

/// The files of the user's packs and their texts.
type Texts = Vec<(PathBuf, String)>;

/// The packs in use, with the files that the user's own are read from.
pub struct PackFiles {
    folders: Vec<PathBuf>,
    watch: Watch,
    texts: Texts,
    packs: Packs,
}

impl PackFiles {
    /// Reads the packs of the folders, see [`load`].
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn load(folders: &[PathBuf]) -> Result<Self, PackFileError> {
        let watched = folders.iter().cloned().map(Watched::Folder);
        let watch = Watch::new(watched.collect());
        let texts = texts(folders)?;
        Ok(Self {
            folders: folders.to_owned(),
            watch,
            packs: packs(&texts)?,
            texts,
        })
    }

    /// The packs.
    pub fn packs(&self) -> &Packs {
        &self.packs
    }

    /// Ends when files say something else than before, and are taken over. What
    /// is broken is said once, and leaves the older packs in use.
    pub async fn changed(&mut self) {
        loop {
            self.watch.changed().await;
            let folders = self.folders.clone();
            // Reading files blocks.
            let read = tokio::task::spawn_blocking(move || texts(&folders)).await;
            // A folder that is away, or is just being replaced, says nothing.
            let Ok(Ok(texts)) = read else { continue };
            match self.refresh(texts) {
                Ok(false) => {}
                Ok(true) => return,
                Err(error) => tracing::error!("{error}; the packs stay as they were"),
            }
        }
    }

    /// Takes over what the files say by now; whether that is something else.
    fn refresh(&mut self, texts: Texts) -> Result<bool, PackFileError> {
        if texts == self.texts {
            return Ok(false);
        }
        self.texts = texts;
        self.packs = packs(&self.texts)?;
        Ok(true)
    }
}

fn texts(folders: &[PathBuf]) -> Result<Texts, PackFileError> {
    let mut texts = Vec::new();
    for folder in folders {
        for path in files(folder)? {
            let text = crate::regular_file::read_to_string(&path);
            let text = text.map_err(|reason| unreadable(&path, reason))?;
            texts.push((path, text));
        }
    }
    Ok(texts)
}

fn packs(texts: &Texts) -> Result<Packs, PackFileError> {
    let mut packs = Packs::builtin().map_err(|error| broken(Path::new("built in"), error))?;
    for (path, text) in texts {
        packs.add(read(text).map_err(|error| broken(path, error))?);
    }
    Ok(packs)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, PackFileError> {
    let entries = std::fs::read_dir(folder).map_err(|reason| unreadable(folder, reason))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension() == Some(OsStr::new("toml")))
        .collect();
    files.sort();
    Ok(files)
}

fn broken(path: &Path, error: PackError) -> PackFileError {
    PackFileError::Pack {
        path: path.to_owned(),
        error,
    }
}

fn unreadable(path: &Path, reason: io::Error) -> PackFileError {
    PackFileError::Read {
        path: path.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_pack_is_found_and_a_broken_one_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("farm.toml");
        let folders = [folder.path().to_owned()];
        let pack = "name = \"farm\"\ntitle = \"Farm\"\n[recognise]\nall = [\"farm_jobs_total\"]\n";
        std::fs::write(&path, pack).unwrap();
        assert!(load(&folders).unwrap().get("farm").is_some());
        std::fs::write(&path, "name = 1").unwrap();
        let error = load(&folders).unwrap_err().to_string();
        assert!(error.contains("farm.toml:1:8: "), "{error}");
        std::fs::write(&path, pack.replace("[recognise]", "[recognize]")).unwrap();
        let error = load(&folders).unwrap_err().to_string();
        assert!(
            error.contains("farm.toml:3:2: unknown key `recognize`; did you mean `recognise`?"),
            "{error}"
        );
        assert!(load(&[folder.path().join("nowhere")]).is_err());
    }

    #[tokio::test]
    async fn a_pack_that_changes_is_taken_over_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("farm.toml");
        let pack = |title: &str| {
            format!("name = \"farm\"\ntitle = {title}\n[recognise]\nall = [\"farm_jobs_total\"]\n")
        };
        std::fs::write(&path, pack("\"Farm\"")).unwrap();
        let mut files = PackFiles::load(&[folder.path().to_owned()]).unwrap();
        let read = || texts(&[folder.path().to_owned()]).unwrap();
        let title = |files: &PackFiles| files.packs().get("farm").map(|pack| pack.title.clone());
        assert!(!files.refresh(read()).unwrap());
        std::fs::write(&path, pack("1")).unwrap();
        assert!(files.refresh(read()).is_err());
        assert!(
            !files.refresh(read()).unwrap(),
            "what is broken is said once"
        );
        assert_eq!(title(&files).as_deref(), Some("Farm"));
        std::fs::write(&path, pack("\"Mill\"")).unwrap();
        files.changed().await;
        assert_eq!(title(&files).as_deref(), Some("Mill"));
        std::fs::remove_file(&path).unwrap();
        files.changed().await;
        assert_eq!(title(&files), None);
    }
}
