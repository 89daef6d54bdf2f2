//! `andon data`: a data folder -> what lies in it, what is damaged, a copy, a repair.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use storage::{BlockInfo, Damage, Inspection, Repair, StorageError};

/// The exit status of what could not be done.
const FAILED: u8 = 2;

/// What to do with a data folder.
#[derive(Debug, Args)]
pub struct DataArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say what lies in it, and which process uses it.
    Info(Folder),
    /// Read all of it, and say what cannot be read.
    Check(Folder),
    /// Copy it to another folder, which Andon opens; no process may use it.
    Snapshot {
        #[command(flatten)]
        folder: Folder,
        /// The copy, which is not there yet.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Take out what cannot be read, so that the rest is whole; no process may use it.
    Repair(Folder),
}

#[derive(Debug, Args)]
struct Folder {
    /// The data folder.
    #[arg(value_name = "DATA_DIR", env = "ANDON_DATA_DIR")]
    path: PathBuf,
}

/// Does what is asked for; the status is 1 where something is damaged.
pub fn main(args: &DataArgs) -> ExitCode {
    let mut out = io::stdout().lock();
    let done = match &args.action {
        Action::Info(folder) => info(&mut out, &folder.path),
        Action::Check(folder) => check(&mut out, &folder.path),
        Action::Snapshot { folder, to } => snapshot(&mut out, &folder.path, to),
        Action::Repair(folder) => repair(&mut out, &folder.path),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "andon: {error}");
            ExitCode::from(FAILED)
        }
    }
}

/// Why nothing could be done.
#[derive(Debug, thiserror::Error)]
enum DataError {
    #[error(transparent)]
    Storage(StorageError),
    #[error(
        "{0}; ask the server that uses it: curl -X POST URL/api/v1/admin/tsdb/snapshot, or stop it"
    )]
    InUse(StorageError),
    #[error("{}: this is no data folder: there is no folder `blocks` in it", .0.display())]
    NoFolder(PathBuf),
    #[error("the report cannot be written: {0}")]
    Report(#[from] io::Error),
}

impl From<StorageError> for DataError {
    fn from(error: StorageError) -> Self {
        match error {
            locked @ StorageError::Locked { .. } => Self::InUse(locked),
            other => Self::Storage(other),
        }
    }
}

/// Whether all is well.
type Done = Result<bool, DataError>;

fn checked(folder: &Path) -> Result<&Path, DataError> {
    if folder.join("blocks").is_dir() {
        Ok(folder)
    } else {
        Err(DataError::NoFolder(folder.to_owned()))
    }
}

fn info(out: &mut impl Write, folder: &Path) -> Done {
    let inspection = storage::inspect(checked(folder)?)?;
    write_info(out, folder, &inspection)?;
    Ok(inspection.damaged_blocks.is_empty() && inspection.missing_blocks.is_empty())
}

fn write_info(out: &mut impl Write, folder: &Path, found: &Inspection) -> io::Result<()> {
    let written_by = match found.format.written_by.as_str() {
        "" => "a build that did not say",
        name => name,
    };
    let version = found.format.version;
    writeln!(
        out,
        "{}: format {version}, written by {written_by}",
        folder.display()
    )?;
    match &found.holder {
        Some(holder) => writeln!(out, "in use by {holder}")?,
        None => writeln!(out, "in use by nobody")?,
    }
    let (files, bytes) = found.log;
    writeln!(out, "log: {files} files, {}", size(bytes))?;
    match found.catalog_bytes {
        Some(bytes) => writeln!(out, "catalog: {}", size(bytes))?,
        None => writeln!(out, "catalog: none yet")?,
    }
    let samples: u64 = found.blocks.iter().map(|block| block.samples).sum();
    let bytes = found.blocks.iter().map(|block| block.bytes).sum();
    let count = found.blocks.len();
    writeln!(out, "blocks: {count}, {samples} samples, {}", size(bytes))?;
    for block in &found.blocks {
        write_block(out, block)?;
    }
    for block in &found.damaged_blocks {
        writeln!(out, "damaged: {}: {}", block.path.display(), block.reason)?;
    }
    for number in &found.missing_blocks {
        writeln!(out, "missing: {number:016x}.block was removed")?;
    }
    for name in &found.snapshots {
        writeln!(out, "snapshot: {name}")?;
    }
    Ok(())
}

fn write_block(out: &mut impl Write, block: &BlockInfo) -> io::Result<()> {
    let name = block.path.file_name().unwrap_or_default();
    writeln!(
        out,
        "  {}  {} to {}  {} samples  {} series  {}",
        name.to_string_lossy(),
        time(block.range.start_ms),
        time(block.range.end_ms),
        block.samples,
        block.series,
        size(block.bytes),
    )
}

fn check(out: &mut impl Write, folder: &Path) -> Done {
    let damage = storage::check(checked(folder)?)?;
    for Damage { path, reason } in &damage {
        writeln!(out, "{}: {reason}", path.display())?;
    }
    if damage.is_empty() {
        writeln!(out, "{}: all of it can be read", folder.display())?;
    } else {
        let folder = folder.display();
        writeln!(
            out,
            "`andon data repair {folder}` takes it out, and keeps the rest"
        )?;
    }
    Ok(damage.is_empty())
}

fn snapshot(out: &mut impl Write, folder: &Path, to: &Path) -> Done {
    storage::snapshot_folder(checked(folder)?, to)?;
    writeln!(out, "{}: run on it with --data-dir", to.display())?;
    Ok(true)
}

fn repair(out: &mut impl Write, folder: &Path) -> Done {
    let Repair {
        set_aside,
        lost_rows,
        lost_records,
        catalog_rebuilt,
    } = storage::repair(checked(folder)?)?;
    for path in &set_aside {
        writeln!(out, "set aside: {}", path.display())?;
    }
    writeln!(
        out,
        "taken out: {lost_rows} damaged rows of blocks, {lost_records} damaged records of the log"
    )?;
    if catalog_rebuilt {
        writeln!(out, "the catalog was made anew")?;
    }
    check(out, folder)
}

fn time(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |time| time.to_string())
}

/// Bytes as people read them.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut amount = bytes as f64;
    let mut unit = 0;
    while amount >= 1024.0 && unit + 1 < UNITS.len() {
        amount /= 1024.0;
        unit += 1;
    }
    match unit {
        0 => format!("{bytes} B"),
        _ => format!("{amount:.1} {}", UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_well() {
        let check = |bytes: u64, expected: &str| assert_eq!(size(bytes), expected);
        check(0, "0 B");
        check(1023, "1023 B");
        check(1536, "1.5 KiB");
        check(5 << 30, "5.0 GiB");
    }
}
