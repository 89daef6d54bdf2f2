//! Board files: YAML or JSON text <-> [`Board`].
//!
//! Contract: a text gives a board that makes sense, or every error that could
//! be found, each with line, column, path and what to do. Writing a board and
//! reading it again gives the same board.

mod check;
mod flow;
mod locate;
mod reference;

pub use locate::error_at;

use std::fmt;

use serde::Deserialize;
use serde_saphyr::{DefaultMessageFormatter, MessageFormatter};

use crate::board::Board;
use crate::suggestion;
use crate::version::Version;

/// Something wrong in a board file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct FileError {
    /// Where, from 1; 0 where it is not known.
    pub line: u64,
    /// Where in the line, in characters from 1.
    pub column: u64,
    /// Where in the document: `panels[2].kind`.
    pub path: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for FileError {
    /// `12:7: panels[2].kind: …`, to be put behind the file's name and a colon.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.line, self.column)?;
        if !self.path.is_empty() && self.path != "." {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// Reads a board file. JSON is read as the YAML that it is.
///
/// # Errors
/// The first error of form, or all errors of sense.
pub fn read(text: &str) -> Result<Board, Vec<FileError>> {
    let mut board: Board = parse(text).map_err(|error| vec![error])?;
    board.version = Version::CURRENT;
    flow::place(&mut board.panels, text);
    let board = board.numbered();
    let errors: Vec<FileError> = check::check(&board)
        .into_iter()
        .map(|(path, message)| error_at(text, &path, message))
        .collect();
    if errors.is_empty() {
        Ok(board)
    } else {
        Err(errors)
    }
}

/// A board as a YAML file.
///
/// # Errors
/// Where a value has no YAML form; no board that was read has such a value.
pub fn write(board: &Board) -> Result<String, serde_saphyr::SerializeError> {
    serde_saphyr::to_string(board)
}

/// The form of board files as JSON Schema, for editors to complete by.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Board)
}

/// The reference of board files for people, in Markdown.
pub fn reference() -> String {
    reference::reference(schema().as_value())
}

fn parse<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, FileError> {
    let mut path = String::new();
    let result = serde_saphyr::with_deserializer_from_str(text, |deserializer| {
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            path = error.path().to_string();
            error.into_inner()
        })
    });
    result.map_err(|error: serde_saphyr::Error| {
        let location = error.location();
        FileError {
            line: location.map_or(0, |place| place.line()),
            column: location.map_or(0, |place| place.column()),
            path,
            message: message(error.without_snippet()),
        }
    })
}

/// The error in our words, with a suggestion where a name is almost right.
fn message(error: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error;
    match error {
        Error::SerdeUnknownField {
            field, expected, ..
        } => suggestion::unknown("key", field, expected),
        Error::SerdeUnknownVariant {
            variant, expected, ..
        } => suggestion::unknown("value", variant, expected),
        Error::SerdeMissingField { field, .. } => format!("the key `{field}` is missing"),
        Error::SerdeInvalidType {
            unexpected,
            expected,
            ..
        } => format!("expected {expected}, found {unexpected}"),
        other => DefaultMessageFormatter.format_message(other).into_owned(),
    }
}

#[cfg(test)]
mod tests;
