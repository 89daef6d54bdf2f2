//! What the configuration says of sources -> what stands before each.

use std::sync::{Arc, OnceLock};

use super::StartError;
use crate::config::Config;
use crate::ingest::scrape::Scraper;
use crate::query::scrape_interval::Target;
use crate::query::{ConcurrencyLimits, NamedFrontend, QueryFrontend};
use crate::source::{Engine, PrometheusClient, Source, SourceConfig};

/// What each source's cached answers may take.
const CACHE_BYTES: u64 = 16 << 20;

/// What boards call the engine of our own.
const ENGINE_NAME: &str = "andon";

/// The sources that run, each with what it was made of.
pub struct Sources {
    upstreams: Vec<(SourceConfig, QueryFrontend)>,
    /// Before the engine of our own, where it runs.
    own: Option<QueryFrontend>,
}

impl Sources {
    /// The sources of a configuration. The engine of our own answers too, where it runs.
    ///
    /// # Errors
    /// The first source that cannot be set up.
    pub fn new(
        config: &Config,
        engine: Option<&Arc<Engine>>,
        scraper: &Arc<OnceLock<Scraper>>,
    ) -> Result<Self, StartError> {
        let none = Self {
            upstreams: Vec::new(),
            own: engine.map(|engine| before_engine(engine, scraper)),
        };
        none.changed_to(config)
    }

    /// The sources of another configuration; those that it says the same of are kept,
    /// with all that they know.
    ///
    /// # Errors
    /// The first source that cannot be set up.
    pub fn changed_to(&self, config: &Config) -> Result<Self, StartError> {
        let mut upstreams = Vec::new();
        for source in &config.sources {
            let kept = self.upstreams.iter().find(|(other, _)| other == source);
            let frontend = match kept {
                Some((_, frontend)) => frontend.clone(),
                None => before_upstream(source)?,
            };
            upstreams.push((source.clone(), frontend));
        }
        Ok(Self {
            upstreams,
            own: self.own.clone(),
        })
    }

    /// What stands before each, by its name, the default one first.
    pub fn frontends(&self) -> Vec<NamedFrontend> {
        let upstreams = self.upstreams.iter();
        let upstreams = upstreams.map(|(source, frontend)| (source.name.clone(), frontend.clone()));
        let own = self.own.iter().cloned();
        upstreams
            .chain(own.map(|frontend| (ENGINE_NAME.into(), frontend)))
            .collect()
    }
}

fn before_upstream(source: &SourceConfig) -> Result<QueryFrontend, StartError> {
    let client =
        PrometheusClient::new(source.upstream.clone()).map_err(|error| StartError::Source {
            name: source.name.clone(),
            error,
        })?;
    let upstream = Source::Upstream(client.into());
    let limits = ConcurrencyLimits::default();
    Ok(QueryFrontend::new(upstream, limits, CACHE_BYTES))
}

fn before_engine(engine: &Arc<Engine>, scraper: &Arc<OnceLock<Scraper>>) -> QueryFrontend {
    let limits = ConcurrencyLimits {
        concurrency: engine.options().max_concurrency,
        ..ConcurrencyLimits::default()
    };
    let own = Source::Embedded(Arc::clone(engine));
    let frontend = QueryFrontend::new(own, limits, CACHE_BYTES);
    let scraper = Arc::clone(scraper);
    frontend.set_configured_targets(Box::new(move || configured_targets(&scraper)));
    frontend
}

/// How often our own scraper is to scrape each of its targets, once it runs.
fn configured_targets(scraper: &OnceLock<Scraper>) -> Vec<Target> {
    let targets = scraper.get().map(Scraper::intervals).unwrap_or_default();
    let targets = targets.iter();
    targets
        .map(|(labels, interval)| Target::configured(labels, *interval))
        .collect()
}
