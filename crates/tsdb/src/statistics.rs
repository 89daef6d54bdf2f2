//! Where the series come from: the figures of `/api/v1/status/tsdb`.

use std::cmp::Ordering;

use series::TimeRange;

/// One row of a top list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// A metric name, a label name, or `name=value`.
    pub name: String,
    /// How many series, values or bytes.
    pub value: u64,
}

impl Count {
    pub(crate) fn new(name: impl Into<String>, value: usize) -> Self {
        Self {
            name: name.into(),
            value: value as u64,
        }
    }
}

/// The store's size and its most frequent names, each list descending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Series the index knows.
    pub series: u64,
    /// Distinct `name=value` pairs.
    pub label_pairs: u64,
    /// Chunks in memory.
    pub chunks: u64,
    /// Samples in memory.
    pub samples: u64,
    /// Bytes of those samples as they are kept.
    pub sample_bytes: u64,
    /// The times of the samples; `None` in an empty store.
    pub time_range: Option<TimeRange>,
    /// Series by metric name.
    pub series_by_metric: Vec<Count>,
    /// Distinct values by label name.
    pub values_by_label: Vec<Count>,
    /// Bytes of the values of each label name, over all series.
    pub bytes_by_label: Vec<Count>,
    /// Series by `name=value`.
    pub series_by_pair: Vec<Count>,
}

fn descending(a: &Count, b: &Count) -> Ordering {
    b.value.cmp(&a.value).then_with(|| a.name.cmp(&b.name))
}

/// Sorts descending and keeps the first `limit` rows; equal counts by name.
pub(crate) fn top(counts: impl Iterator<Item = Count>, limit: usize) -> Vec<Count> {
    let mut counts: Vec<Count> = counts.collect();
    if counts.len() > limit {
        counts.select_nth_unstable_by(limit, descending);
        counts.truncate(limit);
    }
    counts.sort_unstable_by(descending);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_largest_in_descending_order() {
        let counts = [3, 9, 1, 9, 5]
            .into_iter()
            .enumerate()
            .map(|(index, value)| Count::new(index.to_string(), value));
        let names: Vec<String> = top(counts, 3).into_iter().map(|row| row.name).collect();
        assert_eq!(names, ["1", "3", "4"]);
    }
}
