//! What was found -> lines for people, or JSON.

use std::fmt::Display;
use std::io::{self, Write};

use serde::Serialize;

use super::file::{Checked, Placed};

/// Says why nothing could be looked at.
pub fn cannot(reason: &str) {
    complain(format_args!("andon: {reason}"));
}

/// A line for each thing that is wrong, else one that all is well.
pub fn text(checked: &[Checked]) {
    for file in checked {
        for error in &file.errors {
            complain(error);
        }
        for warning in &file.warnings {
            complain(format_args!("{}: warning: {warning}", file.file));
        }
        for Placed {
            place,
            path,
            diagnostic,
        } in &file.diagnostics
        {
            let name = &file.file;
            match place {
                Some((line, column)) => {
                    complain(format_args!("{name}:{line}:{column}: {path}: {diagnostic}"));
                }
                None => complain(format_args!("{name}: {path}: {diagnostic}")),
            }
        }
    }
    if checked.iter().all(Checked::is_well) {
        say(match checked.len() {
            1 => "1 file is in order".to_owned(),
            count => format!("{count} files are in order"),
        });
    }
}

#[derive(Serialize)]
struct FileReport<'a> {
    file: &'a str,
    errors: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    warnings: &'a [String],
    #[serde(rename = "findings")]
    diagnostics: Vec<DiagnosticReport<'a>>,
}

#[derive(Serialize)]
struct DiagnosticReport<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u64>,
    path: &'a str,
    #[serde(rename = "fault")]
    check: &'static str,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repaired: Option<&'a str>,
}

/// An object a file, a line each.
pub fn json(checked: &[Checked]) {
    for file in checked {
        let report = FileReport {
            file: &file.file,
            errors: &file.errors,
            warnings: &file.warnings,
            diagnostics: file.diagnostics.iter().map(diagnostic).collect(),
        };
        say(serde_json::to_string(&report).unwrap_or_default());
    }
}

fn diagnostic(placed: &Placed) -> DiagnosticReport<'_> {
    DiagnosticReport {
        line: placed.place.map(|(line, _)| line),
        column: placed.place.map(|(_, column)| column),
        path: &placed.path,
        check: placed.diagnostic.check.as_str(),
        reason: &placed.diagnostic.reason,
        repaired: placed.diagnostic.repaired.as_deref(),
    }
}

/// Nothing is left to be done where the stream is closed.
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn complain(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}
