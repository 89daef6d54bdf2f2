//! The discrete-event simulation: an agenda of what happens next, a queue, a
//! pool.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::f64::consts::TAU;

use crate::incident::{CYCLE_MS, Incident};
use crate::kind::{Kind, Reason};
use crate::random::{exponential, log_normal};

/// The pool never shrinks below this, but for a crash.
pub const MIN_WORKERS: usize = 6;
/// The pool never grows beyond this.
pub const MAX_WORKERS: usize = 16;
/// A job that arrives at a queue of this length fails.
pub const QUEUE_LIMIT: usize = 400;

/// What is simulated at once at most; a system that is looked at seldom still
/// has its past.
const MAX_CATCH_UP_MS: i64 = 24 * 3_600_000;

const MAX_ATTEMPTS: u32 = 3;
const SCALE_INTERVAL_MS: i64 = 5_000;
/// The pool is sized so that this part of it is busy.
const TARGET_UTILISATION: f64 = 0.75;
/// Arrivals swing by this part around their mean, once a cycle.
const SWING: f64 = 0.35;
const CACHE_HITS: f64 = 0.8;
const COLD_CACHE_HITS: f64 = 0.15;
/// Part of the run time that remains on a cache hit.
const CACHED_RUN: f64 = 0.7;
const SLOW_DISK_FACTOR: f64 = 5.0;
const BAD_DEPLOY_FAILURES: f64 = 0.25;
const INVALID_INPUTS: f64 = 0.004;

