//! Equal columns of times, kept once: a scrape gives all its series the same
//! timestamps, so their chunks seal one after the other with equal columns.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::chunk::Times;

/// How many columns are remembered; a scrape needs one.
const SLOTS: usize = 1024;

/// The newest columns. Forgetting one costs memory, never correctness.
pub(crate) struct SharedTimes {
    slots: Box<[Mutex<Option<Arc<Times>>>]>,
}

impl Default for SharedTimes {
    fn default() -> Self {
        Self {
            slots: (0..SLOTS).map(|_| Mutex::default()).collect(),
        }
    }
}

impl SharedTimes {
    /// The column that is equal to `times`: an older one, or itself.
    pub fn share(&self, times: Times) -> Arc<Times> {
        let mut hasher = DefaultHasher::new();
        times.range().hash(&mut hasher);
        let mut slot = self.slots[hasher.finish() as usize % SLOTS].lock();
        if let Some(known) = slot.as_ref().filter(|known| ***known == times) {
            return Arc::clone(known);
        }
        let times = Arc::new(times);
        *slot = Some(Arc::clone(&times));
        times
    }

    /// Lets go of every column.
    pub fn clear(&self) {
        self.slots.iter().for_each(|slot| *slot.lock() = None);
    }
}
