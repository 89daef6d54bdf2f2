//! The server from start to end: the configuration handed to the parts, and the
//! parts to each other; and again where the configuration is reloaded.

mod collecting;
mod reload;
mod setup;
mod sources;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use query::SourceName;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::assets::server_version;
use crate::boards::Boards;
use crate::boards::discover::{self, Discovery, DiscoverySettings};
use crate::boards::folders::{self, BoardFolders, FolderSettings};
use crate::boards::packs::{PackFileError, PackFiles};
use crate::config::Config;
use crate::demo::DemoFeed;
use crate::http::connections::Connections;
use crate::ingest::scrape::ScrapeCollector;
use crate::live::hub::Hub;
use crate::live::memory;
use crate::live::metrics::LiveCollector;
use crate::metrics::Metrics;
use crate::query::QueryFrontends;
use crate::reload::{ReloadCollector, ReloadHandle};
use crate::source::{Engine, SourceError, StoreCollector};
use crate::state::{AppState, Parts, SharedSettings};
use crate::{http, log, supervise};
use collecting::Collecting;
use reload::Reloader;
pub use setup::Setup;
use sources::Sources;

/// How long open requests may take to end once the server is to end.
const GRACE: Duration = Duration::from_millis(1500);

/// How long flushing the head may take at the end.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(400);

/// What may be asked of whoever stops it: the whole end takes two seconds at most.
const _: () =
    assert!(GRACE.as_millis() + FLUSH_TIMEOUT.as_millis() + log::FLUSH.as_millis() <= 2_000);

/// Why the server did not start or did not go on.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A source cannot be set up.
    #[error("source {name}: {error}")]
    Source {
        /// Its name.
        name: SourceName,
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
    setup: Setup,
    shutdown: CancellationToken,
) -> Result<(), StartError> {
    let listen = listener.local_addr().map_err(StartError::Serve)?;
    let Setup {
        mut config,
        files,
        reload,
        requests,
    } = setup;
    let started = config.clone();
    let demo = demo(&config, listen)?;
    add_demo(&mut config, demo.as_ref());
    let engine = config
        .wants_engine()
        .then(|| Engine::new(config.engine, config.storage.clone()));
    let collecting = Arc::new(Collecting {
        engine: engine.map(Arc::new),
        scraper: Arc::default(),
        jobs: Mutex::new(config.scrape_jobs.clone()),
        demo,
        shutdown: shutdown.clone(),
    });
    let sources = Sources::new(&config, collecting.engine.as_ref(), &collecting.scraper)?;
    let discovery = watch::Sender::new(Arc::new(discovery_settings(&config)?));
    let folders = watch::Sender::new(folder_settings(&config));
    let connections = Connections::new(config.streams);
    let frontends = QueryFrontends::new(sources.frontends());
    let state = AppState::new(parts(&config, frontends, &collecting, reload, listen));
    keep_boards(&state, &collecting, &discovery, &folders);
    let (hub, frontends) = (state.hub().clone(), state.frontends().clone());
    let until = shutdown.clone();
    supervise::keep_running("memory", shutdown.clone(), move || {
        memory::run(hub.clone(), frontends.clone(), until.clone())
    });
    let reloader = Reloader {
        started,
        files,
        sources,
        discovery,
        folders,
        state: state.clone(),
        collecting: Arc::clone(&collecting),
    };
    reload::keep_reloading(reloader, requests, &shutdown);
    let router = http::router(state);
    let serve = http::serve::serve(listener, router, connections, shutdown.clone());
    let cut_off = async {
        shutdown.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    let ended = tokio::select! {
        () = serve => Ok(()),
        Err(failed) = collecting.run() => Err(failed),
        () = cut_off => Ok(()),
    };
    // What is not flushed in time is replayed at the next start.
    let _ = tokio::time::timeout(FLUSH_TIMEOUT, collecting.flush_head()).await;
    ended
}

/// Keeps the boards in step with what sources export and with their files.
fn keep_boards(
    state: &AppState,
    collecting: &Collecting,
    discovery: &watch::Sender<Arc<DiscoverySettings>>,
    folders: &watch::Sender<FolderSettings>,
) {
    let shutdown = &collecting.shutdown;
    let looking = Discovery {
        frontends: state.frontends().clone(),
        settings: discovery.subscribe(),
        boards: state.boards().clone(),
        hub: state.hub().clone(),
        scraper: Arc::clone(&collecting.scraper),
        booted: state.booted(),
        shutdown: shutdown.clone(),
    };
    supervise::keep_running("discover", shutdown.clone(), move || {
        discover::run(looking.clone())
    });
    let following = BoardFolders {
        settings: folders.subscribe(),
        boards: state.boards().clone(),
        hub: state.hub().clone(),
        shutdown: shutdown.clone(),
    };
    supervise::keep_running("boards", shutdown.clone(), move || {
        folders::run(following.clone())
    });
}

fn discovery_settings(config: &Config) -> Result<DiscoverySettings, PackFileError> {
    Ok(DiscoverySettings {
        job_models: config.job_models.clone(),
        packs: tokio::sync::Mutex::new(PackFiles::load(&config.pack_folders)?),
    })
}

fn folder_settings(config: &Config) -> FolderSettings {
    FolderSettings {
        folders: config.board_folders.clone(),
        aliases: config.source_aliases.clone(),
    }
}

/// The simulated system, where it is asked for.
fn demo(config: &Config, listen: SocketAddr) -> Result<Option<Arc<DemoFeed>>, StartError> {
    if !config.demo {
        return Ok(None);
    }
    if !config.sources.is_empty() {
        let page = wire::url::DEMO_METRICS;
        tracing::warn!(
            "the simulated system is served at {page} and scraped by nobody here: have one of the sources scrape it"
        );
    }
    let feed = DemoFeed::new(listen).map_err(StartError::Demo)?;
    Ok(Some(Arc::new(feed)))
}

/// Has the engine of our own scrape the simulated system unless another source is
/// named: then that one is to.
fn add_demo(config: &mut Config, demo: Option<&Arc<DemoFeed>>) {
    if let Some(feed) = demo.filter(|_| config.sources.is_empty()) {
        config.scrape_jobs.push(feed.job());
    }
}

/// What handlers work with.
fn parts(
    config: &Config,
    frontends: QueryFrontends,
    collecting: &Collecting,
    reload: ReloadHandle,
    listen: SocketAddr,
) -> Parts {
    let shutdown = collecting.shutdown.clone();
    let hub = Hub::new(config.streams, server_version(), shutdown.clone());
    let metrics = metrics(&hub, &frontends, collecting);
    metrics.collect(ReloadCollector(reload.clone()));
    Parts {
        metrics,
        frontends,
        engine: collecting.engine.clone(),
        scraper: Arc::clone(&collecting.scraper),
        boards: Boards::default(),
        hub,
        settings: SharedSettings::new(setup::settings(config, listen)),
        demo: collecting.demo.as_ref().map(|feed| Arc::clone(&feed.demo)),
        reload,
        shutdown,
    }
}

/// The registry, with a collector of each part that counts something.
fn metrics(hub: &Hub, frontends: &QueryFrontends, collecting: &Collecting) -> Metrics {
    let metrics = Metrics::new();
    metrics.collect(LiveCollector {
        hub: hub.clone(),
        frontends: frontends.clone(),
    });
    if let Some(engine) = &collecting.engine {
        metrics.collect(StoreCollector(Arc::clone(engine)));
        metrics.collect(ScrapeCollector(Arc::clone(&collecting.scraper)));
    }
    metrics
}
