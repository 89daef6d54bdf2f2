//! `FORMAT`: which format the data folder is of, and who wrote it.
//!
//! ```text
//! version 1
//! written_by andon 0.1.0
//! ```
//!
//! Contract: nothing in a folder of a later version is touched. Version 1 is what
//! folders without the file are of: those of builds before there was one.

use std::path::{Path, PathBuf};

use crate::error::{DiskContext, StorageError};
use crate::unfinished::Unfinished;

/// The version that is written, and the latest one that is read. To be raised with
/// whatever earlier builds would read wrongly.
pub const FOLDER_VERSION: u32 = 1;

/// What a data folder says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderFormat {
    /// Of the format.
    pub version: u32,
    /// The program that wrote it and its version; empty where nothing says.
    pub written_by: String,
}

impl FolderFormat {
    /// What this build writes.
    fn own() -> Self {
        Self {
            version: FOLDER_VERSION,
            written_by: concat!("andon ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().filter_map(|line| line.split_once(' '));
        let version = lines.clone().find(|(key, _)| *key == "version")?;
        let written_by = lines.find(|(key, _)| *key == "written_by");
        Some(Self {
            version: version.1.trim().parse().ok()?,
            written_by: written_by.map_or("", |(_, value)| value.trim()).to_owned(),
        })
    }
}

pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join("FORMAT")
}

/// What the folder says; version 1 where it says nothing. Changes nothing.
///
/// # Errors
/// [`StorageError::LaterFormat`] where this build cannot read it.
pub fn read(folder: &Path) -> Result<FolderFormat, StorageError> {
    let path = path(folder);
    let text = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(FolderFormat {
                version: 1,
                written_by: String::new(),
            });
        }
        read => read.on("read", &path)?,
    };
    let format =
        FolderFormat::parse(&text).ok_or_else(|| StorageError::NoFormat { path: path.clone() })?;
    if format.version > FOLDER_VERSION {
        return Err(StorageError::LaterFormat {
            folder: folder.to_owned(),
            version: format.version,
            written_by: format.written_by,
        });
    }
    Ok(format)
}

/// Says that this build writes the folder from now on.
pub(crate) fn write(folder: &Path) -> Result<(), StorageError> {
    let own = FolderFormat::own();
    if read(folder)? == own {
        return Ok(());
    }
    let path = path(folder);
    let file = Unfinished::create(&path)?;
    let text = format!("version {}\nwritten_by {}\n", own.version, own.written_by);
    std::fs::write(file.temporary(), text).on("write", file.temporary())?;
    file.publish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_says_its_version_or_is_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let check = |text: Option<&str>, expected: Result<u32, &str>| {
            if let Some(text) = text {
                std::fs::write(path(folder.path()), text).unwrap();
            }
            match (read(folder.path()), expected) {
                (Ok(format), Ok(version)) => assert_eq!(format.version, version),
                (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{error}"),
                (got, _) => panic!("{text:?} became {got:?}"),
            }
        };
        check(None, Ok(1));
        check(Some("version 1\nwritten_by andon 0.0.9\n"), Ok(1));
        check(Some("written_by x\nversion 1"), Ok(1));
        check(
            Some("version 7\nwritten_by andon 9.1.0\n"),
            Err("format 7, written by andon 9.1.0; this build reads up to 1"),
        );
        check(Some("nothing"), Err("says no version"));
        std::fs::remove_file(path(folder.path())).unwrap();
        write(folder.path()).unwrap();
        assert_eq!(read(folder.path()).unwrap(), FolderFormat::own());
    }
}
