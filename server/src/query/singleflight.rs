//! Equal work under way is done once.
//!
//! Contract: the work runs in a task of its own, so a caller that leaves
//! cancels nothing that others wait for; when the last one leaves, the task is
//! aborted. An answer is not kept after the last caller has it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::supervise;

/// Work under way, by key.
pub struct SingleFlight<K, T> {
    running: Mutex<HashMap<K, Weak<Call<T>>>>,
}

struct Call<T> {
    answer: watch::Receiver<Option<T>>,
    task: AbortHandle,
}

impl<T> Drop for Call<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<K, T> Default for SingleFlight<K, T> {
    fn default() -> Self {
        Self {
            running: Mutex::new(HashMap::new()),
        }
    }
}

impl<K: Eq + Hash, T: Clone + Send + Sync + 'static> SingleFlight<K, T> {
    /// Waits for the work of `key`: starts `work`, or waits for the equal work
    /// under way (then the second value, coalesced, is true). `None` where the
    /// work panicked.
    pub async fn run(
        &self,
        key: K,
        work: impl Future<Output = T> + Send + 'static,
    ) -> (Option<T>, bool) {
        let (call, coalesced) = self.call(key, work);
        let mut answer = call.answer.clone();
        let answered = answer.wait_for(Option::is_some).await;
        (answered.ok().and_then(|answer| answer.clone()), coalesced)
    }

    fn call(&self, key: K, work: impl Future<Output = T> + Send + 'static) -> (Arc<Call<T>>, bool) {
        let mut running = self.running.lock();
        if let Some(call) = running.get(&key).and_then(Weak::upgrade) {
            return (call, true);
        }
        running.retain(|_, call| call.strong_count() > 0);
        let (answered, answer) = watch::channel(None);
        let task = supervise::spawn("query", async move {
            let outcome = work.await;
            answered.send_replace(Some(outcome));
        });
        let call = Arc::new(Call {
            answer,
            task: task.abort_handle(),
        });
        running.insert(key, Arc::downgrade(&call));
        (call, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use tokio::sync::Notify;

    #[derive(Default)]
    struct Work {
        started: AtomicUsize,
        finished: AtomicUsize,
        go: Notify,
    }

    impl Work {
        async fn run(self: Arc<Self>) -> usize {
            self.started.fetch_add(1, SeqCst);
            self.go.notified().await;
            self.finished.fetch_add(1, SeqCst) + 1
        }
    }

    #[tokio::test]
    async fn equal_work_is_done_once() {
        let (flights, work) = (SingleFlight::default(), Arc::new(Work::default()));
        let second = async {
            tokio::task::yield_now().await;
            work.go.notify_one();
            flights.run("k", Arc::clone(&work).run()).await
        };
        let (first, second) = tokio::join!(flights.run("k", Arc::clone(&work).run()), second);
        assert_eq!((first, second), ((Some(1), false), (Some(1), true)));
        assert_eq!(work.started.load(SeqCst), 1);
    }

    #[tokio::test]
    async fn a_caller_that_leaves_cancels_nothing_others_wait_for() {
        let (flights, work) = (SingleFlight::default(), Arc::new(Work::default()));
        let mut first = Box::pin(flights.run("k", Arc::clone(&work).run()));
        assert!(futures_util::poll!(&mut first).is_pending());
        let mut second = Box::pin(flights.run("k", Arc::clone(&work).run()));
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        work.go.notify_one();
        assert_eq!(second.await, (Some(1), true));
    }

    #[tokio::test]
    async fn the_last_one_leaving_cancels_the_work() {
        let (flights, work) = (SingleFlight::default(), Arc::new(Work::default()));
        let mut only = Box::pin(flights.run("k", Arc::clone(&work).run()));
        assert!(futures_util::poll!(&mut only).is_pending());
        while work.started.load(SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        drop(only);
        tokio::task::yield_now().await;
        work.go.notify_one();
        tokio::task::yield_now().await;
        assert_eq!(Arc::strong_count(&work), 1, "the task still holds the work");
        assert_eq!(work.finished.load(SeqCst), 0);
    }

    #[tokio::test]
    async fn work_that_panics_ends_without_an_answer() {
        let flights: SingleFlight<&str, usize> = SingleFlight::default();
        let (answer, _) = flights.run("k", async { panic!("on purpose") }).await;
        assert_eq!(answer, None);
    }
}
