//! The command line: flags and `ANDON_…` variables, and what becomes of errors.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand};

use crate::check::{self, CheckArgs};
use crate::config::{Config, ConfigError, Origin, load};
use crate::convert::{self, ExportArgs, ImportArgs};
use crate::data::{self, DataArgs};
use crate::ingest::scrape::config::{ByteSize, PromDuration};
use crate::log::{self, LogFormat, LogLevel};
use crate::net::parse_listen;
use crate::start;

/// The exit status of everything that is wrong from outside.
const FAILED: u8 = 2;

/// A live board for systems that run jobs: latency, success, workers.
#[derive(Debug, Parser)]
#[command(name = "andon", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Look at files, and say what is wrong in them and where.
    Check(CheckArgs),
    /// Read Grafana's dashboards, and say what becomes of each panel.
    Import(ImportArgs),
    /// Turn boards into Grafana's dashboards.
    Export(ExportArgs),
    /// Look at a data folder, copy it, repair it.
    Data(DataArgs),
    /// Print the form of board files: a JSON Schema, for editors to complete by.
    Schema(convert::SchemaArgs),
}

/// What the server is started with; each flag has a variable.
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// Prometheus servers and exporters' metrics pages; which one is which is found out.
    #[arg(value_name = "URL", env = "ANDON_URLS", value_delimiter = ' ')]
    pub urls: Vec<String>,

    /// The configuration file.
    #[arg(long, env = "ANDON_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Where to listen [default: 127.0.0.1:3000].
    #[arg(long, env = "ANDON_LISTEN", value_name = "ADDR", value_parser = parse_listen)]
    pub listen: Option<SocketAddr>,

    /// Where to keep samples; without it they are kept in memory alone.
    #[arg(long, env = "ANDON_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// Folders of board files, ours and Grafana's.
    #[arg(long, env = "ANDON_BOARDS", value_name = "DIR", value_delimiter = ':')]
    pub boards: Vec<PathBuf>,

    /// Grafana's provisioning folder: its data sources and dashboards.
    #[arg(long, env = "ANDON_PROVISIONING", value_name = "DIR")]
    pub provisioning: Option<PathBuf>,

    /// How long to keep samples, such as 15d [default: 15d].
    #[arg(long, env = "ANDON_RETENTION", value_name = "TIME", value_parser = duration)]
    pub retention: Option<PromDuration>,

    /// How many bytes of samples to keep, such as 10GB [default: no limit].
    #[arg(long, env = "ANDON_RETENTION_SIZE", value_name = "SIZE", value_parser = size)]
    pub retention_size: Option<ByteSize>,

    /// Run a simulated job system, and show it.
    #[arg(long, env = "ANDON_DEMO", value_parser = FalseyValueParser::new())]
    pub demo: bool,

    /// Let the store be copied and series be deleted over HTTP.
    #[arg(long, env = "ANDON_ENABLE_ADMIN_API", value_parser = FalseyValueParser::new())]
    pub enable_admin_api: bool,

    /// How much to log [default: info].
    #[arg(long, env = "ANDON_LOG_LEVEL", value_name = "LEVEL")]
    pub log_level: Option<LogLevel>,

    /// How to log [default: text].
    #[arg(long, env = "ANDON_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
}

fn duration(text: &str) -> Result<PromDuration, String> {
    PromDuration::parse(text).ok_or_else(|| "write a duration such as 15d or 12h".to_owned())
}

fn size(text: &str) -> Result<ByteSize, String> {
    ByteSize::parse(text).ok_or_else(|| "write a size such as 512MB or 10GB".to_owned())
}

impl ServeArgs {
    /// The file's settings with the flags' and variables' over them.
    ///
    /// # Errors
    /// What is wrong in the file.
    pub fn config(&self) -> Result<Config, ConfigError> {
        let mut config = match &self.config {
            Some(path) => load(path)?,
            None => Config::default(),
        };
        config.demo |= self.demo;
        config.enable_admin_api |= self.enable_admin_api;
        if let Some(listen) = self.listen {
            config.listen = listen;
            config.listen_origin = Origin::Flag("--listen");
        }
        if let Some(folder) = &self.data_dir {
            config.storage.data_dir = Some(folder.clone());
            config.data_dir_origin = Origin::Flag("--data-dir");
        }
        let boards = self.boards.iter().cloned().map(Into::into);
        config.board_folders.extend(boards);
        if let Some(folder) = &self.provisioning {
            config.provision(folder)?;
        }
        if let Some(retention) = self.retention {
            config.storage.retention_ms = retention.as_millis();
        }
        if let Some(size) = self.retention_size {
            config.storage.retention_bytes = Some(size.0);
        }
        config.log.level = self.log_level.unwrap_or(config.log.level);
        config.log.format = self.log_format.unwrap_or(config.log.format);
        Ok(config)
    }
}

/// Does what the command line asks for.
pub fn main(cli: Cli) -> ExitCode {
    let done = match &cli.command {
        Some(Command::Check(args)) => return check::main(args),
        Some(Command::Data(args)) => return data::main(args),
        Some(Command::Import(args)) => return converted(convert::import(args)),
        Some(Command::Export(args)) => return converted(convert::export(args)),
        Some(Command::Schema(args)) => return converted(convert::schema(args)),
        None => serve(&cli.serve),
    };
    let status = match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::say(&format!("andon: {error}"));
            ExitCode::from(FAILED)
        }
    };
    log::flush();
    status
}

fn serve(args: &ServeArgs) -> Result<(), start::Failure> {
    let (flags, urls) = (args.clone(), &args.urls);
    start::start(move || flags.config(), urls)
}

fn converted(result: std::io::Result<bool>) -> ExitCode {
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "andon: {error}");
            ExitCode::from(FAILED)
        }
    }
}
