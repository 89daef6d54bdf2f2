//! The simulated system and the engine of our own: what is scraped, and the
//! past that the store begins with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use storage::Store;

use super::{Demo, HISTORY_MS};
use crate::clock::now_ms;
use crate::ingest::scrape::config::Job;
use crate::ingest::scrape::{ScrapeError, preload};

/// Short, so that the board is lively.
const SCRAPE_INTERVAL: Duration = Duration::from_secs(1);
/// The same story at every start.
const SEED: u64 = 20_260_127;

/// The simulated system, and how it is scraped.
#[derive(Debug)]
pub struct DemoFeed {
    /// The system.
    pub demo: Arc<Demo>,
    url: Url,
}

impl DemoFeed {
    /// A system that has been at work for [`HISTORY_MS`], whose page the
    /// server that listens on `listen` serves.
    ///
    /// # Errors
    /// Where the address makes no URL.
    pub fn new(listen: SocketAddr) -> Result<Self, String> {
        let host = match listen.ip() {
            ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            ip => ip,
        };
        let address = SocketAddr::new(host, listen.port());
        let url = format!("http://{address}{}", wire::url::DEMO_METRICS);
        let demo = Arc::new(Demo::new(SEED, now_ms() - HISTORY_MS));
        let url = url.parse().map_err(|error| format!("{url}: {error}"))?;
        Ok(Self { demo, url })
    }

    /// The job that scrapes the system.
    pub fn job(&self) -> Job {
        let mut job = Job::from_url(&self.url, SCRAPE_INTERVAL);
        "demo".clone_into(&mut job.name);
        job
    }

    /// Stores the system's past in a store that has none; blocks.
    ///
    /// # Errors
    /// Where the store refuses it.
    pub fn preload(&self, store: &Store) -> Result<(), ScrapeError> {
        if store.series_count() > 0 {
            return Ok(()); // an earlier run's past is the past
        }
        let step_ms = i64::try_from(SCRAPE_INTERVAL.as_millis()).unwrap_or(i64::MAX);
        preload(
            store,
            &self.job(),
            &self.url,
            self.demo.history(now_ms(), step_ms),
        )
    }
}
