//! What every handler shares: a clone handle over one allocation.
//!
//! It holds the running parts and what handlers need of the configuration, part
//! by part; whoever puts the server together hands them in.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

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
    /// What displays show.
    pub playlists: Vec<Playlist>,
    /// The simulated job system, where it runs.
    pub demo: Option<Arc<Demo>>,
    /// Andon's own metrics.
    pub metrics: Metrics,
    /// Origins whose pages may frame ours.
    pub embed_origins: Vec<String>,
    /// Origins whose scripts may ask the API.
    pub cors_origins: Vec<String>,
    /// What the server tells of its configuration.
    pub shown_config: ShownConfig,
    /// Cancelled when the server is to end.
    pub shutdown: CancellationToken,
}

/// What the server tells of its configuration, without secrets.
#[derive(Clone, Debug)]
pub struct ShownConfig {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where samples are kept; `None` is in memory alone.
    pub data_dir: Option<PathBuf>,
    /// For how many milliseconds.
    pub retention_ms: i64,
    /// Whether the simulated job system runs.
    pub demo: bool,
    /// The configuration file.
    pub file: serde_json::Value,
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
    pub fn default_source(&self) -> Result<&QueryFrontend, QueryError> {
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

    /// What displays show.
    pub fn playlists(&self) -> &[Playlist] {
        &self.0.parts.playlists
    }

    /// Origins whose pages may frame ours.
    pub fn embed_origins(&self) -> &[String] {
        &self.0.parts.embed_origins
    }

    /// Origins whose scripts may ask the API.
    pub fn cors_origins(&self) -> &[String] {
        &self.0.parts.cors_origins
    }

    /// What the server tells of its configuration.
    pub fn shown_config(&self) -> &ShownConfig {
        &self.0.parts.shown_config
    }
}
