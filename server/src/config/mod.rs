//! What the server runs with: defaults, the file, the environment and the
//! flags, the later ones winning.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::source::UpstreamConfig;

/// Where Andon listens unless told otherwise.
pub const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 3000);

/// Everything the server runs with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where samples are kept; in memory alone where it is absent.
    pub data_dir: Option<PathBuf>,
    /// Whether the simulated job system runs.
    pub demo: bool,
    /// Origins whose pages may frame ours; none by default.
    pub embed_origins: Vec<String>,
    /// Upstreams by name, the default one first.
    pub sources: Vec<SourceConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: DEFAULT_LISTEN,
            data_dir: None,
            demo: false,
            embed_origins: Vec::new(),
            sources: Vec::new(),
        }
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
