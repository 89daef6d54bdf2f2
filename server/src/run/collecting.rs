//! Jobs -> samples in the store of the engine of our own, which is opened, filled
//! and tended.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::StartError;
use crate::demo::DemoFeed;
use crate::ingest::scrape::Scraper;
use crate::ingest::scrape::config::Job;
use crate::source::Engine;
use crate::supervise;

/// Between two looks at what the store has to flush, compact or drop.
const MAINTENANCE_INTERVAL: Duration = Duration::from_secs(5);

/// Samples for the engine of our own, where it runs.
pub struct Collecting {
    /// Where samples go.
    pub engine: Option<Arc<Engine>>,
    /// Set once the engine's store is open.
    pub scraper: Arc<OnceLock<Scraper>>,
    /// What is scraped, as of the newest reload.
    pub jobs: Mutex<Vec<Job>>,
    /// The simulated system, where it runs.
    pub demo: Option<Arc<DemoFeed>>,
    /// Ends all of it.
    pub shutdown: CancellationToken,
}

impl Collecting {
    /// Opens the engine's store, has it filled and tends it from then on; ends
    /// with the first failure to open, or never.
    ///
    /// # Errors
    /// Why the store does not open.
    pub async fn run(&self) -> Result<(), StartError> {
        let Some(engine) = &self.engine else {
            return std::future::pending().await;
        };
        let opening = Arc::clone(engine);
        tokio::task::spawn_blocking(move || opening.open())
            .await
            .map_err(|panicked| StartError::Opening(panicked.to_string()))??;
        if let Ok(store) = engine.store() {
            self.preload_demo(store).await;
            let scraper = Scraper::new(Arc::clone(store), self.shutdown.clone());
            let jobs = self.jobs.lock(); // a reload waits until the scraper is there
            scraper.run(jobs.clone());
            // There is one store, so there is one scraper.
            let _ = self.scraper.set(scraper);
        }
        loop {
            tokio::time::sleep(MAINTENANCE_INTERVAL).await;
            let Ok(store) = engine.store().cloned() else {
                continue;
            };
            let maintained = supervise::blocking("store", move || store.maintain()).await;
            if let Some(Err(error)) = maintained {
                tracing::warn!("the store could not be tended: {error}");
            }
        }
    }

    /// Scrapes these jobs and no others from now on.
    pub fn scrape(&self, jobs: Vec<Job>) {
        let mut held = self.jobs.lock();
        held.clone_from(&jobs);
        if let Some(scraper) = self.scraper.get() {
            scraper.run(jobs);
        }
    }

    /// Gives the store the simulated system's past, where that runs.
    async fn preload_demo(&self, store: &Arc<storage::Store>) {
        let Some(feed) = self.demo.clone() else {
            return;
        };
        let store = Arc::clone(store);
        let preloaded = supervise::blocking("demo", move || feed.preload(&store)).await;
        if !matches!(preloaded, Some(Ok(()))) {
            tracing::warn!(?preloaded, "the simulated past is not stored");
        }
    }

    /// Spares the next start the replay of the log.
    pub async fn flush_head(&self) {
        let Some(Ok(store)) = self.engine.as_ref().map(|engine| engine.store().cloned()) else {
            return;
        };
        let flushed = supervise::blocking("store", move || store.flush_head()).await;
        if let Some(Err(error)) = flushed {
            tracing::warn!("the log stays for the next start: {error}");
        }
    }
}
