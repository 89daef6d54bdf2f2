//! Which series a target showed before: from the bytes of the page to the
//! store's reference, without building labels.
//!
//! A page nearly always lists the same series in the same order. So series are
//! kept in the order of the page: the next one is expected to be next, and
//! only where it is not, it is looked up.

use std::hash::BuildHasher;

use hashbrown::{HashSet, HashTable};
use tsdb::SeriesRef;

/// What is known of one series.
#[derive(Clone, Debug)]
pub struct Known {
    /// The store's reference; `None` where relabelling drops the series.
    pub series: Option<SeriesRef>,
    /// Whether its samples have times of their own, so that it is not marked
    /// stale when it goes.
    pub has_own_time: bool,
    /// The series as the page writes it.
    raw: Box<str>,
    round: u32,
    seen_ms: i64,
}

/// The series of one target.
#[derive(Debug, Default)]
pub struct KnownSeries {
    all: Vec<Known>,
    /// Places in `all` by the hash of the series' bytes.
    places: HashTable<u32>,
    hasher: foldhash::quality::RandomState,
    round: u32,
    /// The places that this round's page showed, in its order.
    seen: Vec<u32>,
    /// The place that is expected next.
    next: usize,
    is_in_order: bool,
}

/// A series that is not known yet; becomes so by [`KnownSeries::learn`].
#[derive(Debug)]
pub struct Unknown(Box<str>);

impl KnownSeries {
    /// Starts the next scrape: nothing has been seen in it yet.
    pub fn start_round(&mut self) {
        self.round = self.round.wrapping_add(1);
        self.seen.clear();
        self.next = 0;
        self.is_in_order = true;
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// How the page writes the series that is expected next.
    pub fn expected(&self) -> Option<&str> {
        self.all.get(self.next).map(|known| known.raw.as_ref())
    }

    /// Marks the expected series as seen now; `None` where none is expected.
    pub fn see_expected(&mut self, now_ms: i64) -> Option<&mut Known> {
        self.see_place(self.next, now_ms)
    }

    /// Looks a series up by its bytes and marks it as seen now.
    ///
    /// # Errors
    /// The token to make it known with, where it is not.
    pub fn see(&mut self, raw: &str, now_ms: i64) -> Result<&mut Known, Unknown> {
        let place = self.place_of(raw);
        self.is_in_order = false;
        place
            .and_then(|place| self.see_place(place, now_ms))
            .ok_or_else(|| Unknown(raw.into()))
    }

    /// Makes a series known, seen now; says whether it was not before.
    pub fn learn(
        &mut self,
        Unknown(raw): Unknown,
        series: Option<SeriesRef>,
        has_own_time: bool,
        now_ms: i64,
    ) -> bool {
        if let Some(place) = self.place_of(&raw) {
            self.all[place].series = series;
            return false;
        }
        let place = self.all.len();
        self.seen.push(place as u32);
        self.all.push(Known {
            series,
            has_own_time,
            raw,
            round: self.round,
            seen_ms: now_ms,
        });
        index(&mut self.places, &self.all, &self.hasher, place);
        true
    }

    /// Forgets the series that were not seen in this round nor later than
    /// `held_since_ms`, and gives those that are to be marked stale. Expects
    /// this page's order from now on.
    pub fn take_gone(&mut self, held_since_ms: i64) -> Vec<SeriesRef> {
        let round = self.round;
        let is_gone = |known: &Known| known.round != round && known.seen_ms <= held_since_ms;
        let gone: Vec<Known> = self.all.extract_if(.., |known| is_gone(known)).collect();
        if gone.is_empty() && self.is_in_order {
            return Vec::new();
        }
        if gone.is_empty() {
            self.take_order();
        }
        self.places.clear();
        for place in 0..self.all.len() {
            index(&mut self.places, &self.all, &self.hasher, place);
        }
        let stale = gone.iter().filter(|known| !known.has_own_time);
        let mut stale: HashSet<SeriesRef> = stale.filter_map(|known| known.series).collect();
        if !stale.is_empty() {
            // The page may write a series in another way this time.
            for kept in self.all.iter().filter_map(|known| known.series) {
                stale.remove(&kept);
            }
        }
        stale.into_iter().collect()
    }

    /// Forgets everything; gives the series that are to be marked stale.
    pub fn take_all(&mut self) -> Vec<SeriesRef> {
        self.start_round();
        self.take_gone(i64::MAX)
    }

    /// Forgets everything without a trace, since the store has.
    pub fn forget(&mut self) {
        self.all.clear();
        self.places.clear();
    }

    fn see_place(&mut self, place: usize, now_ms: i64) -> Option<&mut Known> {
        let known = self.all.get_mut(place)?;
        known.round = self.round;
        known.seen_ms = now_ms;
        self.seen.push(place as u32);
        self.next = place + 1;
        Some(known)
    }

    fn place_of(&self, raw: &str) -> Option<usize> {
        let hash = self.hasher.hash_one(raw);
        let is_it = |place: &u32| *self.all[*place as usize].raw == *raw;
        self.places.find(hash, is_it).map(|place| *place as usize)
    }

    /// Puts what was seen in the order of the page before what was not.
    fn take_order(&mut self) {
        let mut left: Vec<Option<Known>> = self.all.drain(..).map(Some).collect();
        let seen = self.seen.iter();
        self.all
            .extend(seen.filter_map(|place| left[*place as usize].take()));
        self.all.extend(left.into_iter().flatten());
    }
}

/// Adds one place to the index.
fn index(places: &mut HashTable<u32>, all: &[Known], hasher: &impl BuildHasher, place: usize) {
    let hash = |place: &u32| hasher.hash_one(&*all[*place as usize].raw);
    let place = place as u32;
    places.insert_unique(hash(&place), place, hash);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One scrape of a page that lists `page`; gives how many of its series
    /// were where they were expected.
    fn scrape(known: &mut KnownSeries, page: &[&str]) -> usize {
        known.start_round();
        let mut fresh = Vec::new();
        let mut expected = 0;
        for raw in page {
            if known.expected() == Some(raw) {
                expected += 1;
                assert!(known.see_expected(0).is_some());
            } else if let Err(unknown) = known.see(raw, 0) {
                fresh.push(unknown);
            }
        }
        for unknown in fresh {
            known.learn(unknown, None, false, 0);
        }
        known.take_gone(0);
        expected
    }

    #[test]
    fn expects_the_order_of_the_page_before() {
        let mut known = KnownSeries::default();
        let mut check = |page: &[&str], expected| {
            assert_eq!(scrape(&mut known, page), expected, "{page:?}");
            assert_eq!(known.count(), page.len());
        };
        check(&["a", "b", "c", "d"], 0);
        check(&["a", "b", "c", "d"], 4);
        // One lookup is enough to go on from there.
        check(&["a", "c", "d"], 2);
        check(&["a", "c", "d"], 3);
        check(&["a", "b", "c", "d"], 3);
        check(&["a", "b", "c", "d"], 2);
        check(&["a", "b", "c", "d"], 4);
        check(&["d", "c", "b", "a"], 0);
        check(&["d", "c", "b", "a"], 4);
    }
}
