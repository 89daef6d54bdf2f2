//! One job: its discovery, and a scrape loop for each of its targets.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use hashbrown::{HashMap, HashSet};
use parking_lot::Mutex;
use series::Labels;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::config::{Discovery, Job};
use super::discovery::{self, Update};
use super::error::ScrapeError;
use super::estate::Estate;
use super::families::KnownFamilies;
use super::ingest::stale_marks;
use super::scrape_loop::{ScrapeLoop, Shared};
use super::status::{DroppedTarget, TargetState, Targets, shown_pairs};
use super::target::{Resolved, Target, resolve};
use crate::clock::now_ms;
use crate::net::HttpClient;
use crate::supervise;

/// Discoveries wait when this many of their updates are not worked on yet.
const PENDING_UPDATES: usize = 16;

/// How soon a job's own list of targets is being scraped in the place of another's.
const SETTLING: Duration = Duration::from_secs(1);

/// A running job. Dropping it ends its loops.
pub struct ScrapePool {
    /// The job.
    pub job: Arc<Job>,
    /// By which it fetches pages.
    pub client: Arc<HttpClient>,
    shared: Arc<Shared>,
    state: Arc<Mutex<State>>,
    succession: Succession,
    _ends: DropGuard,
}

/// What a job leaves to the one that comes in its place.
#[derive(Clone, Debug, Default)]
pub struct Succession {
    /// Set once another job comes in this one's place.
    pub is_replaced: Arc<AtomicBool>,
    /// What jobs of this name left so far.
    pub estate: Arc<Estate>,
}

/// What the job has at the moment.
#[derive(Debug, Default)]
struct State {
    loops: HashMap<Target, ScrapeLoop>,
    dropped: Vec<Labels>,
    dropped_count: usize,
    /// What is wrong with discovered targets.
    invalid: Vec<String>,
    /// By discovery, what is wrong with it.
    failures: Vec<Option<String>>,
    too_many: Option<String>,
}

impl ScrapePool {
    /// Starts the job's discovery; its targets go on with what is left in `estate`.
    pub fn start(shared: Arc<Shared>, job: Job, estate: Arc<Estate>) -> Self {
        let job = Arc::new(job);
        let succession = Succession {
            estate,
            ..Succession::default()
        };
        let state = Arc::new(Mutex::new(State {
            failures: vec![None; job.discovery.len()],
            ..State::default()
        }));
        let ends = shared.shutdown.child_token();
        let until = ends.clone();
        let (of_task, its_state) = (Arc::clone(&job), Arc::clone(&state));
        let client = Arc::new(HttpClient::new(job.http.clone()));
        let (of_pool, of_loops) = (Arc::clone(&shared), succession.clone());
        let its_client = Arc::clone(&client);
        let over_target_limit: Arc<AtomicUsize> = Arc::default();
        supervise::keep_running("scrape pool", ends.clone(), move || {
            let job = Arc::clone(&of_task);
            let task = Task {
                client: Arc::clone(&its_client),
                shared: Arc::clone(&shared),
                succession: of_loops.clone(),
                state: Arc::clone(&its_state),
                over_target_limit: Arc::clone(&over_target_limit),
                found: vec![Vec::new(); job.discovery.len()],
                job,
            };
            task.run(until.clone())
        });
        Self {
            job,
            client,
            shared: of_pool,
            state,
            succession,
            _ends: ends.drop_guard(),
        }
    }

    /// Starts another job of the same name in this one's place.
    pub fn replace(self, job: Job) -> Self {
        self.succession.is_replaced.store(true, Ordering::Release);
        Self::start(
            Arc::clone(&self.shared),
            job,
            Arc::clone(&self.succession.estate),
        )
    }

    /// The labels of every target, and how often it is to be scraped.
    pub fn intervals(&self) -> Vec<(Labels, Duration)> {
        let state = self.state.lock();
        let targets = state.loops.keys();
        targets
            .map(|target| (target.labels.clone(), target.interval))
            .collect()
    }

    /// The labels of every target, and what its latest page described.
    pub fn families(&self) -> Vec<(Labels, KnownFamilies)> {
        let state = self.state.lock();
        let loops = state.loops.iter();
        loops
            .map(|(target, one)| (target.labels.clone(), one.state.families()))
            .collect()
    }

    /// Adds what the job has to `targets`.
    pub fn add_to(&self, targets: &mut Targets) {
        let state = self.state.lock();
        let name = &self.job.name;
        let mut active: Vec<_> = state
            .loops
            .values()
            .map(|scrape_loop| scrape_loop.state.snapshot(name))
            .collect();
        active.sort_by(|a, b| (&a.scrape_url, &a.labels).cmp(&(&b.scrape_url, &b.labels)));
        targets.active_targets.extend(active);
        let dropped = state.dropped.iter().map(|labels| DroppedTarget {
            discovered_labels: shown_pairs(labels),
            scrape_pool: name.clone(),
        });
        targets.dropped_targets.extend(dropped);
        targets
            .dropped_target_counts
            .insert(name.clone(), state.dropped_count);
        let failures = state.failures.iter().flatten().chain(&state.too_many);
        let mut problems: Vec<String> = failures.chain(&state.invalid).cloned().collect();
        let others = self.job.other_discoveries.iter();
        problems.extend(others.map(|key| format!("{key}: Andon does not find targets this way")));
        if !problems.is_empty() {
            targets.problems.insert(name.clone(), problems);
        }
    }
}

