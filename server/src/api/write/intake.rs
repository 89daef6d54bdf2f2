//! The body of a request -> its bytes, within what all bodies may hold together.
//!
//! Contract: a sender holds what it has sent, and no more than that; its place
//! in the queue of requests that are stored it gets when its body is there. When
//! all that bodies may hold is held, the oldest of those that still arrive gives
//! way: an honest body arrives in less than [`IS_SLOW_AFTER`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use futures_util::StreamExt;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::WriteError;
use crate::byte_budget::{ByteBudget, Share};

/// What all bodies may hold together, compressed as they are.
const BUDGET_BYTES: usize = 64 << 20;
/// Requests that are decoded and stored at once; decoded they are larger.
const AT_ONCE: usize = 4;
/// A sender that takes longer to send its body makes room for others, …
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// … and one that takes longer than this where others need its room.
const IS_SLOW_AFTER: Duration = Duration::from_secs(1);
/// How long a body waits for room before its sender is to come again.
const WAIT_FOR_ROOM: Duration = Duration::from_secs(5);
/// How often it looks who might give way.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The bodies of all requests. Cloning shares them.
#[derive(Clone, Debug)]
pub struct Intake(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    budget: ByteBudget,
    at_once: Arc<Semaphore>,
    /// The bodies that still arrive, the oldest first.
    arriving: Mutex<BTreeMap<(Instant, u64), CancellationToken>>,
}

/// A body that is there, and what it holds.
#[derive(Debug)]
pub struct Received {
    /// The bytes as they were sent.
    pub bytes: Vec<u8>,
    _share: Share,
    _turn: OwnedSemaphorePermit,
}

impl Default for Intake {
    fn default() -> Self {
        Self::of(BUDGET_BYTES)
    }
}

impl Intake {
    fn of(budget_bytes: usize) -> Self {
        Self(Arc::new(Shared {
            budget: ByteBudget::new(budget_bytes),
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
            arriving: Mutex::default(),
        }))
    }

    /// Reads a body of at most `limit_bytes`, and waits for its turn.
    ///
    /// # Errors
    /// Where it is longer, breaks off, is slow, or finds no room.
    pub async fn receive(&self, body: Body, limit_bytes: usize) -> Result<Received, WriteError> {
        let too_large = WriteError::TooLarge { limit_bytes };
        if body.size_hint().lower() > limit_bytes as u64 {
            return Err(too_large);
        }
        let arriving = Arriving::new(&self.0);
        let read = timeout(BODY_TIMEOUT, self.read(body, limit_bytes, &arriving));
        let (bytes, share) = tokio::select! {
            read = read => read.map_err(|_| WriteError::SlowBody)??,
            () = arriving.gives_way.cancelled() => return Err(WriteError::NoRoom),
        };
        drop(arriving);
        let turn = Arc::clone(&self.0.at_once).acquire_owned().await;
        Ok(Received {
            bytes,
            _share: share,
            _turn: turn.map_err(|_| WriteError::Interrupted)?,
        })
    }

    async fn read(
        &self,
        body: Body,
        limit_bytes: usize,
        arriving: &Arriving<'_>,
    ) -> Result<(Vec<u8>, Share), WriteError> {
        let (mut bytes, mut share) = (Vec::new(), Share::default());
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| WriteError::BrokenBody(error.to_string()))?;
            let length = bytes.len() + chunk.len();
            if length > limit_bytes {
                return Err(WriteError::TooLarge { limit_bytes });
            }
            self.make_room(&mut share, length, arriving).await?;
            bytes.extend_from_slice(&chunk);
        }
        Ok((bytes, share))
    }

    /// Lets a body grow, at the cost of slow ones where nothing is left.
    async fn make_room(
        &self,
        share: &mut Share,
        length: usize,
        arriving: &Arriving<'_>,
    ) -> Result<(), WriteError> {
        if self.0.budget.try_grow(share, length) {
            return Ok(());
        }
        let until = Instant::now() + WAIT_FOR_ROOM;
        while Instant::now() < until {
            arriving.displace_oldest();
            let grown = timeout(LOOK_EVERY, self.0.budget.grow(share, length)).await;
            if grown.is_ok() {
                return Ok(());
            }
        }
        Err(WriteError::NoRoom)
    }
}

