//! `andon import`: Grafana's dashboards to board files, and a report; `andon
//! export`: the way back; `andon schema`: the form of board files.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use dashboard::file;
use grafana::Report;
use serde::Serialize;

use crate::boards::files::{self, BoardFileError};
use crate::report_format::ReportFormat;

/// What to import, and where to.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Grafana's dashboards, or folders of them.
    #[arg(value_name = "FILE", required = true)]
    paths: Vec<PathBuf>,

    /// The folder for the boards; without it nothing is written.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,

    /// How to report what became of each panel.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    report: ReportFormat,
}

/// One line of the JSON report.
#[derive(Serialize)]
struct FileReport<'a> {
    file: String,
    #[serde(flatten)]
    report: &'a Report,
}

/// Imports everything that can be; `Ok(false)` where something could not.
///
/// # Errors
/// Where the report or a board cannot be written.
pub fn import(args: &ImportArgs) -> io::Result<bool> {
    let mut all_well = true;
    for path in &args.paths {
        let found = files::find(path)?;
        // A folder may hold other files beside the dashboards.
        let is_meant =
            |file: &PathBuf| file == path || file.extension() == Some(OsStr::new("json"));
        for file in found.into_iter().filter(is_meant) {
            if let Err(error) = import_file(&file, args)? {
                all_well = false;
                writeln!(io::stderr(), "{error}")?;
            }
        }
    }
    Ok(all_well)
}

/// What to export, and where to.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Board files, or folders of them.
    #[arg(value_name = "FILE", required = true)]
    paths: Vec<PathBuf>,

    /// The folder for the dashboards; without it they are printed.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Exports everything that can be; `Ok(false)` where something could not.
///
/// # Errors
/// Where a dashboard cannot be written.
pub fn export(args: &ExportArgs) -> io::Result<bool> {
    let mut all_well = true;
    for path in &args.paths {
        for file in files::find(path)? {
            let board = match files::read(&file) {
                Ok(board) => board,
                Err(error) => {
                    all_well = false;
                    writeln!(io::stderr(), "{error}")?;
                    continue;
                }
            };
            let dashboard = grafana::export(&board.board, board.id.as_str());
            let text = serde_json::to_string_pretty(&dashboard)?;
            match &args.output {
                Some(folder) => {
                    std::fs::create_dir_all(folder)?;
                    std::fs::write(folder.join(format!("{}.json", board.id)), text)?;
                }
                None => writeln!(io::stdout(), "{text}")?,
            }
        }
    }
    Ok(all_well)
}

/// How to print the form of board files.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// As a reference for people, in Markdown.
    #[arg(long)]
    reference: bool,
}

/// Prints the form of board files, as JSON Schema or for people.
///
/// # Errors
/// Where it cannot be written.
pub fn schema(args: &SchemaArgs) -> io::Result<bool> {
    if args.reference {
        write!(io::stdout(), "{}", file::reference())?;
    } else {
        let schema = serde_json::to_string_pretty(&file::schema())?;
        writeln!(io::stdout(), "{schema}")?;
    }
    Ok(true)
}

fn import_file(path: &Path, args: &ImportArgs) -> io::Result<Result<(), BoardFileError>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(reason) => {
            let path = path.to_owned();
            return Ok(Err(BoardFileError::Read { path, reason }));
        }
    };
    let imported = match files::import(path, &text) {
        Ok(imported) => imported,
        Err(error) => return Ok(Err(error)),
    };
    if let Some(folder) = &args.output {
        std::fs::create_dir_all(folder)?;
        let board = file::write(&imported.board).map_err(io::Error::other)?;
        std::fs::write(folder.join(format!("{}.yaml", imported.id)), board)?;
    }
    let report = &imported.report.unwrap_or_default();
    let file = path.display().to_string();
    match args.report {
        ReportFormat::Text => writeln!(io::stdout(), "{file}\n{report}\n")?,
        ReportFormat::Json => {
            let line = serde_json::to_string(&FileReport { file, report })?;
            writeln!(io::stdout(), "{line}")?;
        }
    }
    Ok(Ok(()))
}
