//! The server from start to end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use storage::Store;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::boards::packs::{PackFileError, PackFiles};
use crate::boards::{discover, folders};
use crate::config::Config;
use crate::demo::DemoFeed;
use crate::http;
use crate::ingest::scrape::Scraper;
use crate::source::{Engine, PrometheusClient, Source, SourceError};
use crate::state::AppState;

/// How long open requests may take to end once the server is to end.
const GRACE: Duration = Duration::from_millis(1500);

/// How long sealing the store may take at the end.
const SEALING: Duration = Duration::from_millis(400);

/// What may be asked of whoever stops it: the whole end takes two seconds at most.
const _: () = assert!(GRACE.as_millis() + SEALING.as_millis() <= 2_000);

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
    Pack(#[from] PackFileError),
    /// Opening the store ended early.
    #[error("opening the store ended early, which is a fault of Andon's: {0}")]
    Opening(String),
    /// The simulated system cannot be served.
    #[error("the simulated system: {0}")]
    Demo(String),
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
    mut config: Config,
    shutdown: CancellationToken,
) -> Result<(), StartError> {
    let demo = demo(
        &mut config,
        listener.local_addr().map_err(StartError::Serve)?,
    )?;
    let sources = sources(&config)?;
    let packs = PackFiles::load(&config.pack_folders)?;
    let state = AppState::new(config, sources, shutdown.clone());
    tokio::spawn(discover::keep(state.clone(), packs));
    tokio::spawn(folders::keep(state.clone()));
    let mut router = http::router(state.clone());
    if let Some(feed) = &demo {
        router = router.merge(crate::demo::router(Arc::clone(&feed.demo)));
    }
    let serve = http::serve::serve(listener, router, shutdown.clone());
    let cut_off = async {
        shutdown.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    let ended = tokio::select! {
        () = serve => Ok(()),
        Err(failed) = keep_store(&state, demo.as_ref()) => Err(failed),
        () = cut_off => Ok(()),
    };
    // What is not sealed in time is replayed at the next start.
    let _ = tokio::time::timeout(SEALING, seal_store(&state)).await;
    ended
}

/// Spares the next start the replay of the log.
async fn seal_store(state: &AppState) {
    let Some(Ok(store)) = state.engine().map(|engine| engine.store().cloned()) else {
        return;
    };
    match tokio::task::spawn_blocking(move || store.seal()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!("the log stays for the next start: {error}"),
        Err(panicked) => tracing::error!("sealing the store ended early: {panicked}"),
    }
}

/// The simulated system, where it is asked for. The engine of our own scrapes
/// it unless another source is named: then that one is to.
fn demo(config: &mut Config, listen: SocketAddr) -> Result<Option<Arc<DemoFeed>>, StartError> {
    if !config.demo {
        return Ok(None);
    }
    let feed = DemoFeed::new(listen).map_err(StartError::Demo)?;
    if config.sources.is_empty() {
        config.scrape_jobs.push(feed.job());
    }
    Ok(Some(Arc::new(feed)))
}

/// Begins to scrape what is configured, the simulated system with its past.
async fn start_scraping(state: &AppState, store: &Arc<Store>, demo: Option<&Arc<DemoFeed>>) {
    if let Some(feed) = demo {
        let (feed, store) = (Arc::clone(feed), Arc::clone(store));
        let preloaded = tokio::task::spawn_blocking(move || feed.preload(&store)).await;
        if !matches!(preloaded, Ok(Ok(()))) {
            tracing::warn!(?preloaded, "the simulated past is not stored");
        }
    }
    let scraper = Scraper::new(Arc::clone(store), state.shutdown().clone());
    scraper.run(state.config().scrape_jobs.clone());
    state.set_scraper(scraper);
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
async fn keep_store(state: &AppState, demo: Option<&Arc<DemoFeed>>) -> Result<(), StartError> {
    let Some(engine) = state.engine() else {
        return std::future::pending().await;
    };
    let opening = Arc::clone(engine);
    tokio::task::spawn_blocking(move || opening.open())
        .await
        .map_err(|panicked| StartError::Opening(panicked.to_string()))??;
    if let Ok(store) = engine.store() {
        start_scraping(state, store, demo).await;
    }
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
