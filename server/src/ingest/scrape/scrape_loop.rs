//! One target's life: wait, scrape, store, again, until it goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use storage::Store;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::config::Job;
use super::error::ScrapeError;
use super::fetch::{Page, fetch};
use super::ingest::{Destination, Report, TargetSeries};
use super::schedule::Schedule;
use super::scrape_pool::Succession;
use super::status::TargetState;
use crate::clock::now_ms;
use crate::net::{BodyBudget, HttpClient, redact_url};
use crate::supervise;

/// What all loops share.
pub struct Shared {
    /// Where samples go.
    pub store: Arc<Store>,
    /// Pages that are parsed and stored at once: as many as there are cores,
    /// so that huge pages do not fill the memory side by side.
    pub ingestion: Semaphore,
    /// What large pages may hold together while they arrive and are stored.
    pub bodies: BodyBudget,
    /// Cancelled when the server ends.
    pub shutdown: CancellationToken,
    /// What scraping has done so far.
    pub counters: Counters,
}

/// What scraping has done since the server started.
#[derive(Debug, Default)]
pub struct Counters {
    /// Scrapes that brought a page.
    pub succeeded: AtomicU64,
    /// Scrapes that failed.
    pub failed: AtomicU64,
    /// Samples of all pages.
    pub samples: AtomicU64,
    /// Exemplars of pages whose series are not stored.
    pub unstored_exemplars: AtomicU64,
}

/// A target that is being scraped.
#[derive(Debug)]
pub struct ScrapeLoop {
    /// What is known of it.
    pub state: Arc<TargetState>,
    gone: CancellationToken,
}

impl ScrapeLoop {
    /// Starts scraping; while `over_target_limit` is not 0, the job has so many targets,
    /// more than it may, and every scrape fails, as in Prometheus.
    pub fn start(
        shared: Arc<Shared>,
        job: Arc<Job>,
        client: Arc<HttpClient>,
        over_target_limit: Arc<AtomicUsize>,
        succession: Succession,
        state: Arc<TargetState>,
    ) -> Self {
        let gone = shared.shutdown.child_token();
        let (until, of_task) = (gone.clone(), Arc::clone(&state));
        supervise::keep_running("scrape", gone.clone(), move || {
            let task = Task {
                shared: Arc::clone(&shared),
                job: Arc::clone(&job),
                client: Arc::clone(&client),
                over_target_limit: Arc::clone(&over_target_limit),
                succession: succession.clone(),
                state: Arc::clone(&of_task),
                series: TargetSeries::default(),
            };
            task.run(until.clone())
        });
        Self { state, gone }
    }
}

impl Drop for ScrapeLoop {
    /// The target has gone: its series are marked stale.
    fn drop(&mut self) {
        self.gone.cancel();
    }
}

struct Task {
    shared: Arc<Shared>,
    job: Arc<Job>,
    client: Arc<HttpClient>,
    over_target_limit: Arc<AtomicUsize>,
    succession: Succession,
    state: Arc<TargetState>,
    series: TargetSeries,
}

impl Task {
    async fn run(mut self, gone: CancellationToken) {
        let mut schedule = Schedule::new(&self.state.target, now_ms());
        loop {
            tokio::select! {
                () = gone.cancelled() => break,
                () = tokio::time::sleep(schedule.wait(now_ms())) => {}
            }
            let at_ms = schedule.start(now_ms());
            let started = Instant::now();
            let page = tokio::select! {
                () = gone.cancelled() => break,
                page = self.fetch() => page,
            };
            self.store(page, at_ms, started).await;
        }
        // Where the server ends, series stay as they are: it will be back.
        if self.shared.shutdown.is_cancelled() {
            return;
        }
        if self.succession.is_replaced.load(Ordering::Acquire) {
            let target = &self.state.target.labels;
            self.succession.estate.leave(target, self.series.take_all());
        } else {
            self.end().await;
        }
    }

    async fn fetch(&self) -> Result<Page, ScrapeError> {
        let count = self.over_target_limit.load(Ordering::Relaxed);
        if count > 0 {
            let limit = self.job.limits.targets;
            return Err(ScrapeError::TooManyTargets { count, limit });
        }
        let target = &self.state.target;
        fetch(&self.client, &self.job, target, &self.shared.bodies).await
    }

    async fn store(&mut self, page: Result<Page, ScrapeError>, at_ms: i64, started: Instant) {
        let duration = started.elapsed();
        if self.state.is_up().is_none() {
            let target = &self.state.target.labels;
            self.series.inherited = self.succession.estate.claim(target);
        }
        let (job, state) = (Arc::clone(&self.job), Arc::clone(&self.state));
        let report = self
            .blocking(move |store, series| {
                let to = Destination {
                    store,
                    job: &job,
                    target: &state.target,
                };
                series.ingest(to, page, at_ms, duration)
            })
            .await
            .unwrap_or_else(|error| Report::failed(error, duration));
        self.log(&report);
        self.count(&report);
        self.state.record(at_ms, &report);
        self.state.set_families(self.series.families.clone());
    }

    async fn end(&mut self) {
        let at_ms = now_ms();
        let ended = self
            .blocking(move |store, series| series.end(store, at_ms))
            .await
            .flatten();
        if let Err(error) = ended {
            let url = redact_url(&self.state.target.url);
            tracing::warn!(%url, %error, "cannot mark series as stale");
        }
    }

    /// Works on the target's series where blocking is allowed.
    async fn blocking<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Store, &mut TargetSeries) -> T + Send + 'static,
    ) -> Result<T, ScrapeError> {
        let _permit = self
            .shared
            .ingestion
            .acquire()
            .await
            .map_err(ScrapeError::internal)?;
        let store = Arc::clone(&self.shared.store);
        let mut series = std::mem::take(&mut self.series);
        let task: JoinHandle<_> = tokio::task::spawn_blocking(move || {
            let result = work(&store, &mut series);
            (result, series)
        });
        let (result, series) = task.await.map_err(ScrapeError::internal)?;
        self.series = series;
        Ok(result)
    }

    /// Says when a target goes up or down, not at every scrape.
    fn log(&self, report: &Report) {
        let url = redact_url(&self.state.target.url);
        match (self.state.is_up(), &report.error) {
            (None | Some(true), Some(error)) => {
                tracing::warn!(job = %self.job.name, %url, %error, "scrape failed");
            }
            (Some(false), None) => {
                tracing::info!(job = %self.job.name, %url, "scraped again");
            }
            _ => {}
        }
    }

    fn count(&self, report: &Report) {
        let counters = &self.shared.counters;
        let scrapes = match report.error {
            None => &counters.succeeded,
            Some(_) => &counters.failed,
        };
        scrapes.fetch_add(1, Ordering::Relaxed);
        let samples = report.samples_scraped as u64;
        counters.samples.fetch_add(samples, Ordering::Relaxed);
        let exemplars = report.unstored_exemplars as u64;
        counters
            .unstored_exemplars
            .fetch_add(exemplars, Ordering::Relaxed);
    }
}
