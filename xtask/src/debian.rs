//! Programs that come as Debian packages.

use crate::{paths, shell};
use anyhow::{Result, bail};
use std::process::Command;

/// Makes sure that each `(program, package)` is on PATH: installs the missing packages when root, otherwise
/// fails with the one command that installs them.
pub fn ensure(wanted: &[(&str, &str)]) -> Result<()> {
    let mut missing: Vec<&str> = wanted
        .iter()
        .filter(|(program, _)| paths::on_path(program).is_none())
        .map(|(_, package)| *package)
        .collect();
    missing.dedup();
    if missing.is_empty() {
        Ok(())
    } else {
        install(&missing)
    }
}

/// Installs `packages` when root, otherwise fails with the command that does.
pub fn install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if paths::on_path("apt-get").is_none() {
        bail!("missing: {list}. Install them (these are Debian's package names) and start again");
    }
    if shell::read(Command::new("id").arg("-u"))? != "0" {
        bail!(
            "missing: {list}. Run this and start again:\n\n  sudo apt-get install --no-install-recommends {list}\n"
        );
    }
    shell::step(&format!("installing Debian's {list}"));
    shell::run(apt_get().args(["-qq", "update"]))?;
    shell::run(
        apt_get()
            .args(["-qq", "install", "-y", "--no-install-recommends"])
            .args(packages),
    )
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
