//! One job: its discovery, and a scrape loop for each of its targets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hashbrown::HashMap;
use parking_lot::Mutex;
use series::Labels;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::config::{Discovery, Job};
use super::discovery::{self, Update};
use super::error::ScrapeError;
use super::scrape_loop::{ScrapeLoop, Shared};
use super::status::{DroppedTarget, TargetState, Targets, shown_pairs};
use super::target::{Resolved, Target, resolve};
use crate::net::HttpClient;
use crate::supervise;

/// Discoveries wait when this many of their updates are not worked on yet.
const PENDING_UPDATES: usize = 16;

/// A running job. Dropping it ends its loops.
#[derive(Debug)]
pub struct ScrapePool {
    /// The job.
    pub job: Arc<Job>,
    state: Arc<Mutex<State>>,
    _ends: DropGuard,
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
    /// Starts the job's discovery.
    pub fn start(shared: Arc<Shared>, job: Job) -> Self {
        let job = Arc::new(job);
        let state = Arc::new(Mutex::new(State {
            failures: vec![None; job.discovery.len()],
            ..State::default()
        }));
        let ends = shared.shutdown.child_token();
        let until = ends.clone();
        let (of_task, its_state) = (Arc::clone(&job), Arc::clone(&state));
        let client = Arc::new(HttpClient::new(job.http.clone()));
        let over_target_limit: Arc<AtomicUsize> = Arc::default();
        supervise::keep_running("scrape pool", ends.clone(), move || {
            let job = Arc::clone(&of_task);
            let task = Task {
                client: Arc::clone(&client),
                shared: Arc::clone(&shared),
                state: Arc::clone(&its_state),
                over_target_limit: Arc::clone(&over_target_limit),
                found: vec![Vec::new(); job.discovery.len()],
                job,
            };
            task.run(until.clone())
        });
        Self {
            job,
            state,
            _ends: ends.drop_guard(),
        }
    }

    /// The labels of every target, and how often it is to be scraped.
    pub fn intervals(&self) -> Vec<(Labels, Duration)> {
        let state = self.state.lock();
        let targets = state.loops.keys();
        targets
            .map(|target| (target.labels.clone(), target.interval))
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
        let problems: Vec<String> = failures.chain(&state.invalid).cloned().collect();
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
        while let Some(update) = tokio::select! {
            () = ends.cancelled() => None,
            update = pending.recv() => update,
        } {
            self.take(update);
        }
        // A job of static targets alone has nothing to wait for but its end.
        ends.cancelled().await;
        self.state.lock().loops.clear();
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
            Arc::new(TargetState::new(target)),
        )
    }
}
