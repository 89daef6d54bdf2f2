//! `andon check`: files to sentences about what is wrong in them.

mod file;
mod report;
mod sources;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::regular_file::Ancestors;
use crate::report_format::ReportFormat;
use file::Checked;

/// What to look at, and what to hold it against.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Configuration, boards, packs and rule files, or folders of them;
    /// andon.toml where none is given.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// A Prometheus server or an exporter's page: which metrics boards and
    /// rules may name.
    #[arg(long = "source", value_name = "URL")]
    sources: Vec<String>,

    /// The same of every `[[sources]]` of this configuration.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// How to say what was found.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    report: ReportFormat,
}

/// Checks files and folders, or `andon.toml` where none is given. Exits with 0
/// where all is well, with 1 where something is wrong, with 2 where there is
/// nothing to look at or a source does not answer.
pub fn main(args: &CheckArgs) -> ExitCode {
    let checked = match check_all(args) {
        Ok(checked) => checked,
        Err(reason) => {
            report::cannot(&reason);
            return ExitCode::from(2);
        }
    };
    match args.report {
        ReportFormat::Text => report::text(&checked),
        ReportFormat::Json => report::json(&checked),
    }
    if checked.iter().all(Checked::is_well) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn check_all(args: &CheckArgs) -> Result<Vec<Checked>, String> {
    let default = [PathBuf::from("andon.toml")];
    let paths: &[PathBuf] = match args.paths.as_slice() {
        [] => &default,
        paths => paths,
    };
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)
            .map_err(|reason| format!("cannot read {}: {reason}", path.display()))?;
    }
    let mut facts = sources::facts(&args.sources, args.config.as_deref())?;
    let read: Vec<file::Read> = files.iter().map(|path| file::read(path)).collect();
    facts.may_be_absent.extend(recorded(&read));
    Ok(read.into_iter().map(|read| read.check(&facts)).collect())
}

/// What the rules among the files record.
fn recorded(read: &[file::Read]) -> BTreeSet<String> {
    read.iter().flat_map(file::Read::recorded).collect()
}

/// A file stands for itself, a folder for all files below that can be checked.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.metadata()?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    collect_below(path, &Ancestors::default(), files)
}

fn collect_below(folder: &Path, above: &Ancestors, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let Some(ancestors) = above.with(folder)? else {
        return Ok(());
    };
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            collect_below(&entry, &ancestors, files)?;
        } else if !is_hidden(&entry) && is_known(&entry) {
            files.push(entry);
        }
    }
    Ok(())
}

/// An editor's lock, say.
fn is_hidden(file: &Path) -> bool {
    file.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn is_known(file: &Path) -> bool {
    match extension(file) {
        "toml" | "yml" | "yaml" => true,
        // A folder may hold other JSON than dashboards.
        "json" => crate::regular_file::read_to_string(file)
            .is_ok_and(|text| grafana::import(&text).is_ok()),
        _ => false,
    }
}

fn extension(file: &Path) -> &str {
    file.extension().and_then(OsStr::to_str).unwrap_or("")
}
