//! What the server runs with: defaults, the file, the environment and the
//! flags, the later ones winning.

use std::net::SocketAddr;

use crate::source::{EngineOptions, UpstreamConfig};

/// Where Andon listens unless told otherwise.
pub const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 3000);

/// Everything the server runs with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Whether the simulated job system runs.
    pub demo: bool,
    /// Origins whose pages may frame ours; none by default.
    pub embed_origins: Vec<String>,
    /// Upstreams by name, the default one first.
    pub sources: Vec<SourceConfig>,
    /// How the engine of our own evaluates.
    pub engine: EngineOptions,
    /// How it keeps samples.
    pub storage: storage::Options,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: DEFAULT_LISTEN,
            demo: false,
            embed_origins: Vec::new(),
            sources: Vec::new(),
            engine: EngineOptions::default(),
            storage: storage::Options::default(),
        }
    }
}

impl Config {
    /// Whether the engine of our own runs: there is something to scrape, or
    /// nothing else that could answer.
    pub fn wants_engine(&self) -> bool {
        self.sources.is_empty()
    }

    /// The configuration without its secrets.
    pub fn redacted(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
}

/// One upstream with its name.
#[derive(Clone, Debug)]
pub struct SourceConfig {
    /// What boards call it.
    pub name: String,
    /// How it is reached.
    pub upstream: UpstreamConfig,
}
