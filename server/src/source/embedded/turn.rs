//! A turn at the store: a bounded number of threads work for the engine, each
//! for a bounded time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use promql::Interrupt;
use tokio::sync::OwnedSemaphorePermit;

use super::{Engine, internal};
use crate::source::{ApiErrorKind, SourceError};

/// Tells work to end once nobody waits for it any more.
#[derive(Default)]
pub struct CancelOnDrop(Arc<Interrupt>);

impl CancelOnDrop {
    /// What the work looks at.
    pub fn flag(&self) -> Arc<Interrupt> {
        Arc::clone(&self.0)
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// The right to work on a thread of its own.
pub struct Turn {
    permit: OwnedSemaphorePermit,
    asked: Instant,
    limit: Duration,
    /// How long was waited for it.
    pub waited: Duration,
}

impl Engine {
    /// Waits for a turn; `limit` is for the wait and the work together.
    ///
    /// # Errors
    /// Where none comes in time.
    pub(super) async fn turn(&self, limit: Duration) -> Result<Turn, SourceError> {
        let asked = Instant::now();
        let permit = tokio::time::timeout(limit, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| timed_out("query timed out in query queue"))?
            .map_err(|closed| internal(&closed))?;
        Ok(Turn {
            permit,
            asked,
            limit,
            waited: asked.elapsed(),
        })
    }
}

impl Turn {
    /// Has the work done where blocking is allowed. The turn lasts as long as
    /// the work, also where nobody waits for it any more.
    ///
    /// # Errors
    /// Where it takes longer than the turn's limit.
    pub async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, SourceError> {
        let left = self.limit.saturating_sub(self.waited);
        let permit = self.permit;
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        tokio::time::timeout(left, work)
            .await
            .map_err(|_| timed_out("query timed out in expression evaluation"))?
            .map_err(|panicked| internal(&panicked))
    }

    /// When the turn was asked for.
    pub fn asked(&self) -> Instant {
        self.asked
    }
}

fn timed_out(message: &str) -> SourceError {
    SourceError::Api {
        kind: ApiErrorKind::Timeout,
        message: message.to_owned(),
    }
}
