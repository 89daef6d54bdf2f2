//! `fuzz`: libFuzzer's targets, for a fixed time each. By itself it goes on from what it has learnt before; as a part of
//! the tests it begins at the same place every time, so that what they find is due to what has changed.
//!
//! cargo-fuzz asks for a nightly compiler because of sanitizers. Our code has nothing for them to find; what makes
//! libFuzzer's search one is coverage, which the stable compiler has as well: the flags here are those of
//! `cargo fuzz run --sanitizer none`, and cargo-fuzz itself is not needed.

use crate::{debian, paths, shell};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The binaries of `fuzz/`.
pub const TARGETS: [&str; 4] = ["exposition", "promql", "remote_write", "wal"];

/// How long each target runs unless told otherwise.
pub const BUDGET_S: u32 = 10;

/// A file system in memory.
const MEMORY: &str = "/dev/shm";

/// Coverage of edges, with comparisons told to the fuzzer.
const COVERAGE: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Cdebug-assertions",
];

/// Finds or installs what libFuzzer itself, which is C++, is compiled with.
pub fn ready() -> Result<()> {
    debian::ensure(&[("c++", "g++")])
}

/// Runs every target for `seconds`.
pub fn fuzz(seconds: u32) -> Result<()> {
    ready()?;
    build()?;
    let learnt = folder("corpus");
    TARGETS
        .iter()
        .try_for_each(|target| run(target, seconds, &learnt, &[]))
}

/// Compiles the targets.
pub fn build() -> Result<()> {
    shell::step("fuzz targets");
    let mut build = shell::cargo();
    build
        .current_dir(paths::root().join("fuzz"))
        .args(["build", "--release", "--quiet"])
        // With a target given, build scripts are compiled without the flags.
        .args(["--target", &host()?])
        .env("CARGO_TARGET_DIR", folder("build"))
        .env("RUSTFLAGS", COVERAGE.join(" "));
    shell::run(&mut build)
}

/// Runs one target for a short time, from the seeds alone and the same every time.
pub fn test(target: &str) -> Result<()> {
    let learnt = folder("test");
    if learnt.is_dir() {
        std::fs::remove_dir_all(&learnt)?;
    }
    run(target, BUDGET_S, &learnt, &["-seed=1"])
}

/// Runs one target for `seconds`. What it learns is kept in `learnt`; what it says is shown where it broke.
fn run(target: &str, seconds: u32, learnt: &Path, arguments: &[&str]) -> Result<()> {
    let corpus = learnt.join(target);
    let artifacts = folder("artifacts").join(target);
    std::fs::create_dir_all(&corpus)?;
    std::fs::create_dir_all(&artifacts)?;
    let binary = folder("build").join(host()?).join("release").join(target);
    let mut run = Command::new(&binary);
    run.arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(["-max_len=4096", "-timeout=60", "-rss_limit_mb=1024"])
        .arg("-print_final_stats=1")
        .args(arguments)
        .arg(&corpus)
        .arg(paths::root().join("fuzz/seeds").join(target));
    // The log is fuzzed in files: in memory, where there is such a place.
    if Path::new(MEMORY).is_dir() {
        run.env("TMPDIR", MEMORY);
    }
    let output = run.output().context("cannot start it")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let file = artifacts.display();
        bail!(
            "{said}\nfuzzing {target} found the input in {file}; run it again: {} FILE",
            binary.display()
        );
    }
    let runs = said
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    let runs = runs.unwrap_or("no").trim();
    shell::step(&format!(
        "fuzzed {target} for {seconds} s: {runs} inputs, none broke it"
    ));
    Ok(())
}

fn folder(name: &str) -> PathBuf {
    paths::target().join("fuzz").join(name)
}

fn host() -> Result<String> {
    shell::read(Command::new("rustc").args(["--print", "host-tuple"]))
}
