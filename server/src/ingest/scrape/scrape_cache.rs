//! The series that a target showed before: from the bytes of the page to the
//! store's reference, without building labels (Prometheus' scrape cache).
//!
//! A page nearly always lists the same series in the same order. So entries are
//! kept in the order of the page: the next one is expected to be next, and
//! only where it is not, it is looked up.

use std::hash::BuildHasher;

use hashbrown::{HashSet, HashTable};
use tsdb::SeriesRef;

/// One series of a target.
#[derive(Clone, Debug)]
pub struct CacheEntry {
    /// The store's reference; `None` where relabelling drops the series.
    pub series: Option<SeriesRef>,
    /// Whether its samples have times of their own, so that it is not marked
    /// stale when it goes.
    pub has_own_time: bool,
    /// The series as the page writes it.
    raw: Box<str>,
    iteration: u32,
    seen_ms: i64,
}

/// The series of one target.
#[derive(Debug, Default)]
pub struct ScrapeCache {
    entries: Vec<CacheEntry>,
    /// Places in `entries` by the hash of the series' bytes.
    places: HashTable<u32>,
    hasher: foldhash::quality::RandomState,
    iteration: u32,
    /// The places that this iteration's page showed, in its order.
    seen: Vec<u32>,
    /// The place that is expected next.
    next: usize,
    is_in_order: bool,
}

/// A series that is not in the cache yet; [`ScrapeCache::insert`] puts it there.
#[derive(Debug)]
pub struct CacheMiss(Box<str>);

