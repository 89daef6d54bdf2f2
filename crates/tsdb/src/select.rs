//! Matchers to series, and to the names and values of their labels.

use std::sync::Arc;

use hashbrown::HashSet;
use series::{Matcher, SeriesReader, SeriesStore, StoreError, TimeRange};

use crate::append::SeriesRef;
use crate::head::Head;
use crate::memory::MemorySeries;
use crate::snapshot::Snapshot;

impl Head {
    /// The series that pass all matchers.
    pub(crate) fn matching(&self, matchers: &[Matcher]) -> Vec<Arc<MemorySeries>> {
        let candidates = self.index.read().candidates(matchers);
        let mut found: Vec<Arc<MemorySeries>> = {
            let table = self.table.read();
            let ids = candidates.ids.iter();
            ids.filter_map(|id| table.series.get(id)).cloned().collect()
        };
        // Regular expressions may take a while: nobody waits for them here.
        found.retain(|series| {
            let mut unchecked = candidates.unchecked.iter();
            unchecked
                .all(|matcher| matcher.matches(series.labels.get(matcher.name()).unwrap_or("")))
        });
        found
    }

    /// The series that pass all matchers and have samples in `range`, here or,
    /// as `elsewhere` knows, on disk.
    pub fn snapshots(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
        elsewhere: impl Fn(SeriesRef) -> bool,
    ) -> Vec<Snapshot> {
        self.matching(matchers)
            .into_iter()
            .filter_map(|series| {
                let samples = series.lock().freeze(range);
                let found = samples.is_some() || elsewhere(SeriesRef(series.id));
                found.then_some(Snapshot { series, samples })
            })
            .collect()
    }

    /// The label names of such series, sorted.
    pub fn label_names(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
        elsewhere: impl Fn(SeriesRef) -> bool,
    ) -> Vec<String> {
        if matchers.is_empty() && range == TimeRange::ALL {
            return sorted(self.index.read().names().map(str::to_owned));
        }
        let mut names = HashSet::new();
        for series in self.matching_in(matchers, range, elsewhere) {
            for label in series.labels.iter() {
                names.get_or_insert_with(label.name, |name| name.to_owned());
            }
        }
        sorted(names.into_iter())
    }

    /// The values of label `name` over such series, sorted.
    pub fn label_values(
        &self,
        name: &str,
        matchers: &[Matcher],
        range: TimeRange,
        elsewhere: impl Fn(SeriesRef) -> bool,
    ) -> Vec<String> {
        if matchers.is_empty() && range == TimeRange::ALL {
            return sorted(self.index.read().values(name).map(str::to_owned));
        }
        let mut values = HashSet::new();
        for series in self.matching_in(matchers, range, elsewhere) {
            if let Some(value) = series.labels.get(name) {
                values.get_or_insert_with(value, |value| value.to_owned());
            }
        }
        sorted(values.into_iter())
    }

    fn matching_in(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
        elsewhere: impl Fn(SeriesRef) -> bool,
    ) -> impl Iterator<Item = Arc<MemorySeries>> {
        self.matching(matchers).into_iter().filter(move |series| {
            let times = series.lock().time_range();
            times.is_some_and(|times| times.overlaps(range)) || elsewhere(SeriesRef(series.id))
        })
    }
}

impl SeriesStore for Head {
    fn select(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
    ) -> Result<Vec<Box<dyn SeriesReader>>, StoreError> {
        let found = self.snapshots(matchers, range, |_| false);
        let boxed = found.into_iter().map(|one| Box::new(one) as _);
        Ok(boxed.collect())
    }

    fn label_names(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
    ) -> Result<Vec<String>, StoreError> {
        Ok(self.label_names(matchers, range, |_| false))
    }

    fn label_values(
        &self,
        name: &str,
        matchers: &[Matcher],
        range: TimeRange,
    ) -> Result<Vec<String>, StoreError> {
        Ok(self.label_values(name, matchers, range, |_| false))
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}