struct Task {
    shared: Arc<Shared>,
    job: Arc<Job>,
    client: Arc<HttpClient>,
    state: Arc<Mutex<State>>,
    succession: Succession,
    /// How many targets there are where these are too many, 0 otherwise.
    over_target_limit: Arc<AtomicUsize>,
    /// What each discovery found last.
    found: Vec<Vec<Labels>>,
}

impl Task {
    async fn run(mut self, ends: CancellationToken) {
        let (updates, mut pending) = mpsc::channel(PENDING_UPDATES);
        let discovering = ends.child_token();
        let _with_this_task = discovering.clone().drop_guard();
        for (index, source) in self.job.discovery.iter().enumerate() {
            match source {
                Discovery::Static(group) => self.found[index] = discovery::labels_of(group),
                other => {
                    discovery::spawn(index, other.clone(), updates.clone(), discovering.clone());
                }
            }
        }
        drop(updates);
        self.synchronize();
        let mut settled = pin!(tokio::time::sleep(self.settling()));
        let (mut is_settled, mut is_complete) = (false, false);
        loop {
            tokio::select! {
                () = ends.cancelled() => break,
                () = &mut settled, if !is_settled => {
                    is_settled = true;
                    self.end_unclaimed().await;
                }
                update = pending.recv(), if !is_complete => match update {
                    Some(update) => self.take(update),
                    // Targets of the job's own list alone never change.
                    None => is_complete = true,
                },
            }
        }
        self.state.lock().loops.clear();
        let is_removed = !self.succession.is_replaced.load(Ordering::Acquire);
        if is_removed && !self.shared.shutdown.is_cancelled() {
            self.end_unclaimed().await;
        }
    }

    /// After how long every target is found that is still there, as far as can be told.
    fn settling(&self) -> Duration {
        let mut sources = self.job.discovery.iter();
        if sources.all(|source| matches!(source, Discovery::Static(_))) {
            SETTLING
        } else {
            SETTLING + 2 * self.job.interval
        }
    }

    /// Marks the series of targets stale that the job before had and this one has not.
    async fn end_unclaimed(&self) {
        let gone = {
            let state = self.state.lock();
            let targets: HashSet<&Labels> = state.loops.keys().map(|one| &one.labels).collect();
            let estate = &self.succession.estate;
            estate.unclaimed(|target| targets.contains(target))
        };
        if gone.is_empty() {
            return;
        }
        let (store, at_ms) = (Arc::clone(&self.shared.store), now_ms());
        let marked = supervise::blocking("scrape pool", move || {
            store.append(&stale_marks(&gone, at_ms), at_ms).map(drop)
        });
        if let Some(Err(error)) = marked.await {
            tracing::warn!(job = %self.job.name, %error, "cannot mark series as stale");
        }
    }

    /// Takes what a discovery found; its last success stays where it failed.
    fn take(&mut self, Update { source, found }: Update) {
        let failure = match found {
            Ok(found) => {
                self.found[source] = found;
                None
            }
            Err(reason) => Some(reason),
        };
        let changed = {
            let mut state = self.state.lock();
            let previous = std::mem::replace(&mut state.failures[source], failure.clone());
            previous != failure
        };
        match failure {
            Some(reason) if changed => {
                tracing::warn!(job = %self.job.name, reason, "discovery failed");
            }
            Some(_) => {}
            None => self.synchronize(),
        }
    }

    /// Starts loops of new targets and ends those of targets that have gone.
    fn synchronize(&self) {
        let mut wanted: HashMap<Target, ()> = HashMap::new();
        let mut dropped = Vec::new();
        let mut invalid = Vec::new();
        for found in self.found.iter().flatten() {
            match resolve(&self.job, found) {
                Resolved::Active(target) => drop(wanted.insert(*target, ())),
                Resolved::Dropped(labels) => dropped.push(labels),
                Resolved::Invalid(reason) => invalid.push(reason),
            }
        }
        let limit = self.job.limits.targets;
        let too_many = (wanted.len() > limit).then(|| {
            let count = wanted.len();
            ScrapeError::TooManyTargets { count, limit }.to_string()
        });
        if let Some(reason) = &too_many {
            tracing::warn!(job = %self.job.name, reason, "every scrape of the job fails");
        }
        let over_target_limit = if too_many.is_some() { wanted.len() } else { 0 };
        self.over_target_limit
            .store(over_target_limit, Ordering::Relaxed);
        let mut state = self.state.lock();
        state
            .loops
            .retain(|target, _| wanted.remove(target).is_some());
        for target in wanted.into_keys() {
            let scrape_loop = self.start(target.clone());
            state.loops.insert(target, scrape_loop);
        }
        state.dropped_count = dropped.len();
        dropped.truncate(self.job.limits.dropped_targets);
        state.dropped = dropped;
        state.invalid = invalid;
        state.too_many = too_many;
    }

    fn start(&self, target: Target) -> ScrapeLoop {
        ScrapeLoop::start(
            Arc::clone(&self.shared),
            Arc::clone(&self.job),
            Arc::clone(&self.client),
            Arc::clone(&self.over_target_limit),
            self.succession.clone(),
            Arc::new(TargetState::new(target)),
        )
    }
}
