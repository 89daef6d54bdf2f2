//! `test`: every check and every test, and one honest closing line over all of them.
//!
//! A check (formatting, lints, documentation) counts as one; a runner counts the tests that it says it ran. A
//! step that fails does not keep the later ones from running.

use crate::tally::{Counter, Tally};
use crate::tools::{Bundler, Optimizer};
use crate::{browser, bundle, fuzz, peers, setup, shell};
use anyhow::{Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::process::Command;

/// What the counts so far are, and which steps failed.
#[derive(Default)]
struct Suite {
    total: Tally,
    failed: Vec<&'static str>,
}

/// Runs everything; fails where anything failed.
pub fn test() -> Result<()> {
    let mut suite = Suite::default();
    // Before any test: one whose peer is missing would be skipped.
    if let Err(error) = setup::everything() {
        suite.fail("setup", &error);
    }
    suite.native();
    if let Err(error) = suite.browser() {
        suite.fail("browser", &error);
    }
    let Suite { total, failed } = suite;
    if !failed.is_empty() {
        shell::step(&format!("failed: {}", failed.join(", ")));
    }
    println!(
        "\n{} passed, {} failed, {} skipped",
        total.passed, total.failed, total.skipped
    );
    if total.failed > 0 {
        bail!("{} failed", failed.join(", "));
    }
    Ok(())
}

impl Suite {
    /// Everything that needs the native toolchain only. `frontend` is left out: it would switch `app` to its
    /// browser half for the whole build.
    fn native(&mut self) {
        let all = ["--workspace", "--exclude", "frontend"];
        self.check(
            "formatting",
            shell::cargo().args(["fmt", "--all", "--check"]),
        );
        self.check(
            "lints",
            shell::cargo()
                .arg("clippy")
                .args(all)
                .args(["--all-targets", "--", "-D", "warnings"]),
        );
        // Who reads it reads the source too: a link may lead to what is private.
        let rustdoc = "-D warnings -A rustdoc::private-intra-doc-links";
        self.check(
            "documentation",
            shell::cargo()
                .env("RUSTDOCFLAGS", rustdoc)
                .args(["doc", "--no-deps"])
                .args(all),
        );
        let mut tests = shell::cargo();
        tests.args(["test", "--no-fail-fast"]).args(all);
        tests.args(["--", "--show-output"]);
        self.runner(
            "unit, integration and documentation tests",
            peers::on_path(tests),
        );
        self.fuzz();
    }

    /// Each target for a short time.
    fn fuzz(&mut self) {
        if let Err(error) = fuzz::build() {
            return self.fail("fuzz targets", &error);
        }
        for target in fuzz::TARGETS {
            match fuzz::test(target) {
                Ok(()) => self.total.passed += 1,
                Err(error) => self.fail(target, &error),
            }
        }
    }

    /// The bundle's lints, the bundle, and the tests in a browser.
    fn browser(&mut self) -> Result<()> {
        let bundler = Bundler::ready(Optimizer::WasmOpt)?;
        let mut lints = bundler.cargo();
        // Debian's compiler has no clippy: there the compiler's own warnings must do.
        lints.arg(if bundler.has_clippy() {
            "clippy"
        } else {
            "check"
        });
        lints.args([
            "--package",
            "app",
            "--package",
            "frontend",
            "--target",
            crate::toolchain::TARGET,
        ]);
        if bundler.has_clippy() {
            lints.args(["--", "-D", "warnings"]);
        } else {
            lints.env("RUSTFLAGS", "-D warnings");
        }
        self.check("lints of the bundle", &mut lints);
        let binary = bundle::debug_binary(bundle::Kind::Release)?;
        self.runner("browser tests", browser::playwright(&binary));
        Ok(())
    }

    fn check(&mut self, name: &'static str, command: &mut Command) {
        match shell::timed(name, || shell::run(command)) {
            Ok(()) => self.total.passed += 1,
            Err(error) => self.fail(name, &error),
        }
    }

    fn runner(&mut self, name: &'static str, command: Command) {
        match shell::timed(name, || counted(command)) {
            Ok((tally, ended_well)) => {
                self.total += tally;
                if tally.failed > 0 {
                    self.failed.push(name);
                } else if !ended_well {
                    self.fail(
                        name,
                        &anyhow::anyhow!("it ended with a failure before its tests did"),
                    );
                }
            }
            Err(error) => self.fail(name, &error),
        }
    }

    fn fail(&mut self, name: &'static str, error: &anyhow::Error) {
        shell::step(&format!("{name}: {error:#}"));
        self.total.failed += 1;
        self.failed.push(name);
    }
}

/// Runs a test runner, its output shown as it comes; returns its counts and whether it ended with success.
fn counted(mut command: Command) -> Result<(Tally, bool)> {
    let (reader, writer) = std::io::pipe()?;
    command
        .env("CARGO_TERM_COLOR", "never")
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let mut child = command.spawn()?;
    // The command holds the pipe's writing end: while it lives, reading would never end.
    drop(command);
    let mut counter = Counter::default();
    for line in BufReader::new(reader).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        counter.read(&line);
        writeln!(std::io::stdout(), "{line}")?;
    }
    Ok((counter.tally(), child.wait()?.success()))
}
