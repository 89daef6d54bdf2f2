//! How a command that looks at files says what it found.

use clap::ValueEnum;

/// The value of `--report`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// One JSON object a file.
    Json,
}