/// A body that arrives, for as long as it does.
struct Arriving<'a> {
    shared: &'a Shared,
    since: (Instant, u64),
    gives_way: CancellationToken,
}

impl<'a> Arriving<'a> {
    fn new(shared: &'a Shared) -> Self {
        let since = (Instant::now(), fastrand::u64(..));
        let gives_way = CancellationToken::new();
        shared.arriving.lock().insert(since, gives_way.clone());
        Self {
            shared,
            since,
            gives_way,
        }
    }

    /// Has the oldest body that is slow give way, unless it is this one.
    fn displace_oldest(&self) {
        let mut arriving = self.shared.arriving.lock();
        let Some(oldest) = arriving.first_entry() else {
            return;
        };
        let since = *oldest.key();
        if since != self.since && since.0.elapsed() > IS_SLOW_AFTER {
            oldest.remove().cancel();
        }
    }
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        self.shared.arriving.lock().remove(&self.since);
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::pin;

    use axum::body::Bytes;
    use futures_util::poll;
    use futures_util::stream::{iter, pending};

    use super::*;
    use crate::byte_budget::PIECE_BYTES;

    /// A body of some pieces, after which nothing comes for ever.
    fn stalled(pieces: usize) -> Body {
        let chunk = Ok::<_, Infallible>(Bytes::from(vec![0; PIECE_BYTES]));
        Body::from_stream(iter(vec![chunk; pieces]).chain(pending()))
    }

    fn whole(pieces: usize) -> Body {
        Body::from(vec![0; pieces * PIECE_BYTES])
    }

    const LIMIT: usize = 8 * PIECE_BYTES;

    #[tokio::test(start_paused = true)]
    async fn senders_that_stall_hold_up_nobody() {
        let intake = Intake::of(4 * PIECE_BYTES);
        let mut slow: Vec<_> = (0..4)
            .map(|_| Box::pin(intake.receive(stalled(1), LIMIT)))
            .collect();
        for body in &mut slow {
            assert!(poll!(body).is_pending());
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        let began = Instant::now();
        let honest = intake.receive(whole(2), LIMIT);
        let (honest, slowest, next) = {
            let mut slow = slow.drain(..2);
            let (first, second) = (slow.next().unwrap(), slow.next().unwrap());
            tokio::join!(honest, first, second)
        };
        assert_eq!(honest.unwrap().bytes.len(), 2 * PIECE_BYTES);
        assert!(began.elapsed() < 2 * IS_SLOW_AFTER, "{:?}", began.elapsed());
        for displaced in [slowest, next] {
            assert!(matches!(displaced, Err(WriteError::NoRoom)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_finds_no_room_is_to_come_again() {
        let intake = Intake::of(4 * PIECE_BYTES);
        let stored = intake.receive(whole(4), LIMIT).await.unwrap();
        let refused = intake.receive(whole(1), LIMIT).await;
        assert!(matches!(refused, Err(WriteError::NoRoom)));
        drop(stored);
        intake.receive(whole(4), LIMIT).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_too_large_or_too_slow_is_refused_and_gives_all_back() {
        let intake = Intake::of(4 * PIECE_BYTES);
        let large = intake.receive(whole(9), LIMIT).await;
        assert!(matches!(large, Err(WriteError::TooLarge { .. })));
        let slow = intake.receive(stalled(4), LIMIT).await;
        assert!(matches!(slow, Err(WriteError::SlowBody)));
        let mut next = pin!(intake.receive(whole(4), LIMIT));
        assert!(poll!(next.as_mut()).is_ready());
    }
}
