//! The way to one source: a call -> its answer, once it has a permit and the
//! circuit is closed.
//!
//! Contract: the circuit is asked before the wait for a permit, again after it,
//! and while the source is asked: who waits, or asked a little later than the
//! queries that find the source away, is told so as soon as they know. What is not a panel's query has half of the permits at most, so
//! that boards go on while names and values are slow.

use std::time::Duration;

use query::Question;

use super::QueryError;
use super::circuit_breaker::{CircuitBreaker, Verdict};
use super::limiter::{ConcurrencyLimiter, ConcurrencyLimits, Permit};
use crate::source::SourceError;

/// The permit of a call that failed while the circuit was closed is given back
/// so much later: calls that began together fail together, and the next one is
/// let through only if they do not.
const DOUBT: Duration = Duration::from_millis(200);

/// The gate before one source.
pub struct Gate {
    all: ConcurrencyLimiter,
    lookups: ConcurrencyLimiter,
    breaker: CircuitBreaker,
}

/// Which permits a call may have.
#[derive(Clone, Copy)]
pub enum Lane<'a> {
    /// A panel's query may have any.
    Panel(&'a Question),
    /// What else is asked shares half of them.
    Lookup,
}

impl Gate {
    /// A gate whose circuit is closed.
    pub fn new(source_name: &str, limits: ConcurrencyLimits) -> Self {
        let half = ConcurrencyLimits {
            concurrency: limits.concurrency.div_ceil(2),
            ..limits
        };
        Self {
            all: ConcurrencyLimiter::new(source_name.to_owned(), limits),
            lookups: ConcurrencyLimiter::new(source_name.to_owned(), half),
            breaker: CircuitBreaker::default(),
        }
    }

    /// How many calls wait for a permit.
    pub fn waiting(&self) -> usize {
        self.all.waiting() + self.lookups.waiting()
    }

    /// How many are before a panel's query, while it waits.
    pub fn ahead_of(&self, question: &Question) -> Option<usize> {
        self.all.ahead_of(question)
    }

    /// Why the source is away, as long as it is.
    pub fn outage(&self) -> Option<SourceError> {
        self.breaker.outage()
    }

    /// Makes the call in its turn; it is dropped unpolled where it may not be made.
    ///
    /// # Errors
    /// The call's own, [`QueryError::Busy`], or why the source is away.
    pub async fn call<T>(
        &self,
        lane: Lane<'_>,
        call: impl Future<Output = Result<T, SourceError>>,
    ) -> Result<T, QueryError> {
        let admission = self.breaker.admit()?;
        let (permit, _share) = self.permits(lane).await?;
        self.breaker.check(admission)?;
        let answer = tokio::select! {
            // An answer that is there counts.
            biased;
            answer = call => answer,
            outage = self.breaker.opened(admission) => return Err(outage.into()),
        };
        if self.breaker.record(admission, answer.as_ref().err()) == Verdict::InDoubt {
            permit.give_back_after(DOUBT);
        }
        Ok(answer?)
    }

    async fn permits(&self, lane: Lane<'_>) -> Result<(Permit, Option<Permit>), QueryError> {
        match lane {
            Lane::Panel(question) => Ok((self.all.acquire(Some(question)).await?, None)),
            Lane::Lookup => {
                let share = self.lookups.acquire(None).await?;
                Ok((self.all.acquire(None).await?, Some(share)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use futures_util::future::join_all;
    use query::Take;
    use tokio::time::{Instant, sleep};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(3);

    fn gate() -> Gate {
        Gate::new("a source", ConcurrencyLimits::default())
    }

    fn question(index: usize) -> Question {
        Question::promql(index.to_string(), Take::EveryMs(1_000))
    }

    #[tokio::test(start_paused = true)]
    async fn of_a_source_that_hangs_all_are_told_within_one_time_out() {
        let (gate, sent) = (gate(), AtomicUsize::new(0));
        let hangs = async || {
            sent.fetch_add(1, SeqCst);
            sleep(LIMIT).await;
            let (url, limit) = ("http://x".to_owned(), LIMIT);
            Err::<(), _>(SourceError::Timeout { url, limit })
        };
        let begun = Instant::now();
        let panels: Vec<Question> = (0..80).map(question).collect();
        let asked = panels
            .iter()
            .map(|question| gate.call(Lane::Panel(question), hangs()));
        let answers = join_all(asked).await;
        let is_timeout = |answer: &Result<(), QueryError>| {
            matches!(answer, Err(QueryError::Source(SourceError::Timeout { .. })))
        };
        assert!(answers.iter().all(is_timeout));
        assert!(begun.elapsed() < LIMIT + Duration::from_secs(1));
        let concurrency = ConcurrencyLimits::default().concurrency;
        assert_eq!(sent.load(SeqCst), concurrency, "the others were never sent");
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_a_little_later_than_those_that_find_it_away_is_told_with_them() {
        let gate = gate();
        let hangs = async || {
            sleep(LIMIT).await;
            let (url, limit) = ("http://x".to_owned(), LIMIT);
            Err::<(), _>(SourceError::Timeout { url, limit })
        };
        let lookups = join_all((0..4).map(|_| gate.call(Lane::Lookup, hangs())));
        let panels: Vec<Question> = (0..80).map(question).collect();
        let panels = async {
            sleep(LIMIT / 2).await;
            let begun = Instant::now();
            let asked = panels
                .iter()
                .map(|panel| gate.call(Lane::Panel(panel), hangs()));
            let answers = join_all(asked).await;
            assert!(answers.iter().all(Result::is_err));
            begun.elapsed()
        };
        let (_, took) = tokio::join!(lookups, panels);
        assert!(took < LIMIT, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn one_failure_keeps_nobody_from_asking() {
        let gate = gate();
        let panels: Vec<Question> = (0..80).map(question).collect();
        let asked = panels.iter().enumerate().map(|(index, question)| {
            let answer = async move {
                sleep(LIMIT).await;
                let (url, limit) = ("http://x".to_owned(), LIMIT);
                match index {
                    0 => Err(SourceError::Timeout { url, limit }),
                    _ => Ok(index),
                }
            };
            gate.call(Lane::Panel(question), answer)
        });
        let answers = join_all(asked).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1);
    }

    #[tokio::test]
    async fn lookups_that_hang_leave_panels_their_permits() {
        let gate = gate();
        let mut hanging: Vec<_> = (0..80)
            .map(|_| Box::pin(gate.call(Lane::Lookup, std::future::pending::<Result<(), _>>())))
            .collect();
        for lookup in &mut hanging {
            assert!(futures_util::poll!(lookup).is_pending());
        }
        let answer = gate.call(Lane::Panel(&question(0)), async { Ok(1) }).await;
        assert_eq!(answer.ok(), Some(1));
    }
}
