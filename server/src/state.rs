//! What every handler shares: a clone handle over one allocation.
//!
//! It holds the running parts and what handlers need of the configuration, part
//! by part; whoever puts the server together hands them in.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use parking_lot::RwLock;
use query::SourceName;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::boards::Boards;
use crate::boards::playlist::Playlist;
use crate::demo::Demo;
use crate::ingest::scrape::Scraper;
use crate::live::hub::Hub;
use crate::metrics::Metrics;
use crate::query::{QueryError, QueryFrontend, QueryFrontends};
use crate::reload::ReloadHandle;
use crate::source::Engine;

/// The server's state. Cloning shares it.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

struct Shared {
    parts: Parts,
    started: jiff::Timestamp,
    booted: Instant,
}

/// What handlers work with.
pub struct Parts {
    /// What stands before the sources.
    pub frontends: QueryFrontends,
    /// The engine of our own, where it runs.
    pub engine: Option<Arc<Engine>>,
    /// Whoever scrapes into it, once its store is open.
    pub scraper: Arc<OnceLock<Scraper>>,
    /// The boards.
    pub boards: Boards,
    /// The views that somebody looks at.
    pub hub: Hub,
    /// What handlers need of the configuration.
    pub settings: SharedSettings,
    /// The simulated job system, where it runs.
    pub demo: Option<Arc<Demo>>,
    /// Andon's own metrics.
    pub metrics: Metrics,
    /// Who reads the configuration anew.
    pub reload: ReloadHandle,
    /// Cancelled when the server is to end.
    pub shutdown: CancellationToken,
}

/// What handlers need of the configuration; a reload puts another in its place.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What displays show.
    pub playlists: Vec<Playlist>,
    /// Origins whose pages may frame ours.
    pub embed_origins: Vec<String>,
    /// Origins whose scripts may ask the API.
    pub cors_origins: Vec<String>,
    /// Whether the store may be copied and series deleted over HTTP.
    pub enable_admin_api: bool,
    /// The configuration file without its secrets.
    pub file: serde_json::Value,
    /// What the server was started with.
    pub start: StartSettings,
}

/// The settings as they are now. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct SharedSettings(Arc<RwLock<Arc<Settings>>>);

impl SharedSettings {
    /// These settings, until others are set.
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(settings))))
    }

    /// The settings now.
    pub fn get(&self) -> Arc<Settings> {
        Arc::clone(&self.0.read())
    }

    /// Puts others in their place.
    pub fn set(&self, settings: Settings) {
        *self.0.write() = Arc::new(settings);
    }
}

/// What holds from the server's start to its end.
#[derive(Clone, Debug, Default)]
pub struct StartSettings {
    /// Where it listens; `None` before it does.
    pub listen: Option<SocketAddr>,
    /// Where samples are kept; `None` is in memory alone.
    pub data_dir: Option<PathBuf>,
    /// For how many milliseconds.
    pub retention_ms: i64,
    /// Whether the simulated job system runs.
    pub demo: bool,
}

impl AppState {
    /// The state of a server that starts now.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Shared {
            parts,
            started: jiff::Timestamp::now(),
            booted: Instant::now(),
        }))
    }

    /// What stands before the source that answers where none is named.
    ///
    /// # Errors
    /// Where there is no source at all.
    pub fn default_source(&self) -> Result<QueryFrontend, QueryError> {
        self.0.parts.frontends.get(&SourceName::default_source())
    }

    /// The engine of our own, where it runs.
    pub fn engine(&self) -> Option<&Arc<Engine>> {
        self.0.parts.engine.as_ref()
    }

    /// The scraper, once the engine's store is open.
    pub fn scraper(&self) -> Option<&Scraper> {
        self.0.parts.scraper.get()
    }

    /// When the server started, on the clock that is never set.
    pub fn booted(&self) -> Instant {
        self.0.booted
    }

    /// When the server started.
    pub fn started(&self) -> jiff::Timestamp {
        self.0.started
    }

    /// The query frontends before the sources.
    pub fn frontends(&self) -> &QueryFrontends {
        &self.0.parts.frontends
    }

    /// The boards.
    pub fn boards(&self) -> &Boards {
        &self.0.parts.boards
    }

    /// The views that somebody looks at.
    pub fn hub(&self) -> &Hub {
        &self.0.parts.hub
    }

    /// Andon's own metrics.
    pub fn metrics(&self) -> &Metrics {
        &self.0.parts.metrics
    }

    /// Cancelled when the server is to end. Streams must end on it.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.0.parts.shutdown
    }

    /// The simulated job system, where it runs.
    pub fn demo(&self) -> Option<&Arc<Demo>> {
        self.0.parts.demo.as_ref()
    }

    /// What handlers need of the configuration, as it is now.
    pub fn settings(&self) -> Arc<Settings> {
        self.0.parts.settings.get()
    }

    /// The same, for whoever asks at each request.
    pub fn shared_settings(&self) -> &SharedSettings {
        &self.0.parts.settings
    }

    /// Who reads the configuration anew.
    pub fn reload(&self) -> &ReloadHandle {
        &self.0.parts.reload
    }
}
