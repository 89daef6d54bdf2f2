//! `andon check`: files to sentences about what is wrong in them.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::config::{ConfigError, load, read_yaml};

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
        if let Err(error) = check(file) {
            failed = true;
            let _ = writeln!(io::stderr(), "{error}");
        }
    }
    if failed {
        return ExitCode::FAILURE;
    }
    let _ = writeln!(io::stdout(), "{} files are in order", files.len());
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
    let extension = file.extension().and_then(OsStr::to_str);
    matches!(extension, Some("toml" | "yml" | "yaml"))
}

fn check(file: &Path) -> Result<(), ConfigError> {
    match file.extension().and_then(OsStr::to_str) {
        Some("yml" | "yaml") => read_yaml(file).map(drop),
        _ => load(file).map(drop),
    }
}
