//! What the server runs with: defaults, the file, the environment and the
//! flags, the later ones winning.

mod error;
mod file;
mod load;
mod prometheus;
mod provisioning;
mod redact;
mod sources;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use packs::JobModel;
use query::SourceName;

pub use error::ConfigError;
pub use load::load;
pub use prometheus::read_prometheus;

use crate::boards::folders::BoardFolder;
use crate::boards::playlist::Playlist;
use crate::ingest::scrape::config::{COMMAND_LINE_INTERVAL, Job};
use crate::live::admission::StreamLimits;
use crate::log::LogConfig;
use crate::source::{EngineOptions, SourceConfig};

/// Where Andon listens unless told otherwise.
pub const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);

/// Everything the server runs with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Who said so.
    pub listen_origin: Origin,
    /// Who said where samples are kept.
    pub data_dir_origin: Origin,
    /// Whether the simulated job system runs.
    pub demo: bool,
    /// Origins whose pages may frame ours; none by default.
    pub embed_origins: Vec<String>,
    /// Origins whose scripts may ask the API; none by default.
    pub cors_origins: Vec<String>,
    /// Whether the store may be copied and series deleted over HTTP.
    pub enable_admin_api: bool,
    /// Upstreams by name, the default one first.
    pub sources: Vec<SourceConfig>,
    /// What is scraped.
    pub scrape_jobs: Vec<Job>,
    /// Which metrics mean what, as the file says.
    pub job_models: Vec<JobModel>,
    /// What displays show.
    pub playlists: Vec<Playlist>,
    /// Folders of board files.
    pub board_folders: Vec<BoardFolder>,
    /// The names of sources by what else boards call them.
    pub source_aliases: BTreeMap<String, SourceName>,
    /// Folders of the user's own packs.
    pub pack_folders: Vec<PathBuf>,
    /// How the engine of our own evaluates.
    pub engine: EngineOptions,
    /// How it keeps samples.
    pub storage: storage::Options,
    /// How many pages may look on.
    pub streams: StreamLimits,
    /// What is logged, and how.
    pub log: LogConfig,
    /// What is said at start: what the files ask for and we do not do.
    pub warnings: Vec<String>,
    /// The file without its secrets.
    pub redacted: serde_json::Value,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: DEFAULT_LISTEN,
            listen_origin: Origin::Flag("--listen"),
            data_dir_origin: Origin::Flag("--data-dir"),
            demo: false,
            embed_origins: Vec::new(),
            cors_origins: Vec::new(),
            enable_admin_api: false,
            sources: Vec::new(),
            scrape_jobs: Vec::new(),
            job_models: Vec::new(),
            playlists: Vec::new(),
            board_folders: Vec::new(),
            source_aliases: BTreeMap::new(),
            pack_folders: Vec::new(),
            engine: EngineOptions::default(),
            storage: storage::Options::default(),
            streams: StreamLimits::default(),
            log: LogConfig::default(),
            warnings: Vec::new(),
            redacted: serde_json::json!({}),
        }
    }
}

impl Config {
    /// Takes over what a provisioning folder of Grafana's says. The file's own
    /// sources come first, and hold where both have one of a name.
    ///
    /// # Errors
    /// The first thing that is wrong in the folder.
    pub fn provision(&mut self, folder: &Path) -> Result<(), ConfigError> {
        let provisioned = provisioning::read(folder)?;
        for source in provisioned.sources {
            if !self.has_source(&source.name) {
                self.sources.push(source);
            }
        }
        self.source_aliases.extend(provisioned.aliases);
        self.board_folders.extend(provisioned.folders);
        self.warnings.extend(provisioned.warnings);
        Ok(())
    }

    /// Whether there is a source of this name.
    pub fn has_source(&self, name: &SourceName) -> bool {
        self.sources.iter().any(|source| source.name == *name)
    }

    /// Whether there is a scrape job of this name.
    pub fn has_job(&self, name: &str) -> bool {
        self.scrape_jobs.iter().any(|job| job.name == name)
    }

    /// Has the server say at its start what a file asks for and we do not do.
    fn add_warnings(&mut self, file: &Path, warnings: Vec<String>) {
        let file = file.display();
        let placed = warnings.into_iter();
        self.warnings
            .extend(placed.map(|warning| format!("{file}: {warning}")));
    }

    /// Whether the engine of our own runs: there is something to scrape, or
    /// nothing else that could answer.
    pub fn wants_engine(&self) -> bool {
        self.sources.is_empty() || !self.scrape_jobs.is_empty()
    }

    /// Has the page of an exporter scraped; what leaves it is not marked stale
    /// for as long as `staleness_hold`.
    pub fn add_exporter(&mut self, page: &reqwest::Url, staleness_hold: Duration) {
        self.scrape_jobs.push(Job {
            staleness_hold,
            ..Job::from_url(page, COMMAND_LINE_INTERVAL)
        });
    }
}

/// Who said what a setting is; written before what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag, its variable, or the default.
    Flag(&'static str),
    /// The file.
    File {
        /// Its name.
        file: PathBuf,
        /// Line and column, from 1.
        place: (usize, usize),
        /// The key.
        key: &'static str,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::File {
                file,
                place: (line, column),
                key,
            } => write!(f, "{}:{line}:{column}: {key}", file.display()),
        }
    }
}
