//! The real programs that tests and measurements meet: Prometheus and its exporter, VictoriaMetrics, and the
//! client that Python programs read Prometheus with.

use crate::{debian, paths, shell};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// PyPI's most used client of Prometheus' API.
const PYTHON_CLIENT: &str = "prometheus-api-client==0.7.2";

/// Finds or installs them.
pub fn ready() -> Result<()> {
    debian::ensure(&[
        ("prometheus", "prometheus"),
        ("prometheus-node-exporter", "prometheus-node-exporter"),
        ("victoria-metrics", "victoria-metrics"),
        ("faketime", "faketime"),
        ("python3", "python3"),
    ])?;
    if let Err(error) = python_client() {
        shell::step(&format!("{error:#}; the test that needs it is skipped"));
    }
    Ok(())
}

/// Lets what `command` starts find them: the folder of the Python that has the client comes first.
pub fn on_path(mut command: Command) -> Command {
    command.env("PATH", paths::path_with(&[python().join("bin")]));
    command
}

/// Where a Python with packages of its own is.
fn python() -> PathBuf {
    paths::tools().join("python")
}

fn python_client() -> Result<()> {
    let done = python().join(PYTHON_CLIENT);
    if done.exists() {
        return Ok(());
    }
    if shell::read(Command::new("python3").args(["-c", "import ensurepip"])).is_err() {
        debian::install(&["python3-venv"])?;
    }
    shell::step(&format!("installing PyPI's {PYTHON_CLIENT}"));
    shell::run(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(python()),
    )?;
    let install = ["install", "--quiet", "--disable-pip-version-check"];
    shell::run(
        Command::new(python().join("bin/pip"))
            .args(install)
            .arg(PYTHON_CLIENT),
    )?;
    std::fs::write(done, "")?;
    Ok(())
}
