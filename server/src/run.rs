//! The server from start to end: the configuration handed to the parts, and the
//! parts to each other.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use query::SourceName;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::assets::server_version;
use crate::boards::Boards;
use crate::boards::discover::{self, Discovery};
use crate::boards::folders::{self, BoardFolders};
use crate::boards::packs::{PackFileError, PackFiles};
use crate::config::Config;
use crate::demo::DemoFeed;
use crate::http::connections::Connections;
use crate::ingest::scrape::config::Job;
use crate::ingest::scrape::{ScrapeCollector, Scraper};
use crate::live::hub::Hub;
use crate::live::memory;
use crate::live::metrics::LiveCollector;
use crate::metrics::Metrics;
use crate::query::scrape_interval::Target;
use crate::query::{ConcurrencyLimits, QueryFrontend, QueryFrontends};
use crate::source::{Engine, PrometheusClient, Source, SourceError, StoreCollector};
use crate::state::{AppState, Parts, ShownConfig};
use crate::{http, log, supervise};

/// How long open requests may take to end once the server is to end.
const GRACE: Duration = Duration::from_millis(1500);

/// How long flushing the head may take at the end.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(400);

/// What may be asked of whoever stops it: the whole end takes two seconds at most.
const _: () =
    assert!(GRACE.as_millis() + FLUSH_TIMEOUT.as_millis() + log::FLUSH.as_millis() <= 2_000);

/// Between two looks at what the store has to flush, compact or drop.
const MAINTENANCE_INTERVAL: Duration = Duration::from_secs(5);

/// What each source's cached answers may take.
const CACHE_BYTES: u64 = 16 << 20;

/// What boards call the engine of our own.
const ENGINE_NAME: &str = "andon";

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
    mut config: Config,
    shutdown: CancellationToken,
) -> Result<(), StartError> {
    let listen = listener.local_addr().map_err(StartError::Serve)?;
    let demo = demo(&mut config, listen)?;
    let packs = PackFiles::load(&config.pack_folders)?;
    let sources = sources(&config)?;
    let collecting = Collecting {
        engine: engine(&sources),
        scraper: Arc::default(),
        jobs: std::mem::take(&mut config.scrape_jobs),
        demo,
        shutdown: shutdown.clone(),
    };
    let job_models = std::mem::take(&mut config.job_models);
    let folders = std::mem::take(&mut config.board_folders);
    let aliases = std::mem::take(&mut config.source_aliases);
    let connections = Connections::new(config.streams);
    let state = AppState::new(parts(config, &sources, &collecting, shutdown.clone()));
    let following = BoardFolders {
        folders,
        aliases,
        boards: state.boards().clone(),
        hub: state.hub().clone(),
        shutdown: shutdown.clone(),
    };
    keep_boards(
        discovery(&state, &collecting, job_models),
        packs,
        following,
        &shutdown,
    );
    let (hub, frontends) = (state.hub().clone(), state.frontends().clone());
    let until = shutdown.clone();
    supervise::keep_running("memory", shutdown.clone(), move || {
        memory::run(hub.clone(), frontends.clone(), until.clone())
    });
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
    discovery: Discovery,
    packs: PackFiles,
    following: BoardFolders,
    shutdown: &CancellationToken,
) {
    let packs = Arc::new(tokio::sync::Mutex::new(packs));
    supervise::keep_running("discover", shutdown.clone(), move || {
        discover::run(discovery.clone(), Arc::clone(&packs))
    });
    if !following.folders.is_empty() {
        supervise::keep_running("boards", shutdown.clone(), move || {
            folders::run(following.clone())
        });
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
    } else {
        let page = wire::url::DEMO_METRICS;
        tracing::warn!(
            "the simulated system is served at {page} and scraped by nobody here: have one of the sources scrape it"
        );
    }
    Ok(Some(Arc::new(feed)))
}

/// The sources by their names, the default one first.
fn sources(config: &Config) -> Result<Vec<(SourceName, Source)>, StartError> {
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
        sources.push((ENGINE_NAME.into(), Source::Embedded(engine.into())));
    }
    Ok(sources)
}

/// The engine of our own among the sources.
fn engine(sources: &[(SourceName, Source)]) -> Option<Arc<Engine>> {
    sources.iter().find_map(|(_, source)| match source {
        Source::Embedded(engine) => Some(Arc::clone(engine)),
        Source::Upstream(_) => None,
    })
}

