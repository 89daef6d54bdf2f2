//! What every handler shares: a clone handle over one allocation.

use std::sync::{Arc, OnceLock};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::boards::Boards;
use crate::config::Config;
use crate::http::assets::bundle_version;
use crate::ingest::scrape::Scraper;
use crate::live::hub::Hub;
use crate::live::metrics::LiveCollector;
use crate::metrics::{EngineCollector, Metrics};
use crate::query::{GuardLimits, QueryFrontend, QueryFrontends};
use crate::source::{ApiErrorKind, Engine, Source, SourceError};

/// What each source's held answers may take.
const CACHE_BYTES: u64 = 16 << 20;

/// The server's state. Cloning shares it.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

struct Shared {
    config: Config,
    sources: Vec<(String, Source)>,
    frontends: QueryFrontends,
    boards: Boards,
    hub: Hub,
    engine: Option<Arc<Engine>>,
    scraper: Arc<OnceLock<Scraper>>,
    metrics: Metrics,
    started: jiff::Timestamp,
    booted: Instant,
    shutdown: CancellationToken,
}

impl AppState {
    /// Puts the parts together. The first source is the default one.
    pub fn new(
        config: Config,
        sources: Vec<(String, Source)>,
        shutdown: CancellationToken,
    ) -> Self {
        let frontend = |(name, source): &(String, Source)| {
            let frontend = QueryFrontend::new(source.clone(), GuardLimits::default(), CACHE_BYTES);
            (name.clone(), frontend)
        };
        let hub = Hub::new(config.streams, server_version(), shutdown.clone());
        let frontends = QueryFrontends::new(sources.iter().map(frontend).collect());
        let metrics = Metrics::new();
        let live = LiveCollector {
            hub: hub.clone(),
            frontends: frontends.clone(),
        };
        metrics.register(|registry| registry.register_collector(Box::new(live)));
        let engine = sources.iter().find_map(|(_, source)| match source {
            Source::Embedded(engine) => Some(Arc::clone(engine)),
            Source::Upstream(_) => None,
        });
        let scraper: Arc<OnceLock<Scraper>> = Arc::default();
        if let Some(engine) = &engine {
            let counts = EngineCollector {
                engine: Arc::clone(engine),
                scraper: Arc::clone(&scraper),
            };
            metrics.register(|registry| registry.register_collector(Box::new(counts)));
        }
        Self(Arc::new(Shared {
            config,
            frontends,
            sources,
            boards: Boards::default(),
            hub,
            engine,
            scraper,
            started: jiff::Timestamp::now(),
            booted: Instant::now(),
            metrics,
            shutdown,
        }))
    }

    /// The configuration the server runs with.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The source of this name; the default one where `name` is empty.
    pub fn source(&self, name: &str) -> Option<&Source> {
        named(&self.0.sources, name)
    }

    /// The source that answers where none is named.
    ///
    /// # Errors
    /// Where there is no source at all.
    pub fn default_source(&self) -> Result<&Source, SourceError> {
        self.source("").ok_or_else(|| SourceError::Api {
            kind: ApiErrorKind::Unavailable,
            message: "no source of data is configured".to_owned(),
        })
    }

    /// The engine of our own, where it runs.
    pub fn engine(&self) -> Option<&Arc<Engine>> {
        self.0.engine.as_ref()
    }

    /// The scraper, once the engine's store is open.
    pub fn scraper(&self) -> Option<&Scraper> {
        self.0.scraper.get()
    }

    /// Hands the scraper over, once.
    pub fn set_scraper(&self, scraper: Scraper) {
        // There is one store, so there is one scraper.
        let _ = self.0.scraper.set(scraper);
    }

    /// When the server started, on the clock that is never set.
    pub fn booted(&self) -> Instant {
        self.0.booted
    }

    /// When the server started.
    pub fn started(&self) -> jiff::Timestamp {
        self.0.started
    }

    /// Every source with its name, the default one first.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.0
            .sources
            .iter()
            .map(|(name, source)| (name.as_str(), source))
    }

    /// The query frontends before the sources.
    pub fn frontends(&self) -> &QueryFrontends {
        &self.0.frontends
    }

    /// The boards.
    pub fn boards(&self) -> &Boards {
        &self.0.boards
    }

    /// The views that somebody looks at.
    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    /// Andon's own metrics.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Cancelled when the server is to end. Streams must end on it.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.0.shutdown
    }
}

fn named<'a, T>(all: &'a [(String, T)], name: &str) -> Option<&'a T> {
    let mut all = all.iter();
    match name {
        "" => all.next(),
        name => all.find(|(candidate, _)| candidate == name),
    }
    .map(|(_, found)| found)
}

/// Another for each build: open pages load themselves anew when it changes.
pub fn server_version() -> String {
    format!("{}+{:x}", env!("CARGO_PKG_VERSION"), bundle_version())
}
