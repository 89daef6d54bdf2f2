//! The command line: flags and `ANDON_…` variables to a configuration, and
//! errors to one line and exit status 2.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::{Config, SourceConfig};
use crate::source::UpstreamConfig;

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
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn start(cli: Cli) -> anyhow::Result<()> {
    let config = config(cli)?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve(config))
}

fn config(cli: Cli) -> anyhow::Result<Config> {
    let mut config = Config {
        data_dir: cli.data_dir,
        demo: cli.demo,
        ..Config::default()
    };
    if let Some(listen) = cli.listen {
        config.listen = listen;
    }
    for url in &cli.urls {
        let upstream = UpstreamConfig::from_url(url.parse()?);
        let name = format!("source{}", config.sources.len() + 1);
        config.sources.push(SourceConfig { name, upstream });
    }
    Ok(config)
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(config.listen).await?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let shutdown = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let token = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        token.cancel();
    });
    Ok(crate::run(listener, config, shutdown).await?)
}
