//! Exemplars, the concrete events behind values: the newest ones of all series, in a
//! ring of bounded length.
//!
//! Contract: of one series they are kept in order of time; one that is there already,
//! as every scrape repeats it, takes no place.

use std::collections::{HashMap, VecDeque};

use series::{Labels, TimeRange};

use crate::append::SeriesRef;

/// How many characters an exemplar's labels may have, by OpenMetrics.
const MAX_LABEL_CHARS: usize = 128;

/// A concrete event.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemplar {
    /// What names it, usually a trace.
    pub labels: Labels,
    /// Its value.
    pub value: f64,
    /// When it was, in milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
}

/// What became of an exemplar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExemplarOutcome {
    /// It was added; an older one may have gone for it.
    Added,
    /// It was there.
    Repeated,
    /// It is older than its series' newest.
    OutOfOrder,
    /// Its labels are too long.
    TooLong,
    /// The ring has no places at all.
    NoRoom,
}

/// The newest exemplars of all series.
#[derive(Debug)]
pub struct ExemplarRing {
    capacity: usize,
    ring: VecDeque<(SeriesRef, Exemplar)>,
    /// How many have gone.
    gone: u64,
    /// By series how many were added before its newest one.
    newest: HashMap<SeriesRef, u64>,
}

impl ExemplarRing {
    /// An empty ring of this many places.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            ring: VecDeque::new(),
            gone: 0,
            newest: HashMap::new(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ring.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ring.is_empty()
    }

    /// Adds one of a series. Where its time is that of the scrape, not its own, it is
    /// the same as the newest one of equal labels and value.
    pub fn add(
        &mut self,
        series: SeriesRef,
        exemplar: Exemplar,
        has_own_time: bool,
    ) -> ExemplarOutcome {
        let labels = exemplar.labels.iter();
        let chars: usize = labels
            .map(|label| label.name.chars().count() + label.value.chars().count())
            .sum();
        if chars > MAX_LABEL_CHARS {
            return ExemplarOutcome::TooLong;
        }
        if let Some(newest) = self.newest_of(series) {
            let is_same = newest.labels == exemplar.labels
                && newest.value.to_bits() == exemplar.value.to_bits()
                && (!has_own_time || newest.timestamp_ms == exemplar.timestamp_ms);
            if is_same {
                return ExemplarOutcome::Repeated;
            }
            if exemplar.timestamp_ms < newest.timestamp_ms {
                return ExemplarOutcome::OutOfOrder;
            }
        }
        if self.capacity == 0 {
            return ExemplarOutcome::NoRoom;
        }
        if self.ring.len() >= self.capacity {
            self.drop_oldest();
        }
        self.newest
            .insert(series, self.gone + self.ring.len() as u64);
        self.ring.push_back((series, exemplar));
        ExemplarOutcome::Added
    }

    /// Those in `range` of the series that are `selected`, by series in order of time.
    pub fn select(
        &self,
        range: TimeRange,
        selected: impl Fn(SeriesRef) -> bool,
    ) -> HashMap<SeriesRef, Vec<Exemplar>> {
        let mut found: HashMap<SeriesRef, Vec<Exemplar>> = HashMap::new();
        for (series, exemplar) in &self.ring {
            if range.contains(exemplar.timestamp_ms) && selected(*series) {
                found.entry(*series).or_default().push(exemplar.clone());
            }
        }
        found
    }

    fn newest_of(&self, series: SeriesRef) -> Option<&Exemplar> {
        let place = self.newest.get(&series)?.checked_sub(self.gone)?;
        let found = self.ring.get(usize::try_from(place).ok()?);
        found.map(|(_, exemplar)| exemplar)
    }

    fn drop_oldest(&mut self) {
        if let Some((series, _)) = self.ring.pop_front() {
            if self.newest.get(&series) == Some(&self.gone) {
                self.newest.remove(&series);
            }
            self.gone += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exemplar(trace: &str, timestamp_ms: i64) -> Exemplar {
        Exemplar {
            labels: Labels::from_pairs([("trace_id", trace)]),
            value: 1.0,
            timestamp_ms,
        }
    }

    const A: SeriesRef = SeriesRef(1);
    const B: SeriesRef = SeriesRef(2);

    #[test]
    fn what_is_repeated_late_or_long_takes_no_place() {
        let mut ring = ExemplarRing::new(10);
        let long = "x".repeat(121);
        for (series, trace, time_ms, has_own_time, expected) in [
            (A, "a", 10, true, ExemplarOutcome::Added),
            (A, "a", 10, true, ExemplarOutcome::Repeated),
            (A, "a", 12, false, ExemplarOutcome::Repeated),
            (A, "a", 12, true, ExemplarOutcome::Added),
            (A, "b", 11, true, ExemplarOutcome::OutOfOrder),
            (B, "b", 11, true, ExemplarOutcome::Added),
            (B, &long, 12, true, ExemplarOutcome::TooLong),
        ] {
            let outcome = ring.add(series, exemplar(trace, time_ms), has_own_time);
            assert_eq!(outcome, expected, "{trace} at {time_ms}");
        }
        assert_eq!(ring.len(), 3);
    }

    #[test]
    fn the_oldest_goes_for_a_new_one() {
        let mut ring = ExemplarRing::new(2);
        for (series, time_ms) in [(A, 1), (B, 2), (B, 3), (A, 4)] {
            let added = ring.add(series, exemplar("t", time_ms), true);
            assert_eq!(added, ExemplarOutcome::Added);
        }
        let times = |series: SeriesRef, range: TimeRange| -> Vec<i64> {
            let found = ring.select(range, |one| one == series);
            let found = found.get(&series).into_iter().flatten();
            found.map(|one| one.timestamp_ms).collect()
        };
        assert_eq!(times(A, TimeRange::ALL), [4]);
        assert_eq!(times(B, TimeRange::ALL), [3]);
        let late = TimeRange {
            start_ms: 4,
            end_ms: 9,
        };
        assert_eq!(times(B, late), [0; 0]);
    }

    #[test]
    fn a_ring_without_places_keeps_nothing() {
        let mut ring = ExemplarRing::new(0);
        let outcome = ring.add(A, exemplar("t", 1), true);
        assert_eq!(outcome, ExemplarOutcome::NoRoom);
        assert!(ring.is_empty());
    }
}
