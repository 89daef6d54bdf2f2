//! The counts of the store and of the scraper, read when they are asked for.

use std::fmt::Error;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use storage::Counters;

use crate::ingest::scrape::Scraper;
use crate::source::Engine;

/// Reads the counts of an engine and of whoever scrapes into it.
#[derive(Debug)]
pub struct EngineCollector {
    /// The engine.
    pub engine: Arc<Engine>,
    /// The scraper, once it runs.
    pub scraper: Arc<OnceLock<Scraper>>,
}

/// A count of the store: its name, what it counts, and how it is read.
type StoreCount = (&'static str, &'static str, fn(&Counters) -> u64);

const STORE_COUNTERS: [StoreCount; 7] = [
    (
        "andon_store_log_written_bytes",
        "Bytes written to the log",
        |c| c.log_bytes_written,
    ),
    (
        "andon_store_log_records",
        "Records written to the log",
        |c| c.log_records_written,
    ),
    (
        "andon_store_log_damaged_records",
        "Records found damaged at start and left out",
        |c| c.log_records_damaged,
    ),
    (
        "andon_store_log_write_failures",
        "Writes to the log that the disk refused",
        |c| c.log_write_failures,
    ),
    (
        "andon_store_blocks_written",
        "Blocks written from memory",
        |c| c.blocks_written,
    ),
    (
        "andon_store_blocks_compacted",
        "Blocks merged into larger ones",
        |c| c.blocks_compacted,
    ),
    (
        "andon_store_blocks_dropped",
        "Blocks dropped by retention",
        |c| c.blocks_dropped,
    ),
];

const STORE_GAUGES: [StoreCount; 4] = [
    ("andon_store_blocks", "Blocks on disk", |c| c.blocks),
    ("andon_store_log_bytes", "Bytes of the log on disk", |c| {
        c.log_bytes
    }),
    (
        "andon_store_block_bytes",
        "Bytes of the blocks on disk",
        |c| c.blocks_bytes,
    ),
    (
        "andon_store_block_samples",
        "Samples of the blocks on disk",
        |c| c.blocks_samples,
    ),
];

impl Collector for EngineCollector {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), Error> {
        if let Ok(store) = self.engine.store() {
            let counters = store.counters();
            for (name, help, read) in STORE_COUNTERS {
                counter(&mut encoder, name, help, read(&counters))?;
            }
            for (name, help, read) in STORE_GAUGES {
                gauge(&mut encoder, name, help, read(&counters) as f64)?;
            }
            let series = store.series_count() as f64;
            gauge(
                &mut encoder,
                "andon_store_series",
                "Series the store knows",
                series,
            )?;
        }
        match self.scraper.get() {
            Some(scraper) => scrapes(&mut encoder, scraper),
            None => Ok(()),
        }
    }
}

fn scrapes(encoder: &mut DescriptorEncoder, scraper: &Scraper) -> Result<(), Error> {
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
    ];
    for (name, help, count) in counters {
        counter(encoder, name, help, count.load(Relaxed))?;
    }
    let targets = scraper.targets().active_targets.len() as f64;
    gauge(
        encoder,
        "andon_scrape_targets",
        "Targets that are scraped",
        targets,
    )
}

fn counter(
    encoder: &mut DescriptorEncoder,
    name: &str,
    help: &str,
    value: u64,
) -> Result<(), Error> {
    let descriptor = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    ConstCounter::new(value).encode(descriptor)
}

/// Writes one gauge.
pub fn gauge(
    encoder: &mut DescriptorEncoder,
    name: &str,
    help: &str,
    value: f64,
) -> Result<(), Error> {
    let descriptor = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    ConstGauge::new(value).encode(descriptor)
}
