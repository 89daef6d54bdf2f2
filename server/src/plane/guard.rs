//! Keeps a source from being asked more than it can answer.
//!
//! Contract: at most `concurrency` queries run and at most `queue` wait; a
//! further one is turned away at once. After [`FAILURES_TO_OPEN`] outages in a
//! row the circuit opens: callers get the last error without asking, until a
//! probe, one at a time and ever more rarely up to [`LONGEST_PAUSE`], succeeds.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::PlaneError;
use crate::source::SourceError;

/// So many outages in a row open the circuit.
pub const FAILURES_TO_OPEN: u32 = 3;
/// The pause before the first probe; it doubles with every probe that fails.
pub const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The pause never grows beyond this.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// How much a source is asked at once.
#[derive(Clone, Copy, Debug)]
pub struct GuardLimits {
    /// Queries that run at the same time.
    pub concurrency: usize,
    /// Queries that wait.
    pub queue: usize,
}

impl Default for GuardLimits {
    fn default() -> Self {
        Self {
            concurrency: 8,
            queue: 1_024,
        }
    }
}

/// The gate before one source.
pub struct Guard {
    source_name: String,
    limits: GuardLimits,
    turns: Semaphore,
    waiting: AtomicUsize,
    circuit: Mutex<Circuit>,
}

#[derive(Default)]
struct Circuit {
    outages: u32,
    last: Option<SourceError>,
    next_probe: Option<Instant>,
}

impl Guard {
    /// A gate with a closed circuit.
    pub fn new(source_name: String, limits: GuardLimits) -> Self {
        Self {
            source_name,
            limits,
            turns: Semaphore::new(limits.concurrency),
            waiting: AtomicUsize::new(0),
            circuit: Mutex::new(Circuit::default()),
        }
    }

    /// How many queries wait for their turn.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Relaxed)
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// Where the queue is full, or the circuit is open.
    pub async fn enter(&self) -> Result<Turn<'_>, PlaneError> {
        self.check_circuit()?;
        let place = Place::take(&self.waiting);
        if place.ahead >= self.limits.queue {
            let source_name = self.source_name.clone();
            return Err(PlaneError::Busy {
                waiting: place.ahead,
                source_name,
            });
        }
        let permit = self.turns.acquire().await.map_err(|_| PlaneError::Ended)?;
        Ok(Turn {
            guard: self,
            _permit: permit,
        })
    }

    fn check_circuit(&self) -> Result<(), SourceError> {
        let mut circuit = self.circuit.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(next_probe), Some(last)) = (circuit.next_probe, circuit.last.clone()) else {
            return Ok(());
        };
        let now = Instant::now();
        if now < next_probe {
            return Err(last);
        }
        circuit.next_probe = Some(now + pause(circuit.outages)); // this caller is the probe
        Ok(())
    }

    /// Why the source is away, as long as it is.
    pub fn outage(&self) -> Option<SourceError> {
        let circuit = self.circuit.lock().unwrap_or_else(PoisonError::into_inner);
        circuit.last.clone()
    }

    /// Takes over how asking the source went.
    pub fn report(&self, error: Option<&SourceError>) {
        let mut circuit = self.circuit.lock().unwrap_or_else(PoisonError::into_inner);
        match error.filter(|error| error.is_outage()) {
            None => *circuit = Circuit::default(),
            Some(outage) => {
                circuit.outages += 1;
                circuit.last = Some(outage.clone());
                if circuit.outages >= FAILURES_TO_OPEN {
                    circuit.next_probe = Some(Instant::now() + pause(circuit.outages));
                }
            }
        }
    }
}

/// With jitter, so that many Andons do not probe in step.
fn pause(outages: u32) -> Duration {
    let doublings = outages.saturating_sub(FAILURES_TO_OPEN).min(8);
    let pause = (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE);
    pause.mul_f64(0.75 + fastrand::f64() / 2.0)
}

struct Place<'a> {
    waiting: &'a AtomicUsize,
    ahead: usize,
}

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Self {
        Self {
            waiting,
            ahead: waiting.fetch_add(1, Relaxed),
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Relaxed);
    }
}

/// The right to ask the source once.
pub struct Turn<'a> {
    guard: &'a Guard,
    _permit: SemaphorePermit<'a>,
}

impl Turn<'_> {
    /// Says how it went.
    pub fn report(self, error: Option<&SourceError>) {
        self.guard.report(error);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outage() -> SourceError {
        SourceError::Unreachable {
            url: "http://x".into(),
            reason: "refused".into(),
        }
    }

    fn guard(concurrency: usize, queue: usize) -> Guard {
        Guard::new("a source".into(), GuardLimits { concurrency, queue })
    }

    #[tokio::test]
    async fn a_full_queue_turns_away() {
        let guard = guard(1, 1);
        let _running = guard.enter().await.ok().unwrap();
        let mut waiting = Box::pin(guard.enter());
        assert!(futures_util::poll!(&mut waiting).is_pending());
        assert_eq!(guard.waiting(), 1);
        assert!(matches!(
            guard.enter().await,
            Err(PlaneError::Busy { waiting: 1, .. })
        ));
        drop(waiting);
        assert_eq!(guard.waiting(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn outages_open_the_circuit_and_a_probe_closes_it() {
        let guard = guard(2, 9);
        for _ in 0..FAILURES_TO_OPEN {
            guard.enter().await.ok().unwrap().report(Some(&outage()));
        }
        assert!(matches!(guard.enter().await, Err(PlaneError::Source(_))));
        tokio::time::advance(LONGEST_PAUSE * 2).await;
        let probe = guard.enter().await.ok().unwrap();
        assert!(guard.enter().await.is_err(), "one probe at a time");
        probe.report(None);
        assert!(guard.enter().await.is_ok());
    }

    #[tokio::test]
    async fn a_refused_query_is_no_outage() {
        let guard = guard(2, 9);
        let kind = crate::source::ApiErrorKind::BadData;
        for _ in 0..9 {
            let refusal = SourceError::Api {
                kind,
                message: "parse error".into(),
            };
            guard.enter().await.ok().unwrap().report(Some(&refusal));
        }
        assert!(guard.enter().await.is_ok());
    }
}
