//! Labels to series: sorted lists of series ids ("postings") by label pair.
//!
//! Ids are handed out in ascending order, so that adding a series almost
//! always appends to its lists; only a WAL may name them in another order.

use std::sync::Arc;

use hashbrown::HashMap;
use series::{Labels, Matcher};

use crate::memory::MemorySeries;
use crate::statistics::{Count, Statistics, top};

#[derive(Default)]
pub(crate) struct Index {
    all: Vec<u32>,
    postings: HashMap<String, HashMap<String, Vec<u32>>>,
}

/// What the index knows of a selection: the ids that the postings yield, and
/// the matchers that must still be applied to each one's labels.
pub(crate) struct Candidates<'m> {
    pub ids: Vec<u32>,
    pub unchecked: Vec<&'m Matcher>,
}

impl Candidates<'_> {
    /// Whether these labels pass the matchers that the postings leave.
    pub fn accept(&self, labels: &Labels) -> bool {
        let mut unchecked = self.unchecked.iter();
        unchecked.all(|matcher| matcher.matches(labels.get(matcher.name()).unwrap_or("")))
    }
}

impl Index {
    /// Adds a series.
    pub fn add(&mut self, id: u32, labels: &Labels) {
        insert_sorted(&mut self.all, id);
        for label in labels.iter() {
            let values = self.postings.entry_ref(label.name).or_default();
            insert_sorted(values.entry_ref(label.value).or_default(), id);
        }
    }

    /// Forgets series, given in ascending order of id.
    pub fn remove(&mut self, dead: &[Arc<MemorySeries>]) {
        let alive = |id: &u32| dead.binary_search_by_key(id, |series| series.id).is_err();
        self.all.retain(alive);
        for label in dead.iter().flat_map(|series| series.labels.iter()) {
            let Some(values) = self.postings.get_mut(label.name) else {
                continue;
            };
            let Some(ids) = values.get_mut(label.value) else {
                continue;
            };
            // Another dead series of the same pair has cleaned the list.
            if !ids.iter().all(alive) {
                ids.retain(alive);
            }
            if ids.is_empty() {
                values.remove(label.value);
            }
            if values.is_empty() {
                self.postings.remove(label.name);
            }
        }
    }

    /// Narrows a selection down by the postings that are cheap to combine:
    /// first the matchers with a known set of values, then either the labels
    /// of what is left (few candidates) or all values (many).
    pub fn candidates<'m>(&self, matchers: &'m [Matcher]) -> Candidates<'m> {
        let (known, other): (Vec<&Matcher>, Vec<&Matcher>) = matchers
            .iter()
            .partition(|matcher| matcher.values().is_some() && !matcher.matches_absent());
        let mut ids: Option<Vec<u32>> = None;
        for matcher in known {
            let values = matcher.values().unwrap_or_default();
            let found = self.union(matcher.name(), |list| {
                values
                    .iter()
                    .filter_map(|value| list.get(*value).map(Vec::as_slice))
                    .collect()
            });
            ids = Some(intersect(ids, found));
        }
        let mut unchecked = Vec::new();
        for matcher in other {
            let values = self.postings.get(matcher.name()).map_or(0, HashMap::len);
            let few = ids.as_ref().is_some_and(|ids| ids.len() <= values);
            if few || matcher.matches_absent() {
                unchecked.push(matcher);
            } else {
                let found = self.union(matcher.name(), |list| {
                    list.iter()
                        .filter(|(value, _)| matcher.matches(value))
                        .map(|(_, ids)| ids.as_slice())
                        .collect()
                });
                ids = Some(intersect(ids, found));
            }
        }
        Candidates {
            ids: ids.unwrap_or_else(|| self.all.clone()),
            unchecked,
        }
    }

    /// Every label name, unsorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.postings.keys().map(String::as_str)
    }

    /// Every value of a label, unsorted.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.postings
            .get(name)
            .into_iter()
            .flat_map(|values| values.keys().map(String::as_str))
    }

    /// Every value of a label with its series' ids.
    pub fn lists(&self, name: &str) -> Vec<(String, Vec<u32>)> {
        let values = self.postings.get(name).into_iter().flatten();
        values
            .map(|(value, ids)| (value.clone(), ids.clone()))
            .collect()
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Fills in what the index knows of the statistics, lists of `rows` rows.
    pub fn describe(&self, statistics: &mut Statistics, rows: usize) {
        statistics.series = self.len() as u64;
        statistics.label_pairs = self.pairs().count() as u64;
        statistics.series_by_metric = top(
            self.pairs()
                .filter(|(name, ..)| *name == series::METRIC_NAME)
                .map(|(_, value, ids)| Count::new(value, ids)),
            rows,
        );
        statistics.values_by_label = top(
            self.postings
                .iter()
                .map(|(name, values)| Count::new(name, values.len())),
            rows,
        );
        let bytes = |values: &HashMap<String, Vec<u32>>| {
            let sizes = values.iter().map(|(value, ids)| value.len() * ids.len());
            sizes.sum()
        };
        statistics.bytes_by_label = top(
            self.postings
                .iter()
                .map(|(name, values)| Count::new(name, bytes(values))),
            rows,
        );
        statistics.series_by_pair = top(
            self.pairs()
                .map(|(name, value, ids)| Count::new(format!("{name}={value}"), ids)),
            rows,
        );
    }

    /// Every name, value and number of series.
    fn pairs(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.postings.iter().flat_map(|(name, values)| {
            values
                .iter()
                .map(move |(value, ids)| (name.as_str(), value.as_str(), ids.len()))
        })
    }

    fn union<'a>(
        &'a self,
        name: &str,
        choose: impl FnOnce(&'a HashMap<String, Vec<u32>>) -> Vec<&'a [u32]>,
    ) -> Vec<u32> {
        let lists = self.postings.get(name).map(choose).unwrap_or_default();
        let mut ids = lists.concat();
        // A series has one value of a label, so the lists share no id.
        if lists.len() > 1 {
            ids.sort_unstable();
        }
        ids
    }
}

fn insert_sorted(ids: &mut Vec<u32>, id: u32) {
    if ids.last().is_none_or(|&last| last < id) {
        ids.push(id);
    } else if let Err(position) = ids.binary_search(&id) {
        ids.insert(position, id);
    }
}

fn intersect(so_far: Option<Vec<u32>>, mut found: Vec<u32>) -> Vec<u32> {
    let Some(mut ids) = so_far else {
        return found;
    };
    if ids.len() > found.len() {
        std::mem::swap(&mut ids, &mut found);
    }
    // The shorter list leads: each id searches only beyond the one before.
    let mut rest = found.as_slice();
    ids.retain(|id| {
        let position = gallop(rest, *id);
        rest = &rest[position..];
        rest.first() == Some(id)
    });
    ids
}

/// The index of the first entry that is not below `id`, by doubling steps.
fn gallop(sorted: &[u32], id: u32) -> usize {
    let mut bound = 1;
    while bound < sorted.len() && sorted[bound] < id {
        bound *= 2;
    }
    let start = bound / 2;
    let end = sorted.len().min(bound + 1);
    start + sorted[start..end].partition_point(|&entry| entry < id)
}
