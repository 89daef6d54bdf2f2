//! `run`: a binary that is soon built, on moving data. Andon itself says at which URL, on its standard output.

use crate::{bundle, shell};
use anyhow::{Error, Result};
use std::convert::Infallible;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Builds, and becomes `andon ARGS`, or `andon --demo` where there are none: what ends this process ends it.
pub fn run(args: &[String]) -> Result<Infallible> {
    let mut andon = andon(&bundle::quick_binary()?, args);
    let failed = andon.exec();
    Err(Error::new(failed).context(format!("cannot start `{}`", shell::line(&andon))))
}

/// `binary ARGS`, on the demo job system where there are none.
pub fn andon(binary: &Path, args: &[String]) -> Command {
    let mut andon = Command::new(binary);
    if args.is_empty() {
        andon.arg("--demo");
    } else {
        andon.args(args);
    }
    andon
}
