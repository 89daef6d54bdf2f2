//! Running other programs: each failure names the command and its exit status.

use anyhow::{Context, Result, bail};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The steps that were planned and are not done.
static LEFT: Mutex<Vec<&str>> = Mutex::new(Vec::new());

/// Announces a step.
pub fn step(what: &str) {
    println!("\u{25b8} {what}");
}

/// Announces what is going to be done, where it is more than one step.
pub fn plan(steps: &[&'static str]) {
    if steps.len() > 1 {
        step(&format!("to do: {}", steps.join(", ")));
    }
    *LEFT.lock().unwrap_or_else(PoisonError::into_inner) = steps.to_vec();
}

/// Does a step of a command, and says how long it took and what is left of the plan.
pub fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    step(name);
    let started = Instant::now();
    let done = work()?;
    let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
    left.retain(|planned| *planned != name);
    let rest = match left.as_slice() {
        [] => String::new(),
        steps => format!("; left: {}", steps.join(", ")),
    };
    step(&format!(
        "{name}: done in {} s{rest}",
        started.elapsed().as_secs()
    ));
    Ok(done)
}

/// Runs `command`, its output shown as it comes.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start `{}`", line(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", line(command));
    }
    Ok(())
}

/// Runs `command` and returns what it printed on standard output, trimmed.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("cannot start `{}`", line(command)))?;
    if !output.status.success() {
        bail!(
            "`{}` ended with {}: {}",
            line(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command as a person would type it.
pub fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The cargo that runs this program, in the workspace root.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(crate::paths::root());
    cargo
}
