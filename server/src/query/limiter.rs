//! How much a source is asked at once: queries -> permits, in the order in
//! which they came.
//!
//! Contract: at most `concurrency` permits are out and at most `queue` queries
//! wait for one; a further query is turned away at once.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use query::Question;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::QueryError;
use crate::supervise;

/// How much a source is asked at once.
#[derive(Clone, Copy, Debug)]
pub struct ConcurrencyLimits {
    /// Queries that run at the same time.
    pub concurrency: usize,
    /// Queries that wait.
    pub queue: usize,
}

impl Default for ConcurrencyLimits {
    fn default() -> Self {
        Self {
            concurrency: 8,
            queue: 1_024,
        }
    }
}

/// Bounds the queries that run, and those that wait.
pub struct ConcurrencyLimiter {
    source_name: String,
    limits: ConcurrencyLimits,
    permits: Arc<Semaphore>,
    queue: Mutex<Queue>,
}

/// Those that wait, in the order in which their permits come.
#[derive(Default)]
struct Queue {
    places: VecDeque<(u64, Option<Question>)>,
    next_place: u64,
}

impl ConcurrencyLimiter {
    /// A limiter none of whose permits is out.
    pub fn new(source_name: String, limits: ConcurrencyLimits) -> Self {
        Self {
            source_name,
            limits,
            permits: Arc::new(Semaphore::new(limits.concurrency)),
            queue: Mutex::default(),
        }
    }

    /// How many queries wait for their permit.
    pub fn waiting(&self) -> usize {
        self.queue.lock().places.len()
    }

    /// How many are before `question`, while it waits.
    pub fn ahead_of(&self, question: &Question) -> Option<usize> {
        let queue = self.queue.lock();
        let mut places = queue.places.iter();
        places.position(|(_, waiting)| waiting.as_ref() == Some(question))
    }

    /// Waits for a permit; `question` is under which [`Self::ahead_of`] finds the place.
    ///
    /// # Errors
    /// Where the queue is full.
    pub async fn acquire(&self, question: Option<&Question>) -> Result<Permit, QueryError> {
        let place = self.line_up(question)?;
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        drop(place);
        Ok(Permit(permit.map_err(|_| QueryError::Ended)?))
    }

    fn line_up(&self, question: Option<&Question>) -> Result<Place<'_>, QueryError> {
        let mut queue = self.queue.lock();
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
        queue.places.push_back((number, question.cloned()));
        Ok(Place {
            limiter: self,
            number,
        })
    }
}

/// A place in the queue, given up when dropped.
struct Place<'a> {
    limiter: &'a ConcurrencyLimiter,
    number: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut queue = self.limiter.queue.lock();
        queue.places.retain(|(number, _)| *number != self.number);
    }
}

/// The right to ask the source once, given back when dropped.
pub struct Permit(OwnedSemaphorePermit);

impl Permit {
    /// Gives the permit back only after `pause`; the caller need not wait.
    pub fn give_back_after(self, pause: Duration) {
        supervise::spawn("permit", async move {
            tokio::time::sleep(pause).await;
            drop(self.0);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(concurrency: usize, queue: usize) -> ConcurrencyLimiter {
        ConcurrencyLimiter::new("a source".into(), ConcurrencyLimits { concurrency, queue })
    }

    fn question(text: &str) -> Question {
        Question::promql(text, query::Take::EveryMs(1_000))
    }

    #[tokio::test]
    async fn who_waits_is_told_how_many_are_ahead() {
        let limiter = limiter(1, 9);
        let [a, b, c, d] = ["a", "b", "c", "d"].map(question);
        let running = limiter.acquire(Some(&a)).await.ok().unwrap();
        let mut waiting: Vec<_> = [&b, &c, &d]
            .into_iter()
            .map(|question| Box::pin(limiter.acquire(Some(question))))
            .collect();
        for permit in &mut waiting {
            assert!(futures_util::poll!(permit).is_pending());
        }
        let ahead = || [&a, &b, &c, &d].map(|question| limiter.ahead_of(question));
        assert_eq!(ahead(), [None, Some(0), Some(1), Some(2)]);
        drop(waiting.remove(1));
        assert_eq!(ahead(), [None, Some(0), None, Some(1)]);
        drop(running);
        assert!(futures_util::poll!(&mut waiting[0]).is_ready());
        assert_eq!(ahead(), [None, None, None, Some(0)]);
    }

    #[tokio::test]
    async fn a_full_queue_turns_away() {
        let limiter = limiter(1, 1);
        let _running = limiter.acquire(None).await.ok().unwrap();
        let mut waiting = Box::pin(limiter.acquire(None));
        assert!(futures_util::poll!(&mut waiting).is_pending());
        assert_eq!(limiter.waiting(), 1);
        assert!(matches!(
            limiter.acquire(None).await,
            Err(QueryError::Busy { waiting: 1, .. })
        ));
        drop(waiting);
        assert_eq!(limiter.waiting(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_permit_may_be_given_back_later() {
        let limiter = limiter(1, 9);
        let permit = limiter.acquire(None).await.ok().unwrap();
        permit.give_back_after(Duration::from_secs(1));
        let begun = tokio::time::Instant::now();
        assert!(limiter.acquire(None).await.is_ok());
        assert!(begun.elapsed() >= Duration::from_secs(1));
    }
}
