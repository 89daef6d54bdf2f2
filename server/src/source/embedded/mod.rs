//! The engine of our own: PromQL over the store, evaluated off the runtime's
//! threads.
//!
//! The store opens while the server already answers; until its log is
//! replayed, every question is refused as unavailable with the progress.

mod evaluate;
mod latest;
mod lookup;
mod lost;
mod metrics;
mod samples;
mod turn;

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use storage::{ReplayProgress, StorageError, Store};
use tokio::sync::Semaphore;

pub use metrics::StoreCollector;

use super::{ApiErrorKind, MetricMetadata, SourceError};

/// Between two lines of the log about the store's.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

/// How the engine evaluates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineOptions {
    /// The longest evaluation or question, the wait for its turn included.
    pub timeout: Duration,
    /// How old a sample may be and still count.
    pub lookback: Duration,
    /// How many evaluations and questions about series run at once.
    pub max_concurrency: usize,
    /// What one evaluation may cost.
    pub limits: promql::Limits,
    /// When metric names go.
    pub name_removal: promql::NameRemoval,
}

impl Default for EngineOptions {
    /// Prometheus' defaults.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(120),
            lookback: Duration::from_secs(300),
            max_concurrency: 20,
            limits: promql::Limits::default(),
            name_removal: promql::NameRemoval::default(),
        }
    }
}

/// The store with its evaluator.
pub struct Engine {
    options: EngineOptions,
    storage: storage::Options,
    store: OnceLock<Arc<Store>>,
    replay: Mutex<ReplayProgress>,
    refused_histograms: AtomicU64,
    unstored_exemplars: AtomicU64,
    turns: Arc<Semaphore>,
}

impl Engine {
    /// An engine whose store is not open yet.
    pub fn new(options: EngineOptions, storage: storage::Options) -> Self {
        Self {
            options,
            storage,
            store: OnceLock::new(),
            replay: Mutex::default(),
            refused_histograms: AtomicU64::new(0),
            unstored_exemplars: AtomicU64::new(0),
            turns: Arc::new(Semaphore::new(options.max_concurrency)),
        }
    }

    /// Opens the store and replays its log; blocks. Once only.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn open(&self) -> Result<(), StorageError> {
        let mut told = Instant::now();
        let store = Store::open(&self.storage, |progress| {
            if told.elapsed() >= PROGRESS_INTERVAL {
                told = Instant::now();
                let percent = percent(progress);
                tracing::info!(percent, samples = progress.samples, "replaying the log");
            }
            *self.replay.lock().unwrap_or_else(PoisonError::into_inner) = progress;
        })?;
        for damage in &store.recovery().damage {
            tracing::warn!(
                file = %damage.path.display(),
                offset = damage.offset,
                bytes = damage.bytes,
                is_torn_tail = damage.is_torn_tail,
                "a damaged part of the log is left out"
            );
        }
        for block in &store.recovery().damaged_blocks {
            tracing::error!(
                file = %block.path.display(),
                reason = block.reason,
                "a damaged block is left out; its file stays as it is"
            );
        }
        for number in &store.recovery().missing_blocks {
            tracing::error!("the file of block {number:016x} was removed; its samples are gone");
        }
        if let Some(catalog) = store.recovery().catalog {
            tracing::error!(
                was_missing = catalog.was_missing,
                series = catalog.series,
                series_without_labels = catalog.series_without_labels,
                "the catalog of labels was made anew from the blocks and the log; deletions that \
                 were not carried out yet may be undone"
            );
        }
        // A second open changes nothing.
        let _ = self.store.set(Arc::new(store));
        Ok(())
    }

    /// The store, once it is open.
    ///
    /// # Errors
    /// [`SourceError::Replaying`] until then.
    pub fn store(&self) -> Result<&Arc<Store>, SourceError> {
        self.store.get().ok_or_else(|| SourceError::Replaying {
            percent: percent(self.replay_progress()),
        })
    }

    /// How far opening the store has come.
    pub fn replay_progress(&self) -> ReplayProgress {
        *self.replay.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts what remote write brought and could not be taken: native
    /// histograms, whose sender is told, and exemplars. Says of either in the
    /// log the first time.
    pub fn note_remote_write(&self, histograms: u64, exemplars: u64) {
        let before = self.refused_histograms.fetch_add(histograms, Relaxed);
        if before == 0 && histograms > 0 {
            tracing::warn!(
                histograms,
                "remote write brings native histograms that are not taken; the sender is told why"
            );
        }
        let before = self.unstored_exemplars.fetch_add(exemplars, Relaxed);
        if before == 0 && exemplars > 0 {
            tracing::warn!(
                exemplars,
                "remote write brings exemplars that are not kept: out of order, malformed, or with \
                 labels that are too long"
            );
        }
    }

    /// Native histograms that remote write brought and that were not taken.
    pub fn refused_histograms(&self) -> u64 {
        self.refused_histograms.load(Relaxed)
    }

    /// Exemplars that remote write brought and that are not kept.
    pub fn unstored_exemplars(&self) -> u64 {
        self.unstored_exemplars.load(Relaxed)
    }

    /// How the engine evaluates.
    pub fn options(&self) -> &EngineOptions {
        &self.options
    }

    /// How the store keeps samples.
    pub fn storage_options(&self) -> &storage::Options {
        &self.storage
    }

    /// See [`super::Source::metadata`].
    ///
    /// # Errors
    /// See [`SourceError`].
    pub fn metadata(&self, metric: Option<&str>) -> Result<Vec<MetricMetadata>, SourceError> {
        let all = self.store()?.metadata(metric);
        Ok(all
            .into_iter()
            .map(|(name, metadata)| MetricMetadata { name, metadata })
            .collect())
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("options", &self.options)
            .field("storage", &self.storage)
            .finish_non_exhaustive()
    }
}

fn percent(progress: ReplayProgress) -> u64 {
    progress.replayed_bytes * 100 / progress.total_bytes.max(1)
}

/// What Prometheus warns of where `limit` cut an answer.
const TRUNCATED: &str = "results truncated due to limit";

fn internal(error: &dyn std::error::Error) -> SourceError {
    SourceError::Api {
        kind: ApiErrorKind::Internal,
        message: error.to_string(),
    }
}
