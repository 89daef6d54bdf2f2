//! Scripts that measure in Chromium: `bench/browser/NAME`, whose last line of output is JSON.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs the script `name` with Node and returns what it measured.
pub fn run(name: &str, args: &[&str]) -> Result<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("node")
        .arg(folder.join("browser").join(name))
        .args(args)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start node")?;
    if !output.status.success() {
        bail!("{name} ended with {}", output.status);
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let last = printed.lines().last().unwrap_or_default();
    serde_json::from_str(last).with_context(|| format!("{name} printed no JSON: {last}"))
}
