//! Exemplars beside samples: in memory alone, since they are a help to whoever looks
//! into what happens now, and no record.

use std::collections::{BTreeMap, HashSet};

use series::{Labels, Matcher, TimeRange};
use tsdb::{Exemplar, ExemplarOutcome, ExemplarRing, SeriesRef};

use crate::store::Store;

/// An exemplar on its way to the store.
#[derive(Clone, Debug, PartialEq)]
pub struct NewExemplar {
    /// Whose it is.
    pub series: SeriesRef,
    /// The event.
    pub exemplar: Exemplar,
    /// Whether its time is its own, and not that of a scrape.
    pub has_own_time: bool,
}

/// Exemplars, and what became of those that came.
pub(crate) struct Exemplars {
    pub ring: ExemplarRing,
    pub added: u64,
    pub refused: u64,
}

impl Store {
    /// Keeps exemplars, and gives how many are there now. What is refused is counted,
    /// see [`crate::Counters`].
    pub fn append_exemplars(&self, exemplars: Vec<NewExemplar>) -> u64 {
        let mut held = self.exemplars.lock();
        let mut kept = 0;
        for one in exemplars {
            match held.ring.add(one.series, one.exemplar, one.has_own_time) {
                ExemplarOutcome::Added => {
                    held.added += 1;
                    kept += 1;
                }
                ExemplarOutcome::Repeated => kept += 1,
                ExemplarOutcome::OutOfOrder | ExemplarOutcome::TooLong => held.refused += 1,
                ExemplarOutcome::NoRoom => {}
            }
        }
        kept
    }

    /// The exemplars in `range` of each series that any of the selections selects, in
    /// order of the series' labels and of time.
    pub fn exemplars(
        &self,
        selections: &[Vec<Matcher>],
        range: TimeRange,
    ) -> BTreeMap<Labels, Vec<Exemplar>> {
        let selections = selections.iter();
        let selected: HashSet<SeriesRef> = selections
            .flat_map(|matchers| self.head.matching_refs(matchers))
            .collect();
        let found = self
            .exemplars
            .lock()
            .ring
            .select(range, |one| selected.contains(&one));
        // A series that has left since has no labels any more.
        found
            .into_iter()
            .filter_map(|(series, exemplars)| Some((self.head.labels_of(series)?, exemplars)))
            .collect()
    }
}
