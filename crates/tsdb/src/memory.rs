//! One series of the head: its identity and, behind a lock, its samples.

use parking_lot::{Mutex, MutexGuard};
use series::Labels;

use crate::samples::Samples;

/// A series of the head; the identity never changes, the samples do.
pub(crate) struct MemorySeries {
    pub id: u32,
    pub hash: u64,
    pub labels: Labels,
    samples: Mutex<Samples>,
}

impl MemorySeries {
    pub fn new(id: u32, hash: u64, labels: Labels) -> Self {
        Self {
            id,
            hash,
            labels,
            samples: Mutex::default(),
        }
    }

    #[inline]
    pub fn lock(&self) -> MutexGuard<'_, Samples> {
        self.samples.lock()
    }
}
