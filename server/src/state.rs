//! What every handler shares: a clone handle over one allocation.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::metrics::Metrics;
use crate::source::Source;

/// The server's state. Cloning shares it.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    config: Config,
    sources: Vec<(String, Source)>,
    metrics: Metrics,
    shutdown: CancellationToken,
}

impl AppState {
    /// Puts the parts together. The first source is the default one.
    pub fn new(
        config: Config,
        sources: Vec<(String, Source)>,
        shutdown: CancellationToken,
    ) -> Self {
        Self(Arc::new(Shared {
            config,
            sources,
            metrics: Metrics::new(),
            shutdown,
        }))
    }

    /// The configuration the server runs with.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The source of this name; the default one where `name` is empty.
    pub fn source(&self, name: &str) -> Option<&Source> {
        let mut sources = self.0.sources.iter();
        match name {
            "" => sources.next(),
            name => sources.find(|(candidate, _)| candidate == name),
        }
        .map(|(_, source)| source)
    }

    /// Every source with its name, the default one first.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.0
            .sources
            .iter()
            .map(|(name, source)| (name.as_str(), source))
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
