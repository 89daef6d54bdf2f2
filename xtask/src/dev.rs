//! `dev`: a debug build that is rebuilt and started anew when a source changes. Open pages notice by themselves:
//! their stream comes back from a server with another bundle, and they reload.

use crate::{bundle, paths, run, shell};
use anyhow::Result;
use std::process::Child;
use std::time::{Duration, SystemTime};

/// What is watched, from the workspace root.
const WATCHED: [&str; 10] = [
    "Cargo.toml",
    "Trunk.toml",
    "app",
    "crates",
    "dashboards",
    "frontend",
    "public",
    "server",
    "storage",
    "style",
];

/// Builds, runs, watches, until interrupted. A build that fails leaves the last good server running.
pub fn dev(args: &[String]) -> Result<()> {
    let mut running: Option<Child> = None;
    loop {
        let seen = newest();
        if let Err(error) = restart(&mut running, args) {
            shell::step(&format!("{error:#}"));
        }
        shell::step("waiting for a change");
        while newest() == seen {
            std::thread::sleep(Duration::from_millis(300));
        }
    }
}

fn restart(running: &mut Option<Child>, args: &[String]) -> Result<()> {
    let binary = bundle::debug_binary(bundle::Kind::Debug)?;
    if let Some(mut old) = running.take() {
        old.kill()?;
        old.wait()?;
    }
    *running = Some(run::andon(&binary, args).spawn()?);
    Ok(())
}

fn newest() -> Option<SystemTime> {
    WATCHED
        .iter()
        .filter_map(|path| bundle::newest(&paths::root().join(path)))
        .max()
}
