//! The server from start to end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use packs::{PackError, Packs};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::boards::discover;
use crate::config::Config;
use crate::http;
use crate::source::{Engine, PrometheusClient, Source, SourceError};
use crate::state::AppState;

/// How long open requests may take to end once the server is to end.
const GRACE: Duration = Duration::from_millis(1500);

/// Between two looks at what the store has to seal, compact or drop.
const MAINTENANCE_INTERVAL: Duration = Duration::from_secs(5);

/// What boards call the engine of our own.
const ENGINE_NAME: &str = "andon";

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
    /// The store cannot be opened.
    #[error("the store: {0}")]
    Storage(#[from] storage::StorageError),
    /// A pack cannot be read.
    #[error("pack: {0}")]
    Pack(#[from] PackError),
    /// The listening socket failed.
    #[error("the listening socket failed: {0}")]
    Serve(std::io::Error),
}

/// Serves until `shutdown` is cancelled. Streams end at once, other requests
/// within a short grace. The store opens meanwhile.
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
    tokio::spawn(discover::keep(state.clone(), Packs::builtin()?));
    let service = http::router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let serve =
        axum::serve(listener, service).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let cut_off = async {
        shutdown.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = serve.into_future() => served.map_err(StartError::Serve),
        Err(failed) = keep_store(&state) => Err(failed),
        () = cut_off => Ok(()),
    }
}

fn sources(config: &Config) -> Result<Vec<(String, Source)>, StartError> {
    let mut sources = Vec::new();
    for source in &config.sources {
        let client =
            PrometheusClient::new(source.upstream.clone()).map_err(|error| StartError::Source {
                name: source.name.clone(),
                error,
            })?;
        sources.push((source.name.clone(), Source::Upstream(client.into())));
    }
    if config.wants_engine() {
        let engine = Engine::new(config.engine, config.storage.clone());
        sources.push((ENGINE_NAME.to_owned(), Source::Embedded(engine.into())));
    }
    Ok(sources)
}

/// Opens the engine's store and tends it from then on; ends with the first
/// failure to open, or never.
async fn keep_store(state: &AppState) -> Result<(), StartError> {
    let Some(engine) = state.engine() else {
        return std::future::pending().await;
    };
    let opening = Arc::clone(engine);
    let _: () = tokio::task::spawn_blocking(move || opening.open())
        .await
        .unwrap_or(Ok(()))?;
    loop {
        tokio::time::sleep(MAINTENANCE_INTERVAL).await;
        let Ok(store) = engine.store().cloned() else {
            continue;
        };
        match tokio::task::spawn_blocking(move || store.maintain()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!("the store could not be tended: {error}"),
            Err(panicked) => tracing::error!("tending the store ended early: {panicked}"),
        }
    }
}
