//! `andon check`: files to sentences about what is wrong in them.

use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dashboard::grafana::is_dashboard;
use packs::Pack;

use crate::boards;
use crate::config::{load, read_yaml};

/// Checks files and folders, or `andon.toml` where none is given. Exits with 0
/// where all is well, with 1 where something is wrong, with 2 where there is
/// nothing to look at.
pub fn main(paths: &[PathBuf]) -> ExitCode {
    let default = [PathBuf::from("andon.toml")];
    let paths = if paths.is_empty() { &default } else { paths };
    let mut files = Vec::new();
    for path in paths {
        if let Err(reason) = collect(path, &mut files) {
            let _ = writeln!(
                io::stderr(),
                "andon: cannot read {}: {reason}",
                path.display()
            );
            return ExitCode::from(2);
        }
    }
    let mut failed = false;
    for file in &files {
        for error in check(file) {
            failed = true;
            let _ = writeln!(io::stderr(), "{error}");
        }
    }
    if failed {
        return ExitCode::FAILURE;
    }
    let words = match files.len() {
        1 => "1 file is in order".to_owned(),
        count => format!("{count} files are in order"),
    };
    let _ = writeln!(io::stdout(), "{words}");
    ExitCode::SUCCESS
}

/// A file stands for itself, a folder for all files below that can be checked.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.metadata()?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() || is_known(&entry) {
            collect(&entry, files)?;
        }
    }
    Ok(())
}

fn is_known(file: &Path) -> bool {
    match extension(file) {
        "toml" | "yml" | "yaml" => true,
        // A folder may hold other JSON than dashboards.
        "json" => std::fs::read_to_string(file).is_ok_and(|text| is_dashboard(&text)),
        _ => false,
    }
}

fn extension(file: &Path) -> &str {
    file.extension().and_then(OsStr::to_str).unwrap_or("")
}

/// What is wrong in a file, each with its place.
fn check(file: &Path) -> Vec<String> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(reason) => return vec![format!("{}: cannot read it: {reason}", file.display())],
    };
    match extension(file) {
        "toml" if text.contains("[recognise]") => complaint(
            Pack::from_toml(&text).map_err(|error| format!("{}: {error}", file.display())),
        ),
        "toml" => complaint(load(file)),
        "json" => complaint(boards::check::check(file)),
        _ if boards::check::is_board(&text) => complaint(boards::check::check(file)),
        _ => complaint(read_yaml(file)),
    }
}

fn complaint<T>(checked: Result<T, impl Display>) -> Vec<String> {
    checked.err().iter().map(ToString::to_string).collect()
}
