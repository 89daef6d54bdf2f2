//! Keeps a source from being asked more than it can answer.
//!
//! Contract: at most `concurrency` queries run and at most `queue` wait; a
//! further one is turned away at once. After [`FAILURES_TO_OPEN`] outages in a
//! row the circuit opens: callers get the last error without asking, until a
//! probe, one at a time and ever more rarely up to [`LONGEST_PAUSE`], succeeds.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::QueryError;
use super::normalize::NormalizedQuery;
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
    queue: Mutex<Queue>,
    circuit: Mutex<Circuit>,
}

/// Those that wait, in the order in which their turns come.
#[derive(Default)]
struct Queue {
    places: VecDeque<(u64, NormalizedQuery)>,
    next_place: u64,
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
            queue: Mutex::default(),
            circuit: Mutex::new(Circuit::default()),
        }
    }

    /// How many queries wait for their turn.
    pub fn waiting(&self) -> usize {
        self.queue().places.len()
    }

    /// How many are before `query`, while it waits.
    pub fn ahead_of(&self, query: &NormalizedQuery) -> Option<usize> {
        let queue = self.queue();
        let mut places = queue.places.iter();
        places.position(|(_, waiting)| waiting == query)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn of `query`.
    ///
    /// # Errors
    /// Where the queue is full, or the circuit is open.
    pub async fn enter(&self, query: &NormalizedQuery) -> Result<Turn<'_>, QueryError> {
        self.check_circuit()?;
        let place = self.line_up(query)?;
        let permit = self.turns.acquire().await.map_err(|_| QueryError::Ended)?;
        drop(place);
        Ok(Turn {
            guard: self,
            _permit: permit,
        })
    }

    fn line_up(&self, query: &NormalizedQuery) -> Result<Place<'_>, QueryError> {
        let mut queue = self.queue();
        let waiting = queue.places.len();
        if waiting >= self.limits.queue {
            let source_name = self.source_name.clone();
            return Err(QueryError::Busy {
                waiting,
                source_name,
            });
        }
        let number = queue.next_place;
        queue.next_place += 1;
        queue.places.push_back((number, query.clone()));
        Ok(Place {
            guard: self,
            number,
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

/// A place in the queue, given up when dropped.
struct Place<'a> {
    guard: &'a Guard,
    number: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut queue = self.guard.queue();
        queue.places.retain(|(number, _)| *number != self.number);
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

    fn query(expr: &str) -> NormalizedQuery {
        NormalizedQuery {
            expr: expr.into(),
            step_ms: 1_000,
        }
    }

    async fn enter(guard: &Guard) -> Result<Turn<'_>, QueryError> {
        guard.enter(&query("a")).await
    }

    #[tokio::test]
    async fn who_waits_is_told_how_many_are_ahead() {
        let guard = guard(1, 9);
        let running = enter(&guard).await.ok().unwrap();
        let queries = [query("b"), query("c"), query("d")];
        let mut waiting: Vec<_> = queries
            .iter()
            .map(|query| Box::pin(guard.enter(query)))
            .collect();
        for turn in &mut waiting {
            assert!(futures_util::poll!(turn).is_pending());
        }
        let ahead = || ["a", "b", "c", "d"].map(|expr| guard.ahead_of(&query(expr)));
        assert_eq!(ahead(), [None, Some(0), Some(1), Some(2)]);
        drop(waiting.remove(1));
        assert_eq!(ahead(), [None, Some(0), None, Some(1)]);
        drop(running);
        assert!(futures_util::poll!(&mut waiting[0]).is_ready());
        assert_eq!(ahead(), [None, None, None, Some(0)]);
    }

    #[tokio::test]
    async fn a_full_queue_turns_away() {
        let guard = guard(1, 1);
        let _running = enter(&guard).await.ok().unwrap();
        let mut waiting = Box::pin(enter(&guard));
        assert!(futures_util::poll!(&mut waiting).is_pending());
        assert_eq!(guard.waiting(), 1);
        assert!(matches!(
            enter(&guard).await,
            Err(QueryError::Busy { waiting: 1, .. })
        ));
        drop(waiting);
        assert_eq!(guard.waiting(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn outages_open_the_circuit_and_a_probe_closes_it() {
        let guard = guard(2, 9);
        for _ in 0..FAILURES_TO_OPEN {
            enter(&guard).await.ok().unwrap().report(Some(&outage()));
        }
        assert!(matches!(enter(&guard).await, Err(QueryError::Source(_))));
        tokio::time::advance(LONGEST_PAUSE * 2).await;
        let probe = enter(&guard).await.ok().unwrap();
        assert!(enter(&guard).await.is_err(), "one probe at a time");
        probe.report(None);
        assert!(enter(&guard).await.is_ok());
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
            enter(&guard).await.ok().unwrap().report(Some(&refusal));
        }
        assert!(enter(&guard).await.is_ok());
    }
}
