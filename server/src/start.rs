//! From the command line to a running server, or to one clear sentence.

use std::net::SocketAddr;

use reqwest::Url;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::cli::Cli;
use crate::config::{Config, SourceConfig};
use crate::run::{StartError, run};
use crate::source::UpstreamConfig;

/// Why there is no running server: each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A URL of the command line is none.
    #[error("{url:?} is no URL: {reason}; write it as http://HOST:PORT")]
    Url {
        /// As it was written.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {listen}: {reason}; choose another address with --listen or ANDON_LISTEN"
    )]
    Bind {
        /// The address.
        listen: SocketAddr,
        /// The system's words.
        reason: std::io::Error,
    },
    /// The process cannot get what every server needs.
    #[error("cannot start: {0}")]
    System(#[from] std::io::Error),
    /// The server could not start.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// Runs the server until a signal ends it.
///
/// # Errors
/// See [`Failure`].
pub fn start(cli: Cli) -> Result<(), Failure> {
    let config = config(cli)?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve(config))
}

fn config(cli: Cli) -> Result<Config, Failure> {
    let mut config = Config {
        demo: cli.demo,
        ..Config::default()
    };
    config.storage.data_dir = cli.data_dir;
    if let Some(listen) = cli.listen {
        config.listen = listen;
    }
    for text in &cli.urls {
        let url = Url::parse(text).map_err(|error| Failure::Url {
            url: text.clone(),
            reason: error.to_string(),
        })?;
        let name = format!("source{}", config.sources.len() + 1);
        let upstream = UpstreamConfig::from_url(url);
        config.sources.push(SourceConfig { name, upstream });
    }
    Ok(config)
}

async fn serve(config: Config) -> Result<(), Failure> {
    let listen = config.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|reason| Failure::Bind { listen, reason })?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let shutdown = CancellationToken::new();
    cancel_on_signal(shutdown.clone())?;
    Ok(run(listener, config, shutdown).await?)
}

fn cancel_on_signal(token: CancellationToken) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        token.cancel();
    });
    Ok(())
}
