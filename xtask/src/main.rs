//! `cargo xtask COMMAND`: the one way to set up, run, build, test and measure Andon.
//!
//! Every command is idempotent: it looks at what is there, says what it does, and installs only what is
//! missing. Exit status 0 means done, 1 means a step failed (its own output says why), 2 a wrong command.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to its user"
)]

mod bench;
mod browser;
mod bundle;
mod debian;
mod dev;
mod fuzz;
#[cfg(test)]
mod licences;
mod paths;
mod peers;
mod run;
mod setup;
mod shell;
mod suite;
mod tally;
#[cfg(test)]
mod tidy;
mod toolchain;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND

  setup        install everything the other commands need
  run [ARG]…   build and start the board on the demo job system, or with the given `andon` arguments
  dev [ARG]…   the same from a debug build; rebuilds and restarts when a source changes
  build        leave the release binary, bundle included, at target/release/andon
  test         setup, then every check and every test
  ci           what CI runs: the same
  fuzz [SECS]  search for inputs that break the parsers, PromQL, remote write and the log: 10 s each, or SECS
  bench NAME   measure beside peers: page, engine, live, kiosk, chart, boards";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = args.split_first() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let done = match (command.as_str(), rest) {
        ("setup", []) => setup::everything(),
        ("run", args) => run::run(args).map(|never| match never {}),
        ("dev", args) => dev::dev(args),
        ("build", []) => bundle::release_binary().map(drop),
        ("test" | "ci", []) => suite::test(),
        ("fuzz", []) => fuzz::fuzz(fuzz::BUDGET_S),
        ("fuzz", [seconds]) if let Ok(seconds) = seconds.parse() => fuzz::fuzz(seconds),
        ("bench", [name]) => bench::bench(name),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