impl ScrapeCache {
    /// Starts the next scrape: nothing has been seen in it yet.
    pub fn start_iteration(&mut self) {
        self.iteration = self.iteration.wrapping_add(1);
        self.seen.clear();
        self.next = 0;
        self.is_in_order = true;
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// How the page writes the series that is expected next.
    pub fn expected(&self) -> Option<&str> {
        self.entries.get(self.next).map(|entry| entry.raw.as_ref())
    }

    /// Marks the expected series as seen now; `None` where none is expected.
    pub fn get_expected(&mut self, now_ms: i64) -> Option<&mut CacheEntry> {
        self.get_place(self.next, now_ms)
    }

    /// Looks a series up by its bytes and marks it as seen now.
    ///
    /// # Errors
    /// What to insert it with, where it is not in the cache.
    pub fn get(&mut self, raw: &str, now_ms: i64) -> Result<&mut CacheEntry, CacheMiss> {
        self.is_in_order = false;
        self.place_of(raw)
            .and_then(|place| self.get_place(place, now_ms))
            .ok_or_else(|| CacheMiss(raw.into()))
    }

    /// As [`Self::get`], where the series is most likely the expected one.
    ///
    /// # Errors
    /// As there.
    pub fn get_in_order(&mut self, raw: &str, now_ms: i64) -> Result<&mut CacheEntry, CacheMiss> {
        let place = match self.expected() {
            Some(expected) if expected == raw => Some(self.next),
            _ => {
                self.is_in_order = false;
                self.place_of(raw)
            }
        };
        place
            .and_then(|place| self.get_place(place, now_ms))
            .ok_or_else(|| CacheMiss(raw.into()))
    }

    /// Adds a series, seen now; says whether it was not there before.
    pub fn insert(
        &mut self,
        CacheMiss(raw): CacheMiss,
        series: Option<SeriesRef>,
        has_own_time: bool,
        now_ms: i64,
    ) -> bool {
        if let Some(place) = self.place_of(&raw) {
            self.entries[place].series = series;
            return false;
        }
        let place = self.entries.len();
        self.seen.push(place as u32);
        self.entries.push(CacheEntry {
            series,
            has_own_time,
            raw,
            iteration: self.iteration,
            seen_ms: now_ms,
        });
        index(&mut self.places, &self.entries, &self.hasher, place);
        true
    }

    /// Forgets the series that were not seen in this iteration nor later than
    /// `held_since_ms`, and gives those that are to be marked stale. Expects
    /// this page's order from now on.
    pub fn take_gone(&mut self, held_since_ms: i64) -> Vec<SeriesRef> {
        let iteration = self.iteration;
        let gone: Vec<CacheEntry> = self
            .entries
            .extract_if(.., |entry| {
                entry.iteration != iteration && entry.seen_ms <= held_since_ms
            })
            .collect();
        if gone.is_empty() && self.is_in_order {
            return Vec::new();
        }
        if gone.is_empty() {
            self.take_order();
        }
        self.places.clear();
        for place in 0..self.entries.len() {
            index(&mut self.places, &self.entries, &self.hasher, place);
        }
        let stale = gone.iter().filter(|entry| !entry.has_own_time);
        let mut stale: HashSet<SeriesRef> = stale.filter_map(|entry| entry.series).collect();
        if !stale.is_empty() {
            // The page may write a series in another way this time.
            for kept in self.entries.iter().filter_map(|entry| entry.series) {
                stale.remove(&kept);
            }
        }
        stale.into_iter().collect()
    }

    /// The reference of the series that a page writes so.
    pub fn series_of(&self, raw: &str) -> Option<SeriesRef> {
        self.entries[self.place_of(raw)?].series
    }

    /// The series that relabelling keeps.
    pub fn stored(&self) -> impl Iterator<Item = SeriesRef> {
        self.entries.iter().filter_map(|entry| entry.series)
    }

    /// Forgets everything; gives the series that are to be marked stale.
    pub fn take_all(&mut self) -> Vec<SeriesRef> {
        self.start_iteration();
        self.take_gone(i64::MAX)
    }

    /// Forgets everything without a trace, since the store has.
    pub fn forget(&mut self) {
        self.entries.clear();
        self.places.clear();
    }

    fn get_place(&mut self, place: usize, now_ms: i64) -> Option<&mut CacheEntry> {
        let entry = self.entries.get_mut(place)?;
        entry.iteration = self.iteration;
        entry.seen_ms = now_ms;
        self.seen.push(place as u32);
        self.next = place + 1;
        Some(entry)
    }

    fn place_of(&self, raw: &str) -> Option<usize> {
        let hash = self.hasher.hash_one(raw);
        self.places
            .find(hash, |place| *self.entries[*place as usize].raw == *raw)
            .map(|place| *place as usize)
    }

    /// Puts what was seen in the order of the page before what was not.
    fn take_order(&mut self) {
        let mut left: Vec<Option<CacheEntry>> = self.entries.drain(..).map(Some).collect();
        let seen = self.seen.iter();
        self.entries
            .extend(seen.filter_map(|place| left[*place as usize].take()));
        self.entries.extend(left.into_iter().flatten());
    }
}

/// Adds one place to the index.
fn index(
    places: &mut HashTable<u32>,
    entries: &[CacheEntry],
    hasher: &impl BuildHasher,
    place: usize,
) {
    let hash = hasher.hash_one(&*entries[place].raw);
    places.insert_unique(hash, place as u32, |place| {
        hasher.hash_one(&*entries[*place as usize].raw)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One scrape of a page that lists `page`; gives how many of its series
    /// were where they were expected.
    fn scrape(cache: &mut ScrapeCache, page: &[&str]) -> usize {
        cache.start_iteration();
        let mut fresh = Vec::new();
        let mut expected = 0;
        for raw in page {
            if cache.expected() == Some(raw) {
                expected += 1;
                assert!(cache.get_expected(0).is_some());
            } else if let Err(miss) = cache.get(raw, 0) {
                fresh.push(miss);
            }
        }
        for miss in fresh {
            cache.insert(miss, None, false, 0);
        }
        cache.take_gone(0);
        expected
    }

    #[test]
    fn expects_the_order_of_the_page_before() {
        let mut cache = ScrapeCache::default();
        let mut check = |page: &[&str], expected| {
            assert_eq!(scrape(&mut cache, page), expected, "{page:?}");
            assert_eq!(cache.len(), page.len());
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
