//! Futures with a name -> tasks whose panic costs no more than itself: it is
//! logged with the name, counted on `/metrics`, and mended.
//!
//! Contract: nothing in this crate spawns a task but through here. A task that
//! is to run as long as something else does is started again when it panics or
//! ends before its time, after a pause that doubles; of a task with an end,
//! whoever waits for it learns that it has none.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use futures_util::FutureExt;
use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Before a task is started again for the first time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Pauses double up to this. A task that ran for longer begins with the first.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How often the tasks of one name went wrong since the process began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// Panics.
    pub panics: u64,
    /// Starts after the first one.
    pub restarts: u64,
}

/// One process has one log, one `/metrics` and one count of its tasks.
static COUNTS: Mutex<BTreeMap<&'static str, TaskCounts>> = Mutex::new(BTreeMap::new());

/// The counts of every task that has a name here.
pub fn counts() -> Vec<(&'static str, TaskCounts)> {
    let counts = COUNTS.lock();
    counts
        .iter()
        .map(|(task, counts)| (*task, *counts))
        .collect()
}

/// Runs `future` within the task that waits for it; `None` where it panicked.
pub async fn guard<T>(task: &'static str, future: impl Future<Output = T>) -> Option<T> {
    // What the future held is dropped with it.
    let ended = AssertUnwindSafe(future).catch_unwind().await;
    ended.map_err(|panic| note_panic(task, &*panic)).ok()
}

/// Does `work` here; `None` where it panicked.
pub fn catch<T>(task: &'static str, work: impl FnOnce() -> T) -> Option<T> {
    // What the work held is dropped with it.
    let done = catch_unwind(AssertUnwindSafe(work));
    done.map_err(|panic| note_panic(task, &*panic)).ok()
}

/// Runs `future` as a task of its own, to its end; `None` where it panicked.
pub fn spawn<T: Send + 'static>(
    task: &'static str,
    future: impl Future<Output = T> + Send + 'static,
) -> JoinHandle<Option<T>> {
    register(task);
    tokio::spawn(guard(task, future))
}

/// Runs what `make` gives as a task of its own until `until` is cancelled, and
/// starts it again when it panics or ends earlier. The future itself must end
/// soon after `until`.
pub fn keep_running<F>(
    task: &'static str,
    until: CancellationToken,
    mut make: impl FnMut() -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    register(task);
    tokio::spawn(async move {
        let mut pause = FIRST_PAUSE;
        loop {
            let began = Instant::now();
            let ended = guard(task, make()).await;
            if until.is_cancelled() {
                return;
            }
            if ended.is_some() {
                tracing::error!(task, "ended before its time");
            }
            if began.elapsed() > LONGEST_PAUSE {
                pause = FIRST_PAUSE;
            }
            tokio::select! {
                () = until.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
            count(task, |counts| counts.restarts += 1);
            tracing::warn!(task, "started again");
        }
    })
}

/// Runs `work` where blocking is allowed; `None` where it panicked, or where
/// the runtime ended first.
pub async fn blocking<T: Send + 'static>(
    task: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    register(task);
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Some(done),
        Err(error) => {
            if let Ok(panic) = error.try_into_panic() {
                note_panic(task, &*panic);
            }
            None
        }
    }
}

fn note_panic(task: &'static str, panic: &(dyn std::any::Any + Send)) {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    let text = text.unwrap_or("it did not say why");
    tracing::error!(task, "panicked, which is a fault of Andon's: {text}");
    count(task, |counts| counts.panics += 1);
}

/// A count that is there from the beginning shows its first increase.
fn register(task: &'static str) {
    count(task, |_| {});
}

fn count(task: &'static str, change: impl FnOnce(&mut TaskCounts)) {
    change(COUNTS.lock().entry(task).or_default());
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

    use super::*;

    fn counts_of(task: &str) -> TaskCounts {
        let counts = counts();
        let found = counts.iter().find(|(name, _)| *name == task);
        found.map(|(_, counts)| *counts).unwrap_or_default()
    }

    #[tokio::test]
    async fn a_task_that_panics_says_so_to_whoever_waits() {
        let panicked = spawn("test: panics", async { panic!("on purpose") });
        assert_eq!(panicked.await.unwrap(), None::<()>);
        let blocked = blocking("test: panics", || panic!("on purpose")).await;
        assert_eq!(blocked, None::<()>);
        let expected = TaskCounts {
            panics: 2,
            restarts: 0,
        };
        assert_eq!(counts_of("test: panics"), expected);
        let ended = spawn("test: ends", async { 7 });
        assert_eq!(ended.await.unwrap(), Some(7));
        assert_eq!(counts_of("test: ends"), TaskCounts::default());
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_or_ends_early_is_started_again_after_longer_and_longer_pauses() {
        let until = CancellationToken::new();
        let starts = Arc::new(AtomicU64::new(0));
        let began = Instant::now();
        let (ends, count) = (until.clone(), Arc::clone(&starts));
        let task = keep_running("test: restarts", until, move || {
            let (ends, start) = (ends.clone(), count.fetch_add(1, SeqCst));
            async move {
                match start {
                    0 | 1 => panic!("on purpose"),
                    2 => {}
                    _ => ends.cancel(),
                }
            }
        });
        task.await.unwrap();
        assert_eq!(starts.load(SeqCst), 4);
        assert_eq!(began.elapsed().as_secs(), 1 + 2 + 4);
        let expected = TaskCounts {
            panics: 2,
            restarts: 3,
        };
        assert_eq!(counts_of("test: restarts"), expected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_waits_to_be_started_again_ends_at_once() {
        let until = CancellationToken::new();
        let task = keep_running("test: waits", until.clone(), || async {
            panic!("on purpose")
        });
        while counts_of("test: waits").panics == 0 {
            tokio::task::yield_now().await;
        }
        until.cancel();
        task.await.unwrap();
        assert_eq!(counts_of("test: waits").restarts, 0);
    }
}
