//! Structured logs on standard error, as text or as JSON lines.
//!
//! Contract: whoever logs is neither held up nor hurt by what becomes of
//! standard error: closed, full, or a pipe that nobody reads.

mod lines;

use std::io::{IsTerminal, Result, Write, stderr};
use std::panic::{PanicHookInfo, set_hook};
use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;
use tracing_subscriber::EnvFilter;

use lines::Lines;

/// How long the end of the process waits for the last lines to be written.
pub const FLUSH: Duration = Duration::from_millis(100);

/// What goes to standard error, all of it.
static LINES: LazyLock<Lines> = LazyLock::new(|| Lines::to(stderr()));

/// What is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// What failed.
    Error,
    /// And what may be wrong.
    Warn,
    /// And what begins and ends.
    #[default]
    Info,
    /// And every request.
    Debug,
    /// And everything.
    Trace,
}

/// How it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One object a line, for machines.
    Json,
}

/// What is logged, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogConfig {
    /// What.
    pub level: LogLevel,
    /// How.
    pub format: LogFormat,
}

/// Starts logging for the whole process; later calls change nothing.
pub fn start(config: LogConfig) {
    let own = match config.level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    };
    // Libraries say more than anybody reads, below warnings.
    let library = if config.level == LogLevel::Error {
        "error"
    } else {
        "warn"
    };
    let filter = EnvFilter::new(format!("{library},server={own},storage={own}"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Line)
        // It would be said on standard error, whose failures end the thread.
        .log_internal_errors(false)
        .with_ansi(stderr().is_terminal());
    let _ = match config.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    set_hook(Box::new(log_panic));
}

/// Says why the process ends, even where logging has not started.
pub fn say(text: &str) {
    LINES.push(format!("{text}\n").as_bytes());
}

/// Waits for what was logged to be written, no longer than [`FLUSH`].
pub fn flush() {
    LINES.flush(FLUSH);
}

/// How many lines could not be written so far.
pub fn lost_lines() -> u64 {
    LINES.lost()
}

/// In place of the standard library's hook, which blocks with standard error.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string);
    let text = panic.payload_as_str().unwrap_or("a panic without words");
    tracing::error!(location, "{text}");
}

/// One event of the log: it is written whole, by one call.
struct Line;

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> Result<usize> {
        LINES.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
