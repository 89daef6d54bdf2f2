//! A number of bytes -> shares of it, for bodies that arrive side by side.
//!
//! Contract: shares never hold more than the budget. Who waits for more keeps what
//! it has, so its owner must see to it that somebody always ends.

use std::sync::Arc;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// The budget is handed out in pieces of this size.
pub const PIECE_BYTES: usize = 64 << 10;

/// What several bodies may hold together. Cloning shares it.
#[derive(Clone, Debug)]
pub struct ByteBudget(Arc<Semaphore>);

/// What one body holds, until it is dropped.
#[derive(Debug, Default)]
pub struct Share(Option<OwnedSemaphorePermit>);

impl ByteBudget {
    /// A budget of so many bytes.
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes / PIECE_BYTES)))
    }

    /// Lets a share grow to so many bytes, once others have given back enough.
    ///
    /// # Errors
    /// None: nobody closes a budget.
    pub async fn grow(&self, share: &mut Share, bytes: usize) -> Result<(), AcquireError> {
        if let Some(missing) = share.missing(bytes) {
            share.add(Arc::clone(&self.0).acquire_many_owned(missing).await?);
        }
        Ok(())
    }

    /// Lets a share grow to so many bytes, where these are there now.
    pub fn try_grow(&self, share: &mut Share, bytes: usize) -> bool {
        let Some(missing) = share.missing(bytes) else {
            return true;
        };
        let more = Arc::clone(&self.0).try_acquire_many_owned(missing);
        more.map(|more| share.add(more)).is_ok()
    }
}

impl Share {
    /// How many pieces are missing to so many bytes.
    fn missing(&self, bytes: usize) -> Option<u32> {
        let held = self.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let missing = bytes.div_ceil(PIECE_BYTES).checked_sub(held)?;
        (missing > 0).then(|| u32::try_from(missing).unwrap_or(u32::MAX))
    }

    fn add(&mut self, more: OwnedSemaphorePermit) {
        match &mut self.0 {
            Some(share) => share.merge(more),
            None => self.0 = Some(more),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_grows_while_there_is_some_left_and_gives_all_back() {
        let budget = ByteBudget::new(3 * PIECE_BYTES);
        let (mut one, mut other) = (Share::default(), Share::default());
        assert!(budget.try_grow(&mut one, 1));
        assert!(
            budget.try_grow(&mut one, PIECE_BYTES),
            "the piece is its own"
        );
        assert!(budget.try_grow(&mut one, 2 * PIECE_BYTES));
        assert!(!budget.try_grow(&mut other, 2 * PIECE_BYTES));
        assert!(budget.try_grow(&mut other, PIECE_BYTES));
        drop(one);
        assert!(budget.try_grow(&mut other, 3 * PIECE_BYTES));
    }
}
