//! How many of Prometheus' own PromQL cases the server answers as Prometheus does: its `.test` files and the driver
//! that plays them over HTTP, both of which lie in the folder of test data.

use crate::report::Report;
use crate::server::{andon_binary, work_folder};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Plays every stable case; skipped where the cases are not at hand.
pub fn measure(report: &mut Report) -> Result<()> {
    let (Some(cases), Some(driver)) = (
        testdata::path("promqltest"),
        testdata::path("tools/promqltest_http.py"),
    ) else {
        return Ok(());
    };
    report.step("playing Prometheus' PromQL cases");
    let answer = work_folder()?.join("conformance.json");
    // The driver gives Prometheus this feature, too: nine cases need it.
    let config = answer.with_file_name("conformance.toml");
    std::fs::write(&config, "[query]\ndelayed_name_removal = true\n")?;
    let server = format!(
        "{} --listen 127.0.0.1:{{port}} --data-dir {{datadir}} --config {}",
        andon_binary()?.display(),
        config.display()
    );
    // It ends with 1 where a case fails: what counts is what it writes.
    Command::new("python3")
        .arg(driver)
        .args([
            "--stable-only",
            // Native histograms as well, which the driver leaves out by itself.
            "--skip",
            "start-timestamp",
            "--spawn",
            &server,
            "--ready-path",
            "/readyz",
            "--json",
        ])
        .arg(&answer)
        .args(test_files(&cases)?)
        .status()
        .context("cannot start python3")?;
    let answer: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(answer)?)?;
    let passed = answer["summary"]["pass"].as_f64().unwrap_or(f64::NAN);
    report.at_least("conformance", passed, "cases", 1_390.0);
    Ok(())
}

fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "test")
    });
    files.sort();
    Ok(files)
}
