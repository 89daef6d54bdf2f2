//! What the browser tests and the page benchmarks stand on: Chromium and Node.

use crate::{debian, paths, shell};
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Finds or installs everything.
pub fn ready() -> Result<()> {
    debian::ensure(&[("node", "nodejs"), ("npm", "npm"), ("chromium", "chromium")])?;
    npm_ready(&paths::root().join("end2end"))
}

/// Installs the npm packages of `folder` as its lock file says, where they are not.
pub fn npm_ready(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let done = folder.join("node_modules/.lock");
    if std::fs::read(&done).ok() == std::fs::read(&lock).ok() && done.exists() {
        return Ok(());
    }
    shell::step(&format!(
        "installing the npm packages of {}",
        folder.display()
    ));
    shell::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(folder),
    )?;
    std::fs::copy(&lock, &done)?;
    Ok(())
}

/// Lets the scripts that `command` starts know which Chromium was found.
pub fn with_chromium(command: &mut Command) -> &mut Command {
    if let Some(chromium) = paths::on_path("chromium") {
        command.env("ANDON_CHROMIUM", chromium);
    }
    command
}

/// Playwright's runner on `end2end`, against the server `binary`.
pub fn playwright(binary: &Path) -> Command {
    let folder: PathBuf = paths::root().join("end2end");
    let mut command = Command::new("npx");
    command
        .args(["--no-install", "playwright", "test"])
        .current_dir(folder)
        .env("ANDON_BINARY", binary);
    with_chromium(&mut command);
    command
}
