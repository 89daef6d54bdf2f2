//! The packs that ship, and the user's own from folders.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use packs::{Pack, PackError, Packs};

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
    let mut packs = Packs::builtin().map_err(|error| PackFileError::Pack {
        path: PathBuf::from("built in"),
        error,
    })?;
    for folder in folders {
        for path in files(folder)? {
            let text =
                std::fs::read_to_string(&path).map_err(|reason| unreadable(&path, reason))?;
            let pack =
                Pack::from_toml(&text).map_err(|error| PackFileError::Pack { path, error })?;
            packs.add(pack);
        }
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
        assert!(load(&[folder.path().join("nowhere")]).is_err());
    }
}