/// What the system's own instrumentation would see.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// A job came in.
    Submitted {
        /// Its kind.
        kind: Kind,
    },
    /// An attempt began.
    Started {
        /// The job's kind.
        kind: Kind,
        /// How long it stood in the queue.
        wait_s: f64,
        /// Whether what it needs was in the cache.
        cache_hit: bool,
    },
    /// An attempt failed, and another follows.
    Retried {
        /// The job's kind.
        kind: Kind,
        /// Why it failed.
        reason: Reason,
    },
    /// A job is done, well or not.
    Finished {
        /// The job's kind.
        kind: Kind,
        /// Why it failed, if it did.
        failure: Option<Reason>,
        /// How long the last attempt ran; 0 where it never began.
        duration_s: f64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Job {
    kind: Kind,
    attempt: u32,
    queued_ms: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    Arrival(Kind),
    Retry(Job),
    End,
    Scaling,
    Crash,
}

/// An attempt on a worker: its end is decided when it begins.
#[derive(Clone, Copy, Debug)]
struct Run {
    job: Job,
    started_ms: i64,
    failure: Option<Reason>,
}

/// A job system between two moments.
#[derive(Clone, Debug)]
pub struct Simulation {
    rng: fastrand::Rng,
    start_ms: i64,
    now_ms: i64,
    agenda: BinaryHeap<Reverse<(i64, u64, Happening)>>,
    sequence: u64,
    queue: VecDeque<Job>,
    /// By the number of their end on the agenda.
    runs: BTreeMap<u64, Run>,
    capacity: usize,
}

impl Simulation {
    /// An idle system.
    pub fn new(seed: u64, start_ms: i64) -> Self {
        let mut simulation = Self {
            rng: fastrand::Rng::with_seed(seed),
            start_ms,
            now_ms: start_ms,
            agenda: BinaryHeap::new(),
            sequence: 0,
            queue: VecDeque::new(),
            runs: BTreeMap::new(),
            capacity: MIN_WORKERS,
        };
        for kind in Kind::ALL {
            simulation.plan_arrival(kind);
        }
        simulation.plan(start_ms + SCALE_INTERVAL_MS, Happening::Scaling);
        let (crash_ms, _) = Incident::WorkerCrash.schedule_ms();
        simulation.plan(start_ms + crash_ms, Happening::Crash);
        simulation
    }

    /// The time up to which everything has happened.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// Jobs in the queue.
    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Workers that run a job.
    pub fn busy(&self) -> usize {
        self.runs.len()
    }

    /// Workers in the pool.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Whether an incident is on.
    pub fn suffers(&self, incident: Incident) -> bool {
        incident.is_active(self.now_ms - self.start_ms)
    }

    /// Lets everything up to `until_ms` happen and reports it in order; a time
    /// in the past changes nothing.
    ///
    /// A clock that jumps by more than [`MAX_CATCH_UP_MS`] finds the system as
    /// it was, at the new time: years would take minutes to simulate, and a
    /// system that waits for its own time again would stand still for years.
    pub fn advance(&mut self, until_ms: i64, mut report: impl FnMut(Event)) {
        let jump_ms = until_ms.saturating_sub(self.now_ms);
        if jump_ms.saturating_abs() > MAX_CATCH_UP_MS {
            self.move_by(jump_ms);
        }
        while let Some(&Reverse((at_ms, number, happening))) = self.agenda.peek()
            && at_ms <= until_ms
        {
            self.agenda.pop();
            self.now_ms = at_ms;
            self.happen(number, happening, &mut report);
            self.fill_workers(&mut report);
        }
        self.now_ms = self.now_ms.max(until_ms);
    }

    /// Moves all times: what lies ahead, what is under way, and the schedule of
    /// incidents.
    fn move_by(&mut self, jump_ms: i64) {
        self.now_ms += jump_ms;
        self.start_ms += jump_ms;
        let agenda = std::mem::take(&mut self.agenda).into_iter();
        self.agenda = agenda
            .map(|Reverse((at_ms, number, mut happening))| {
                if let Happening::Retry(job) = &mut happening {
                    job.queued_ms += jump_ms;
                }
                Reverse((at_ms + jump_ms, number, happening))
            })
            .collect();
        for job in &mut self.queue {
            job.queued_ms += jump_ms;
        }
        for run in self.runs.values_mut() {
            run.started_ms += jump_ms;
            run.job.queued_ms += jump_ms;
        }
    }

    fn happen(&mut self, number: u64, happening: Happening, report: &mut impl FnMut(Event)) {
        match happening {
            Happening::Arrival(kind) => {
                report(Event::Submitted { kind });
                self.enqueue(kind, 1, report);
                self.plan_arrival(kind);
            }
            Happening::Retry(job) => self.enqueue(job.kind, job.attempt, report),
            Happening::End => {
                // A run that a crash ended is gone already.
                if let Some(run) = self.runs.remove(&number) {
                    self.end(run, run.failure, report);
                }
            }
            Happening::Scaling => {
                self.scale();
                self.plan(self.now_ms + SCALE_INTERVAL_MS, Happening::Scaling);
            }
            Happening::Crash => {
                self.crash(report);
                self.plan(self.now_ms + CYCLE_MS, Happening::Crash);
            }
        }
    }

    /// Puts it on the agenda; the number that it gets there names it.
    fn plan(&mut self, at_ms: i64, happening: Happening) -> u64 {
        self.sequence += 1;
        self.agenda.push(Reverse((at_ms, self.sequence, happening)));
        self.sequence
    }

    fn plan_arrival(&mut self, kind: Kind) {
        let phase = TAU * (self.now_ms - self.start_ms) as f64 / CYCLE_MS as f64;
        let per_s = kind.profile().arrivals_per_s * (1.0 + SWING * phase.sin());
        let wait_s = exponential(&mut self.rng, 1.0 / per_s);
        self.plan(self.now_ms + milliseconds(wait_s), Happening::Arrival(kind));
    }

    fn enqueue(&mut self, kind: Kind, attempt: u32, report: &mut impl FnMut(Event)) {
        if self.queue.len() >= QUEUE_LIMIT {
            report(Event::Finished {
                kind,
                failure: Some(Reason::QueueFull),
                duration_s: 0.0,
            });
            return;
        }
        self.queue.push_back(Job {
            kind,
            attempt,
            queued_ms: self.now_ms,
        });
    }

    fn fill_workers(&mut self, report: &mut impl FnMut(Event)) {
        while self.runs.len() < self.capacity
            && let Some(job) = self.queue.pop_front()
        {
            self.start(job, report);
        }
    }

    fn start(&mut self, job: Job, report: &mut impl FnMut(Event)) {
        let hits = if self.suffers(Incident::BadDeploy) {
            COLD_CACHE_HITS
        } else {
            CACHE_HITS
        };
        let cache_hit = self.rng.f64() < hits;
        report(Event::Started {
            kind: job.kind,
            wait_s: seconds(self.now_ms - job.queued_ms),
            cache_hit,
        });
        let (duration_s, failure) = self.fate(job.kind, cache_hit);
        let number = self.plan(self.now_ms + milliseconds(duration_s), Happening::End);
        self.runs.insert(
            number,
            Run {
                job,
                started_ms: self.now_ms,
                failure,
            },
        );
    }

    /// How long an attempt will run, and how it will fail.
    fn fate(&mut self, kind: Kind, cache_hit: bool) -> (f64, Option<Reason>) {
        let profile = kind.profile();
        let mut duration_s = log_normal(&mut self.rng, profile.median_s, profile.sigma);
        if cache_hit {
            duration_s *= CACHED_RUN;
        }
        if self.suffers(Incident::SlowDisk) {
            duration_s *= 1.0 + (SLOW_DISK_FACTOR - 1.0) * profile.disk_share;
        }
        let luck = self.rng.f64();
        let exceptions = if self.suffers(Incident::BadDeploy) {
            BAD_DEPLOY_FAILURES
        } else {
            0.0
        };
        if luck < exceptions {
            (0.2 * duration_s, Some(Reason::Exception))
        } else if luck < exceptions + INVALID_INPUTS {
            (0.1 * duration_s, Some(Reason::InvalidInput))
        } else if luck < exceptions + INVALID_INPUTS + profile.dependency_failures {
            (0.5 * duration_s, Some(Reason::DependencyUnavailable))
        } else if duration_s > profile.timeout_s {
            (profile.timeout_s, Some(Reason::Timeout))
        } else {
            (duration_s, None)
        }
    }

    fn end(&mut self, run: Run, failure: Option<Reason>, report: &mut impl FnMut(Event)) {
        let Job { kind, attempt, .. } = run.job;
        if let Some(reason) = failure
            && reason.is_transient()
            && attempt < MAX_ATTEMPTS
        {
            report(Event::Retried { kind, reason });
            let backoff_ms = 1_000 << attempt;
            let job = Job {
                attempt: attempt + 1,
                ..run.job
            };
            self.plan(self.now_ms + backoff_ms, Happening::Retry(job));
            return;
        }
        report(Event::Finished {
            kind,
            failure,
            duration_s: seconds(self.now_ms - run.started_ms),
        });
    }

    /// Two workers more or one fewer, towards the utilisation aimed at.
    fn scale(&mut self) {
        if self.suffers(Incident::WorkerCrash) {
            return; // the machine that died is not replaced at once
        }
        let work = (self.runs.len() + self.queue.len()) as f64;
        let target = ((work / TARGET_UTILISATION).ceil() as usize).clamp(MIN_WORKERS, MAX_WORKERS);
        if target > self.capacity {
            self.capacity = target.min(self.capacity + 2);
        } else if target < self.capacity && self.runs.len() < self.capacity {
            self.capacity -= 1;
        }
    }

    fn crash(&mut self, report: &mut impl FnMut(Event)) {
        let lost: Vec<u64> = self.runs.keys().copied().step_by(2).collect();
        self.capacity = (self.capacity - lost.len()).max(1);
        for run in lost {
            if let Some(run) = self.runs.remove(&run) {
                self.end(run, Some(Reason::WorkerLost), report);
            }
        }
    }
}

fn seconds(ms: i64) -> f64 {
    ms as f64 / 1_000.0
}

fn milliseconds(s: f64) -> i64 {
    (s * 1_000.0).ceil() as i64
}

#[cfg(test)]
mod tests;
