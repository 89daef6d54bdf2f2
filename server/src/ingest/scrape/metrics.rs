//! The counts of the scraper, read when `/metrics` is asked for.

use std::fmt::Error;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;

use super::Scraper;
use crate::metrics::{write_counter, write_gauge};

/// Reads the counts of a scraper, once it runs.
#[derive(Debug)]
pub struct ScrapeCollector(pub Arc<OnceLock<Scraper>>);

impl Collector for ScrapeCollector {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), Error> {
        let Some(scraper) = self.0.get() else {
            return Ok(());
        };
        let counts = scraper.counters();
        let counters = [
            (
                "andon_scrapes",
                "Scrapes that brought a page",
                &counts.succeeded,
            ),
            (
                "andon_scrape_failures",
                "Scrapes that failed",
                &counts.failed,
            ),
            (
                "andon_scrape_samples",
                "Samples of all pages",
                &counts.samples,
            ),
            (
                "andon_scrape_unstored_exemplars",
                "Exemplars of pages whose series are not stored",
                &counts.unstored_exemplars,
            ),
        ];
        for (name, help, count) in counters {
            write_counter(&mut encoder, name, help, count.load(Relaxed))?;
        }
        let targets = scraper.targets().active_targets.len() as f64;
        write_gauge(
            &mut encoder,
            "andon_scrape_targets",
            "Targets that are scraped",
            targets,
        )
    }
}
