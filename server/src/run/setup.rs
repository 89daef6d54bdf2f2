//! What the server is put together from.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::config::Config;
use crate::reload::{self, ReloadHandle, ReloadRequests};
use crate::state::{Settings, StartSettings};

/// Reads the configuration, wherever it comes from; what is wrong with the file, its
/// place and the key where it cannot.
pub type ReadConfig = dyn Fn() -> Result<Config, String> + Send + Sync;

/// A configuration, where it comes from, and who has it read anew.
pub struct Setup {
    /// What the server starts with.
    pub config: Config,
    /// What it takes over at every reload.
    pub files: Arc<ReadConfig>,
    /// By which reloads are asked for.
    pub reload: ReloadHandle,
    /// What is asked for by it.
    pub requests: ReloadRequests,
}

impl From<Config> for Setup {
    /// A configuration that no reload changes.
    fn from(config: Config) -> Self {
        let (reload, requests) = reload::channel();
        let unchanged = config.clone();
        Self {
            config,
            files: Arc::new(move || Ok(unchanged.clone())),
            reload,
            requests,
        }
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// What handlers need of a configuration.
pub fn settings(config: &Config, listen: SocketAddr) -> Settings {
    Settings {
        playlists: config.playlists.clone(),
        embed_origins: config.embed_origins.clone(),
        cors_origins: config.cors_origins.clone(),
        enable_admin_api: config.enable_admin_api,
        file: config.redacted.clone(),
        start: StartSettings {
            listen: Some(listen),
            data_dir: config.storage.data_dir.clone(),
            retention_ms: config.storage.retention_ms,
            demo: config.demo,
        },
    }
}
