//! Reading an answer's body within bounds: each one's own, and what all large
//! ones together may hold.

use std::sync::Arc;

use reqwest::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::client::exchange_error;
use super::error::ScrapeError;

/// So much of every body is free: ordinary pages never wait for large ones.
const FREE_BYTES: usize = 1 << 20;

/// The budget is handed out in pieces of this size.
const PIECE_BYTES: usize = 64 << 10;

/// What bodies may hold beyond their first [`FREE_BYTES`], all together. Who
/// wants more waits, until the others are done or its own time is up.
#[derive(Clone, Debug)]
pub struct LargeBodies(Arc<Semaphore>);

/// A body, and its share of the budget until it is dropped.
#[derive(Debug, Default)]
pub struct Bounded {
    /// The bytes, uncompressed.
    pub bytes: Vec<u8>,
    share: Option<OwnedSemaphorePermit>,
}

impl LargeBodies {
    /// A budget of so many bytes.
    pub fn new(budget_bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(budget_bytes / PIECE_BYTES)))
    }

    /// Reads a body of at most `limit_bytes`, counted after decompression while
    /// it arrives, so that no more than that is ever held.
    ///
    /// # Errors
    /// Where it breaks off or is longer.
    pub async fn read(
        &self,
        mut response: Response,
        limit_bytes: usize,
    ) -> Result<Bounded, ScrapeError> {
        let too_large = || ScrapeError::BodyTooLarge { limit_bytes };
        let announced_bytes = response.content_length().unwrap_or(0);
        if announced_bytes > limit_bytes as u64 {
            return Err(too_large());
        }
        let mut body = Bounded::default();
        body.bytes.reserve(FREE_BYTES.min(announced_bytes as usize));
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| exchange_error(&error))?
        {
            let length = body.bytes.len() + chunk.len();
            if length > limit_bytes {
                return Err(too_large());
            }
            self.share(&mut body, length).await?;
            body.bytes.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Waits until the body may grow to `length`.
    async fn share(&self, body: &mut Bounded, length: usize) -> Result<(), ScrapeError> {
        let wanted = length.saturating_sub(FREE_BYTES).div_ceil(PIECE_BYTES);
        let held = body
            .share
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let Some(missing) = wanted.checked_sub(held).filter(|missing| *missing > 0) else {
            return Ok(());
        };
        let missing = u32::try_from(missing).unwrap_or(u32::MAX);
        let more = Arc::clone(&self.0)
            .acquire_many_owned(missing)
            .await
            .map_err(|error| ScrapeError::Internal(error.to_string()))?;
        match &mut body.share {
            Some(share) => share.merge(more),
            None => body.share = Some(more),
        }
        Ok(())
    }
}

impl From<Vec<u8>> for Bounded {
    /// A body that never was under way.
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, share: None }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Poll;

    use futures_util::future::poll_immediate;
    use futures_util::poll;

    use super::*;

    const MEBIBYTE: usize = 1 << 20;

    fn response(mebibytes: usize) -> Response {
        http::Response::new(vec![b'#'; mebibytes * MEBIBYTE]).into()
    }

    #[tokio::test]
    async fn large_bodies_wait_for_each_other_and_small_ones_do_not() {
        let bodies = LargeBodies::new(3 * MEBIBYTE);
        let limit_bytes = 8 * MEBIBYTE;
        let first = bodies.read(response(3), limit_bytes).await.unwrap();
        assert_eq!(first.bytes.len(), 3 * MEBIBYTE);
        let mut second = pin!(bodies.read(response(3), limit_bytes));
        assert!(matches!(poll!(second.as_mut()), Poll::Pending));
        let small = poll_immediate(bodies.read(response(1), limit_bytes)).await;
        assert!(small.is_some_and(|body| body.is_ok()));
        drop(first);
        assert!(second.await.is_ok());
    }

    #[tokio::test]
    async fn a_body_beyond_its_limit_is_refused() {
        let bodies = LargeBodies::new(0);
        let error = bodies.read(response(1), MEBIBYTE - 1).await.unwrap_err();
        assert!(matches!(error, ScrapeError::BodyTooLarge { .. }));
    }
}
