//! The sources that are named -> what boards and rules are held against.

use std::path::Path;
use std::sync::Arc;

use lint::Facts;
use packs::{Inventory, Packs};

use crate::boards::inventory::{RECENT_MS, add_page, add_source, facts as judged_by};
use crate::boards::packs as pack_files;
use crate::config::{Config, load};
use crate::net::parse_url;
use crate::query::{ConcurrencyLimits, QueryFrontend};
use crate::source::{Detected, PrometheusClient, Source, UpstreamConfig, detect};

/// Each source is asked once.
const NO_CACHE: u64 = 0;

/// Asks every source what it exports; nothing is known where none is named.
///
/// # Errors
/// Where one does not answer, or a name is wrong.
pub fn facts(urls: &[String], config: Option<&Path>) -> Result<Facts, String> {
    let config = match config {
        Some(path) => load(path).map_err(|error| error.to_string())?,
        None => Config::default(),
    };
    if urls.is_empty() && config.sources.is_empty() {
        return Ok(Facts::default());
    }
    let packs = pack_files::load(&config.pack_folders).map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(ask(urls, config, &packs))
}

async fn ask(urls: &[String], config: Config, packs: &Packs) -> Result<Facts, String> {
    let mut known = Known::default();
    for source in config.sources {
        known.add_upstream(source.upstream).await?;
    }
    for text in urls {
        let url = parse_url(text)?;
        let what = detect(&url).await.map_err(|error| error.to_string())?;
        match what {
            Detected::Prometheus => known.add_upstream(UpstreamConfig::from_url(url)).await?,
            Detected::Exporter { page, .. } => add_page(&mut known.inventory, &page),
        }
    }
    Ok(judged_by(known.inventory, packs, known.interval_ms))
}

#[derive(Default)]
struct Known {
    inventory: Inventory,
    interval_ms: Option<i64>,
}

impl Known {
    async fn add_upstream(&mut self, config: UpstreamConfig) -> Result<(), String> {
        let client = PrometheusClient::new(config).map_err(|error| error.to_string())?;
        let source = Source::Upstream(Arc::new(client));
        let source = QueryFrontend::new(source, ConcurrencyLimits::default(), NO_CACHE);
        add_source(&mut self.inventory, &source, RECENT_MS)
            .await
            .map_err(|error| error.to_string())?;
        // A window must hold four scrapes of the slowest source.
        self.interval_ms = self.interval_ms.max(source.scrape_interval_ms().await);
        Ok(())
    }
}
