//! Matchers to series, and to the names and values of their labels.

use std::sync::Arc;

use hashbrown::HashSet;
use series::{Labels, Matcher, SeriesReader, SeriesStore, StoreError, TimeRange};

use crate::append::SeriesRef;
use crate::head::Head;
use crate::memory::MemorySeries;
use crate::snapshot::Snapshot;

/// Series that are looked up under one lock where a few may be enough.
const LOOKED_UP_AT_ONCE: usize = 1024;

impl Head {
    /// The series that pass all matchers.
    pub(crate) fn matching(&self, matchers: &[Matcher]) -> Vec<Arc<MemorySeries>> {
        let candidates = self.index.read().candidates(matchers);
        let mut found = self.resolve(&candidates.ids);
        // Regular expressions may take a while: nobody waits for them here.
        found.retain(|series| candidates.accept(&series.labels));
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

    /// The labels of such series, at most `limit` of them: those that came
    /// first.
    pub fn labels(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
        limit: usize,
        elsewhere: impl Fn(SeriesRef) -> bool,
    ) -> Vec<Labels> {
        let candidates = self.index.read().candidates(matchers);
        let ids = candidates.ids.chunks(LOOKED_UP_AT_ONCE);
        ids.flat_map(|ids| self.resolve(ids))
            .filter(|series| candidates.accept(&series.labels))
            .filter(|series| is_in(series, range, &elsewhere))
            .map(|series| series.labels.clone())
            .take(limit)
            .collect()
    }

    fn resolve(&self, ids: &[u32]) -> Vec<Arc<MemorySeries>> {
        let table = self.table.read();
        let found = ids.iter().filter_map(|&id| table.get(id));
        found.cloned().collect()
    }

    /// The label names of such series, sorted: the first `limit` of them.
    pub fn label_names(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
        limit: usize,
        elsewhere: impl Fn(SeriesRef) -> bool,
    ) -> Vec<String> {
        if matchers.is_empty() && range == TimeRange::ALL {
            return sorted(self.index.read().names().map(str::to_owned), limit);
        }
        let mut names = HashSet::new();
        for series in self.matching_in(matchers, range, elsewhere) {
            for label in series.labels.iter() {
                names.get_or_insert_with(label.name, |name| name.to_owned());
            }
        }
        sorted(names.into_iter(), limit)
    }

    /// The values of label `name` over such series, sorted: the first `limit`
    /// of them.
    pub fn label_values(
        &self,
        name: &str,
        matchers: &[Matcher],
        range: TimeRange,
        limit: usize,
        elsewhere: impl Fn(SeriesRef) -> bool,
    ) -> Vec<String> {
        if matchers.is_empty() && range == TimeRange::ALL {
            return sorted(self.index.read().values(name).map(str::to_owned), limit);
        }
        if matchers.is_empty() {
            // One series of a value is enough to know that it is there, and
            // values behind the limit need not be looked at.
            let mut lists = self.index.read().lists(name);
            lists.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
            let is_there = |id: &u32| {
                let series = self.table.read().get(*id).cloned();
                series.is_some_and(|series| is_in(&series, range, &elsewhere))
            };
            let there = lists
                .into_iter()
                .filter(|(_, ids)| ids.iter().any(is_there));
            return there.map(|(value, _)| value).take(limit).collect();
        }
        let mut values = HashSet::new();
        for series in self.matching_in(matchers, range, elsewhere) {
            if let Some(value) = series.labels.get(name) {
                values.get_or_insert_with(value, |value| value.to_owned());
            }
        }
        sorted(values.into_iter(), limit)
    }

    fn matching_in(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
        elsewhere: impl Fn(SeriesRef) -> bool,
    ) -> impl Iterator<Item = Arc<MemorySeries>> {
        let found = self.matching(matchers).into_iter();
        found.filter(move |series| is_in(series, range, &elsewhere))
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
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        Ok(self.label_names(matchers, range, limit, |_| false))
    }

    fn label_values(
        &self,
        name: &str,
        matchers: &[Matcher],
        range: TimeRange,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        Ok(self.label_values(name, matchers, range, limit, |_| false))
    }
}

/// Whether the series has samples in `range`, here or elsewhere.
fn is_in(series: &MemorySeries, range: TimeRange, elsewhere: &impl Fn(SeriesRef) -> bool) -> bool {
    let times = series.lock().time_range();
    times.is_some_and(|times| times.overlaps(range)) || elsewhere(SeriesRef(series.id))
}

fn sorted(names: impl Iterator<Item = String>, limit: usize) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(limit);
    names
}

#[cfg(test)]
mod tests {
    use series::Sample;

    use super::*;
    use crate::HeadOptions;

    /// Series `i` has one sample, at `i` seconds.
    fn head() -> Head {
        let head = Head::new(HeadOptions {
            out_of_order_window_ms: 0,
            max_series: usize::MAX,
        });
        for i in 0..5_i64 {
            let labels = Labels::from_pairs([("i", i.to_string())]);
            let series = head.series_ref(&labels, |_, _| {}).unwrap();
            let sample = Sample {
                timestamp_ms: i * 1000,
                value: 1.0,
            };
            head.append(&[(series, sample)], i64::MAX, |_, _| {});
        }
        head
    }

    #[test]
    fn labels_are_those_of_the_range_up_to_the_limit() {
        let head = head();
        let check = |start_ms, limit, expected: &[&str]| {
            let range = TimeRange {
                start_ms,
                end_ms: 3000,
            };
            let found = head.labels(&[], range, limit, |_| false);
            let found: Vec<&str> = found.iter().filter_map(|labels| labels.get("i")).collect();
            assert_eq!(found, expected);
            let matching = Matcher::new("i", series::MatchOp::Regex, ".+").unwrap();
            for matchers in [&[][..], &[matching]] {
                let values = head.label_values("i", matchers, range, limit, |_| false);
                assert_eq!(values, expected);
            }
        };
        check(0, usize::MAX, &["0", "1", "2", "3"]);
        check(1500, usize::MAX, &["2", "3"]);
        check(1500, 1, &["2"]);
        check(4000, usize::MAX, &[]);
    }
}
