//! Which series a target showed before: from the bytes of the page to the
//! store's reference, without building labels.

use std::hash::{BuildHasher, Hasher};

use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};
use tsdb::SeriesRef;

/// A series as the page writes it, as 128 bits of two independently seeded
/// hashes: keeping the bytes themselves would double a target's memory, and
/// two series of one page never meet in 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key([u64; 2]);

impl std::hash::Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0[0]);
    }
}

/// What is known of one series.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// The store's reference; `None` where relabelling drops the series.
    pub series: Option<SeriesRef>,
    /// Whether its samples have times of their own, so that it is not marked
    /// stale when it goes.
    pub has_own_time: bool,
    round: u32,
    seen_ms: i64,
}

/// The series of one target.
#[derive(Debug, Default)]
pub struct KnownSeries {
    seeds: [foldhash::quality::RandomState; 2],
    by_key: HashMap<Key, Known, foldhash::fast::RandomState>,
    round: u32,
}

/// A series that is not known yet; becomes so by [`KnownSeries::learn`].
#[derive(Clone, Copy, Debug)]
pub struct Unknown(Key);

impl KnownSeries {
    /// Starts the next scrape: nothing has been seen in it yet.
    pub fn start_round(&mut self) {
        self.round = self.round.wrapping_add(1);
    }

    /// Looks a series up by its bytes and marks it as seen now.
    ///
    /// # Errors
    /// The token to make it known with, where it is not.
    pub fn see(&mut self, raw: &str, now_ms: i64) -> Result<&mut Known, Unknown> {
        let key = Key([0, 1].map(|seed| self.seeds[seed].hash_one(raw)));
        match self.by_key.get_mut(&key) {
            Some(known) => {
                known.round = self.round;
                known.seen_ms = now_ms;
                Ok(known)
            }
            None => Err(Unknown(key)),
        }
    }

    /// Makes a series known, seen now; says whether it was not before.
    pub fn learn(
        &mut self,
        Unknown(key): Unknown,
        series: Option<SeriesRef>,
        has_own_time: bool,
        now_ms: i64,
    ) -> bool {
        let known = Known {
            series,
            has_own_time,
            round: self.round,
            seen_ms: now_ms,
        };
        match self.by_key.entry(key) {
            Entry::Occupied(mut entry) => {
                entry.insert(known);
                false
            }
            Entry::Vacant(entry) => {
                entry.insert(known);
                true
            }
        }
    }

    /// Forgets the series that were not seen in this round nor later than
    /// `held_since_ms`, and gives those that are to be marked stale.
    pub fn take_gone(&mut self, held_since_ms: i64) -> Vec<SeriesRef> {
        let round = self.round;
        let is_gone = |known: &Known| known.round != round && known.seen_ms <= held_since_ms;
        let mut gone: HashSet<SeriesRef> = self
            .by_key
            .extract_if(|_, known| is_gone(known))
            .filter(|(_, known)| !known.has_own_time)
            .filter_map(|(_, known)| known.series)
            .collect();
        if !gone.is_empty() {
            // The page may write a series in another way this time.
            for kept in self.by_key.values().filter_map(|known| known.series) {
                gone.remove(&kept);
            }
        }
        gone.into_iter().collect()
    }

    /// Forgets everything; gives the series that are to be marked stale.
    pub fn take_all(&mut self) -> Vec<SeriesRef> {
        self.start_round();
        self.take_gone(i64::MAX)
    }

    /// Forgets everything without a trace, since the store has.
    pub fn forget(&mut self) {
        self.by_key.clear();
    }
}
