//! Board files, ours and Grafana's, to boards with their ids.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use dashboard::{Board, file};
use grafana::{Import, Report};
use wire::id::BoardId;

use crate::regular_file::{self, Ancestors};

/// What a file holds.
#[derive(Clone, Debug)]
pub struct BoardFile {
    /// The board's part of the URL.
    pub id: BoardId,
    /// The board.
    pub board: Board,
    /// What became of the panels of a dashboard of Grafana's.
    pub report: Option<Report>,
}

/// Why a file gives no board.
#[derive(Debug, thiserror::Error)]
pub enum BoardFileError {
    /// It cannot be read.
    #[error("{}: cannot read it: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: io::Error,
    },
    /// It is no board; a line for each thing that is wrong.
    #[error("{}", .0.join("\n"))]
    Board(Vec<String>),
}

/// Reads a file. JSON that is a dashboard of Grafana's is imported.
///
/// # Errors
/// See [`BoardFileError`]; messages begin with the file's name and the place.
pub fn read(path: &Path) -> Result<BoardFile, BoardFileError> {
    let text = regular_file::read_to_string(path).map_err(|reason| BoardFileError::Read {
        path: path.to_owned(),
        reason,
    })?;
    let is_json = path.extension() == Some(OsStr::new("json"));
    // What is no dashboard is a board of ours, written as JSON.
    if is_json && let Ok(imported) = grafana::import(&text) {
        return Ok(imported_file(path, imported));
    }
    match file::read(&text) {
        Ok(board) => Ok(BoardFile {
            id: id_of(path),
            board,
            report: None,
        }),
        Err(errors) => {
            let name = path.display();
            let lines = errors.iter().map(|error| format!("{name}:{error}"));
            Err(BoardFileError::Board(lines.collect()))
        }
    }
}

/// Reads a dashboard of Grafana's.
///
/// # Errors
/// See [`BoardFileError`].
pub fn import(path: &Path, text: &str) -> Result<BoardFile, BoardFileError> {
    let imported = grafana::import(text)
        .map_err(|error| BoardFileError::Board(vec![format!("{}: {error}", path.display())]))?;
    Ok(imported_file(path, imported))
}

fn imported_file(path: &Path, imported: Import) -> BoardFile {
    let id = match imported.uid.as_str() {
        "" => id_of(path),
        uid => slug(uid).into(),
    };
    BoardFile {
        id,
        board: imported.board,
        report: Some(imported.report),
    }
}

/// The id of a file's board, where the file itself says none.
pub fn id_of(path: &Path) -> BoardId {
    slug(&stem(path).to_lowercase()).into()
}

/// A file stands for itself, a folder for all board files in it and below, also
/// for those that [`read`] will refuse. What cannot be read below costs itself.
///
/// # Errors
/// Where the folder itself cannot be read.
pub fn find(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.metadata()?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    collect(path, &Ancestors::default(), &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, above: &Ancestors, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let Some(ancestors) = above.with(folder)? else {
        return Ok(());
    };
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?.path();
        let is_hidden = entry
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        // Kubernetes keeps the versions of a mounted folder under hidden names.
        if is_hidden {
            continue;
        }
        if !entry.is_dir() {
            found.extend(Some(entry).filter(|entry| is_board(entry)));
        } else if let Err(error) = collect(&entry, &ancestors, found) {
            tracing::warn!(folder = %entry.display(), %error, "cannot look for boards");
        }
    }
    Ok(())
}

fn is_board(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    matches!(extension, Some("yaml" | "yml" | "json"))
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map_or(String::new(), |stem| stem.to_string_lossy().into_owned())
}

/// What can stand in a URL: letters, digits, `-` and `_`.
fn slug(name: &str) -> String {
    let plain = name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "-");
    match plain.trim_matches('-') {
        "" => "board".to_owned(),
        slug => slug.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expected: Result<&str, &str>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        assert_eq!(find(folder.path()).unwrap(), std::slice::from_ref(&path));
        match (read(&path), expected) {
            (Ok(file), Ok(id)) => assert_eq!(file.id.as_str(), id),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (got, _) => panic!("{text} became {got:?}"),
        }
    }

    #[test]
    fn both_kinds_of_files_are_boards() {
        check("My Farm.yaml", "title: Farm", Ok("my-farm"));
        check(
            "farm.json",
            r#"{"title": "Farm", "panels": []}"#,
            Ok("farm"),
        );
        check(
            "x.json",
            r#"{"uid": "Ab_1", "panels": [], "title": "T"}"#,
            Ok("Ab_1"),
        );
        check("ü.yml", "title: Farm", Ok("board"));
    }

    #[test]
    fn what_is_no_file_costs_itself_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, root.join(name)).unwrap();
        std::fs::write(root.join("good.yaml"), "title: Good").unwrap();
        link("nowhere", "dangling.yaml");
        link("loop.yaml", "loop.yaml");
        link("/dev/zero", "endless.yaml");
        link(".", "again");
        let found = find(root).unwrap();
        let names: Vec<_> = found.iter().map(|path| path.file_name().unwrap()).collect();
        let all = ["dangling.yaml", "endless.yaml", "good.yaml", "loop.yaml"];
        assert_eq!(names, all);
        let read: Vec<bool> = found.iter().map(|path| read(path).is_ok()).collect();
        assert_eq!(read, [false, false, true, false]);
    }

    #[test]
    fn what_is_wrong_is_said_with_the_file_and_the_place() {
        check(
            "farm.yaml",
            "titel: Farm",
            Err("farm.yaml:1:1: titel: unknown key"),
        );
        check("farm.json", "{", Err("farm.json:"));
    }
}
