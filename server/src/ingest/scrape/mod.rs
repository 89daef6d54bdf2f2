//! Scraping: from configured jobs to samples in the store.
//!
//! ```text
//! Job ─ discovery ─→ labels ─ relabelling ─→ Target ─ fetch ─→ Page ─ ingest ─→ Store
//! ```
//!
//! [`Scraper`] runs jobs: each job ([`config::Job`]) finds its targets, each
//! target has a task of its own that fetches its page on a grid of time of its
//! own and stores all of it or nothing. Contract: a target that is slow, huge,
//! broken or malicious costs itself its scrape (`up` is 0, `lastError` says
//! why) and nobody else anything; what is held of a page is bounded.

pub mod config;
mod counter_birth;
mod discovery;
mod error;
mod estate;
mod families;
mod fetch;
mod ingest;
mod metrics;
mod preload;
mod schedule;
mod scrape_cache;
mod scrape_loop;
mod scrape_pool;
mod series_labels;
mod status;
mod target;

use std::fmt;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use hashbrown::HashMap;
use parking_lot::Mutex;
use series::Labels;
use storage::Store;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::net::BodyBudget;
use config::Job;
pub use error::ScrapeError;
pub use families::KnownFamilies;
pub use metrics::ScrapeCollector;
pub use preload::preload;
pub use scrape_loop::Counters;
use scrape_loop::Shared;
use scrape_pool::ScrapePool;
pub use status::{ActiveTarget, DroppedTarget, Health, Targets};

/// What large pages may hold together while they arrive and are stored.
const LARGE_BODIES_BYTES: usize = 256 << 20;

/// Runs jobs over one store. Dropping it ends them.
pub struct Scraper {
    shared: Arc<Shared>,
    pools: Mutex<Vec<ScrapePool>>,
}

impl Scraper {
    /// A scraper without jobs. When `shutdown` is cancelled, all jobs end and
    /// leave their series as they are; a job that is taken away marks its
    /// series stale.
    pub fn new(store: Arc<Store>, shutdown: CancellationToken) -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self {
            shared: Arc::new(Shared {
                store,
                ingestion: Semaphore::new(cores),
                bodies: BodyBudget::new(LARGE_BODIES_BYTES),
                shutdown,
                counters: Counters::default(),
            }),
            pools: Mutex::new(Vec::new()),
        }
    }

    /// Runs these jobs and no others; a job that is configured as before goes
    /// on undisturbed, and the targets that another still has go on without a gap. To be
    /// called within the runtime.
    pub fn run(&self, jobs: Vec<Job>) {
        let mut pools = self.pools.lock();
        let mut running: HashMap<String, ScrapePool> = pools
            .drain(..)
            .map(|pool| (pool.job.name.clone(), pool))
            .collect();
        for job in jobs {
            let pool = match running.remove(&job.name) {
                Some(pool) if *pool.job == job => {
                    pool.client.forget_certificates();
                    pool
                }
                Some(pool) => pool.replace(job),
                None => ScrapePool::start(Arc::clone(&self.shared), job, Arc::default()),
            };
            pools.push(pool);
        }
    }

    /// Every target and how its latest scrape went, in the jobs' order.
    pub fn targets(&self) -> Targets {
        let mut targets = Targets::default();
        for pool in &*self.pools.lock() {
            pool.add_to(&mut targets);
        }
        targets
    }

    /// The labels of every target, and how often it is to be scraped.
    pub fn intervals(&self) -> Vec<(Labels, Duration)> {
        let pools = self.pools.lock();
        pools.iter().flat_map(ScrapePool::intervals).collect()
    }

    /// The labels of every target, and what its latest page described.
    pub fn families(&self) -> Vec<(Labels, KnownFamilies)> {
        let pools = self.pools.lock();
        pools.iter().flat_map(ScrapePool::families).collect()
    }

    /// The names of the jobs.
    pub fn pools(&self) -> Vec<String> {
        let pools = self.pools.lock();
        pools.iter().map(|pool| pool.job.name.clone()).collect()
    }

    /// What scraping has done so far.
    pub fn counters(&self) -> &Counters {
        &self.shared.counters
    }
}

impl fmt::Debug for Scraper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pools = self.pools.lock();
        let jobs = pools.iter().map(|pool| pool.job.name.as_str());
        f.debug_list().entries(jobs).finish()
    }
}
