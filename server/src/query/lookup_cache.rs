//! What is learned of a source beside its samples (names, intervals, choices):
//! a question -> its answer, asked anew when it is old.
//!
//! Contract: equal questions under way are one, none takes longer than its
//! limit, and a failure is remembered as well, for a while of its own. No lock
//! is held while a source is asked, and a bounded number of answers is held.

use std::hash::Hash;
use std::time::Duration;

use moka::sync::Cache;
use tokio::time::{Instant, timeout};

use super::QueryError;
use super::singleflight::SingleFlight;

/// So many answers of one kind are held.
const MAX_ANSWERS: u64 = 1_024;

/// How long a question may take, and its answer count.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// A question is given up after so long.
    pub limit: Duration,
    /// An answer is asked for again after so long …
    pub ttl: Duration,
    /// … and what failed, or is not whole yet, after so long.
    pub failure_ttl: Duration,
}

/// The answers to questions of one kind.
pub struct LookupCache<K, V> {
    source_name: String,
    terms: Terms,
    is_whole: fn(&V) -> bool,
    answers: Cache<K, Answered<V>>,
    calls: SingleFlight<K, Result<V, QueryError>>,
}

#[derive(Clone)]
struct Answered<V> {
    answer: Result<V, QueryError>,
    counts_until: Instant,
}

impl<K, V> LookupCache<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A cache that knows nothing yet.
    pub fn new(source_name: String, terms: Terms) -> Self {
        Self {
            source_name,
            terms,
            is_whole: |_| true,
            answers: Cache::new(MAX_ANSWERS),
            calls: SingleFlight::default(),
        }
    }

    /// The same; of answers that are not whole, more is to be known soon.
    pub fn whole_where(self, is_whole: fn(&V) -> bool) -> Self {
        Self { is_whole, ..self }
    }

    /// The answer to `question`, by `call` where none that counts is held.
    ///
    /// # Errors
    /// The call's own, or [`QueryError::Late`].
    pub async fn get(
        &self,
        question: K,
        call: impl Future<Output = Result<V, QueryError>> + Send + 'static,
    ) -> Result<V, QueryError> {
        if let Some(held) = self.answers.get(&question)
            && Instant::now() < held.counts_until
        {
            return held.answer;
        }
        let (terms, is_whole, answers) = (self.terms, self.is_whole, self.answers.clone());
        let (source_name, limit) = (self.source_name.clone(), terms.limit);
        let asked = question.clone();
        let work = async move {
            let answer = timeout(limit, call).await;
            let answer = answer.unwrap_or(Err(QueryError::Late { source_name, limit }));
            let ttl = if answer.as_ref().is_ok_and(is_whole) {
                terms.ttl
            } else {
                terms.failure_ttl
            };
            let answered = Answered {
                answer: answer.clone(),
                counts_until: Instant::now() + ttl,
            };
            answers.insert(asked, answered);
            answer
        };
        let (answer, _) = self.calls.run(question, work).await;
        answer.unwrap_or(Err(QueryError::Ended))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use futures_util::future::join_all;
    use tokio::time::{advance, sleep};

    use super::*;

    const TERMS: Terms = Terms {
        limit: Duration::from_secs(1),
        ttl: Duration::from_secs(60),
        failure_ttl: Duration::from_secs(10),
    };

    fn cache() -> LookupCache<&'static str, usize> {
        LookupCache::new("a source".into(), TERMS)
    }

    /// Counts in `asked` and answers after `delay`.
    async fn ask(
        cache: &LookupCache<&'static str, usize>,
        asked: &Arc<AtomicUsize>,
        delay: Duration,
    ) -> Result<usize, QueryError> {
        let asked = Arc::clone(asked);
        let call = async move {
            let count = asked.fetch_add(1, SeqCst);
            sleep(delay).await;
            Ok(count)
        };
        cache.get("a", call).await
    }

    #[tokio::test(start_paused = true)]
    async fn answers_count_for_a_while() {
        let (cache, asked) = (cache(), Arc::default());
        for expected in [0, 0, 1] {
            let answer = ask(&cache, &asked, Duration::ZERO).await;
            assert_eq!(answer.ok(), Some(expected));
            advance(TERMS.ttl / 2).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn of_a_source_that_hangs_all_learn_at_once_and_it_is_remembered() {
        let (cache, asked) = (cache(), Arc::default());
        let begun = Instant::now();
        let answers = join_all((0..80).map(|_| ask(&cache, &asked, TERMS.limit * 9))).await;
        let is_late = |answer: &Result<_, _>| matches!(answer, Err(QueryError::Late { .. }));
        assert!(answers.iter().all(is_late));
        assert!(is_late(&ask(&cache, &asked, Duration::ZERO).await));
        assert_eq!(begun.elapsed().as_secs(), TERMS.limit.as_secs());
        assert_eq!(asked.load(SeqCst), 1);
        advance(TERMS.failure_ttl).await;
        assert!(ask(&cache, &asked, Duration::ZERO).await.is_ok());
    }
}
