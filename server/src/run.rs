//! The server from start to end.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::http;
use crate::source::{PrometheusClient, Source, SourceError};
use crate::state::AppState;

/// How long open requests may take to end once the server is to end.
const GRACE: Duration = Duration::from_millis(1500);

/// Why the server did not start or did not go on.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A source cannot be set up.
    #[error("source {name}: {error}")]
    Source {
        /// Its name.
        name: String,
        /// Why.
        error: SourceError,
    },
    /// The listening socket failed.
    #[error("the listening socket failed: {0}")]
    Serve(std::io::Error),
}

/// Serves until `shutdown` is cancelled. Streams end at once, other requests
/// within a short grace.
///
/// # Errors
/// See [`StartError`].
pub async fn run(
    listener: TcpListener,
    config: Config,
    shutdown: CancellationToken,
) -> Result<(), StartError> {
    let sources = sources(&config)?;
    let state = AppState::new(config, sources, shutdown.clone());
    let service = http::router(state).into_make_service_with_connect_info::<SocketAddr>();
    let serve =
        axum::serve(listener, service).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let cut_off = async {
        shutdown.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = serve.into_future() => served.map_err(StartError::Serve),
        () = cut_off => Ok(()),
    }
}

fn sources(config: &Config) -> Result<Vec<(String, Source)>, StartError> {
    config
        .sources
        .iter()
        .map(|source| {
            PrometheusClient::new(source.upstream.clone())
                .map(|client| (source.name.clone(), Source::Upstream(client.into())))
                .map_err(|error| StartError::Source {
                    name: source.name.clone(),
                    error,
                })
        })
        .collect()
}