/// What handlers work with.
fn parts(
    config: Config,
    sources: &[(SourceName, Source)],
    collecting: &Collecting,
    shutdown: CancellationToken,
) -> Parts {
    let frontends = frontends(sources, &collecting.scraper);
    let hub = Hub::new(config.streams, server_version(), shutdown.clone());
    Parts {
        metrics: metrics(&hub, &frontends, collecting),
        frontends,
        engine: collecting.engine.clone(),
        scraper: Arc::clone(&collecting.scraper),
        boards: Boards::default(),
        hub,
        playlists: config.playlists,
        demo: collecting.demo.as_ref().map(|feed| Arc::clone(&feed.demo)),
        embed_origins: config.embed_origins,
        cors_origins: config.cors_origins,
        shown_config: ShownConfig {
            listen: config.listen,
            data_dir: config.storage.data_dir,
            retention_ms: config.storage.retention_ms,
            demo: config.demo,
            file: config.redacted,
        },
        shutdown,
    }
}

fn frontends(sources: &[(SourceName, Source)], scraper: &Arc<OnceLock<Scraper>>) -> QueryFrontends {
    let frontends = sources.iter().map(|(name, source)| {
        let limits = match source {
            Source::Upstream(_) => ConcurrencyLimits::default(),
            Source::Embedded(engine) => ConcurrencyLimits {
                concurrency: engine.options().max_concurrency,
                ..ConcurrencyLimits::default()
            },
        };
        let frontend = QueryFrontend::new(source.clone(), limits, CACHE_BYTES);
        if frontend.is_own_store() {
            let scraper = Arc::clone(scraper);
            frontend.set_configured_targets(Box::new(move || configured_targets(&scraper)));
        }
        (name.clone(), frontend)
    });
    QueryFrontends::new(frontends.collect())
}

/// How often our own scraper is to scrape each of its targets, once it runs.
fn configured_targets(scraper: &OnceLock<Scraper>) -> Vec<Target> {
    let targets = scraper.get().map(Scraper::intervals).unwrap_or_default();
    let targets = targets.iter();
    targets
        .map(|(labels, interval)| Target::configured(labels, *interval))
        .collect()
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

fn discovery(
    state: &AppState,
    collecting: &Collecting,
    job_models: Vec<packs::JobModel>,
) -> Discovery {
    Discovery {
        frontends: state.frontends().clone(),
        job_models,
        boards: state.boards().clone(),
        hub: state.hub().clone(),
        scraper: Arc::clone(&collecting.scraper),
        booted: state.booted(),
        shutdown: collecting.shutdown.clone(),
    }
}

/// Samples for the engine of our own, where it runs.
struct Collecting {
    engine: Option<Arc<Engine>>,
    /// Set once the engine's store is open.
    scraper: Arc<OnceLock<Scraper>>,
    jobs: Vec<Job>,
    demo: Option<Arc<DemoFeed>>,
    shutdown: CancellationToken,
}

impl Collecting {
    /// Opens the engine's store, has it filled and tends it from then on; ends
    /// with the first failure to open, or never.
    async fn run(&self) -> Result<(), StartError> {
        let Some(engine) = &self.engine else {
            return std::future::pending().await;
        };
        let opening = Arc::clone(engine);
        tokio::task::spawn_blocking(move || opening.open())
            .await
            .map_err(|panicked| StartError::Opening(panicked.to_string()))??;
        if let Ok(store) = engine.store() {
            self.preload_demo(store).await;
            let scraper = Scraper::new(Arc::clone(store), self.shutdown.clone());
            scraper.run(self.jobs.clone());
            // There is one store, so there is one scraper.
            let _ = self.scraper.set(scraper);
        }
        loop {
            tokio::time::sleep(MAINTENANCE_INTERVAL).await;
            let Ok(store) = engine.store().cloned() else {
                continue;
            };
            let maintained = supervise::blocking("store", move || store.maintain()).await;
            if let Some(Err(error)) = maintained {
                tracing::warn!("the store could not be tended: {error}");
            }
        }
    }

    /// Gives the store the simulated system's past, where that runs.
    async fn preload_demo(&self, store: &Arc<storage::Store>) {
        let Some(feed) = self.demo.clone() else {
            return;
        };
        let store = Arc::clone(store);
        let preloaded = supervise::blocking("demo", move || feed.preload(&store)).await;
        if !matches!(preloaded, Some(Ok(()))) {
            tracing::warn!(?preloaded, "the simulated past is not stored");
        }
    }

    /// Spares the next start the replay of the log.
    async fn flush_head(&self) {
        let Some(Ok(store)) = self.engine.as_ref().map(|engine| engine.store().cloned()) else {
            return;
        };
        let flushed = supervise::blocking("store", move || store.flush_head()).await;
        if let Some(Err(error)) = flushed {
            tracing::warn!("the log stays for the next start: {error}");
        }
    }
}
