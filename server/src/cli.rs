//! The command line: flags and `ANDON_…` variables to a configuration, and
//! errors to one line and exit status 2.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::start;
use clap::Parser;

/// A live board for systems that run jobs.
#[derive(Debug, Parser)]
#[command(name = "andon", version)]
pub struct Cli {
    /// Prometheus servers or exporters' metrics pages; which is found out.
    #[arg(value_name = "URL")]
    pub urls: Vec<String>,

    /// The configuration file.
    #[arg(long, env = "ANDON_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Where to listen [default: 127.0.0.1:3000]
    #[arg(long, env = "ANDON_LISTEN", value_name = "ADDR")]
    pub listen: Option<SocketAddr>,

    /// Where to keep samples; without it they are kept in memory.
    #[arg(long, env = "ANDON_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// Run a simulated job system and show it.
    #[arg(long, env = "ANDON_DEMO")]
    pub demo: bool,
}

/// Runs what the command line asks for.
pub fn main(cli: Cli) -> ExitCode {
    crate::log::start();
    match start::start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done where standard error is closed.
            let _ = writeln!(std::io::stderr(), "andon: {error}");
            ExitCode::from(2)
        }
    }
}
