//! The samples of one series as columns: floats, and histograms beside them.

use std::ops::Range;
use std::sync::Arc;

use crate::{Histogram, Sample, TimeRange};

/// The samples of a series: floats as two columns of one length, timestamps
/// strictly ascending, and the histograms, where there are any, beside them.
///
/// A time has a float or a histogram, never both. Nearly every series has
/// floats alone: for those the histograms cost one pointer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SampleColumns {
    /// Of the floats, in milliseconds since the Unix epoch.
    pub timestamps_ms: Vec<i64>,
    /// The float at the same index's time.
    pub values: Vec<f64>,
    /// The histograms; `None` where there is none.
    pub histograms: Option<Box<HistogramColumn>>,
}

/// How many samples of each kind columns have: a place to come back to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths {
    /// How many floats.
    pub floats: usize,
    /// How many histograms.
    pub histograms: usize,
}

/// Histograms as two columns of one length, timestamps strictly ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistogramColumn {
    /// Milliseconds since the Unix epoch.
    pub timestamps_ms: Vec<i64>,
    /// The histogram at the same index's time.
    pub values: Vec<Arc<Histogram>>,
}

impl SampleColumns {
    /// Floats alone: columns of one length, timestamps strictly ascending.
    pub fn of_floats(timestamps_ms: Vec<i64>, values: Vec<f64>) -> Self {
        Self {
            timestamps_ms,
            values,
            histograms: None,
        }
    }

    /// Appends one float; the caller keeps the order.
    pub fn push(&mut self, timestamp_ms: i64, value: f64) {
        self.timestamps_ms.push(timestamp_ms);
        self.values.push(value);
    }

    /// Appends one histogram; the caller keeps the order.
    pub fn push_histogram(&mut self, timestamp_ms: i64, histogram: Arc<Histogram>) {
        let column = self.histograms.get_or_insert_default();
        column.timestamps_ms.push(timestamp_ms);
        column.values.push(histogram);
    }

    /// Empties the columns and keeps the floats' allocation.
    pub fn clear(&mut self) {
        self.timestamps_ms.clear();
        self.values.clear();
        self.histograms = None;
    }

    /// How many floats there are.
    pub fn len(&self) -> usize {
        self.timestamps_ms.len()
    }

    /// How many samples of each kind there are.
    pub fn lengths(&self) -> Lengths {
        let histograms = self.histograms.as_deref();
        Lengths {
            floats: self.len(),
            histograms: histograms.map_or(0, |column| column.timestamps_ms.len()),
        }
    }

    /// Forgets what was appended since there were `lengths` of each kind.
    pub fn truncate(&mut self, lengths: Lengths) {
        self.timestamps_ms.truncate(lengths.floats);
        self.values.truncate(lengths.floats);
        if let Some(column) = &mut self.histograms {
            column.timestamps_ms.truncate(lengths.histograms);
            column.values.truncate(lengths.histograms);
        }
        self.drop_empty_column();
    }

    /// Takes out what was appended since there were `lengths` of each kind.
    #[must_use]
    pub fn split_off(&mut self, lengths: Lengths) -> Self {
        let mut tail = Self::of_floats(
            self.timestamps_ms.split_off(lengths.floats),
            self.values.split_off(lengths.floats),
        );
        if let Some(column) = &mut self.histograms {
            tail.histograms = Some(Box::new(HistogramColumn {
                timestamps_ms: column.timestamps_ms.split_off(lengths.histograms),
                values: column.values.split_off(lengths.histograms),
            }));
            tail.drop_empty_column();
        }
        self.drop_empty_column();
        tail
    }

    /// Forgets, of what was appended since there were `start` of each kind, the
    /// samples whose time is not to be kept.
    pub fn retain_from(&mut self, start: Lengths, keep: impl Fn(i64) -> bool) {
        retain(
            &mut self.timestamps_ms,
            &mut self.values,
            start.floats,
            &keep,
        );
        if let Some(column) = &mut self.histograms {
            let HistogramColumn {
                timestamps_ms,
                values,
            } = &mut **column;
            retain(timestamps_ms, values, start.histograms, &keep);
        }
        self.drop_empty_column();
    }

    /// A column of histograms is there only where it has any.
    fn drop_empty_column(&mut self) {
        self.histograms
            .take_if(|column| column.timestamps_ms.is_empty());
    }

    /// Whether there is neither a float nor a histogram.
    pub fn is_empty(&self) -> bool {
        self.timestamps_ms.is_empty() && self.histograms.is_none()
    }

    /// The floats in order of time.
    pub fn iter(&self) -> impl Iterator<Item = Sample> + '_ {
        self.timestamps_ms
            .iter()
            .zip(&self.values)
            .map(|(&timestamp_ms, &value)| Sample {
                timestamp_ms,
                value,
            })
    }

    /// The histograms in order of time.
    pub fn iter_histograms(&self) -> impl Iterator<Item = (i64, &Arc<Histogram>)> + '_ {
        let columns = self.histograms.iter();
        columns.flat_map(|column| column.timestamps_ms.iter().copied().zip(&column.values))
    }

    /// The samples in a range of time.
    #[must_use]
    pub fn within(&self, range: TimeRange) -> Self {
        let floats = places(&self.timestamps_ms, range);
        let mut within = Self::of_floats(
            self.timestamps_ms[floats.clone()].to_vec(),
            self.values[floats].to_vec(),
        );
        for (timestamp_ms, histogram) in self.iter_histograms() {
            if range.contains(timestamp_ms) {
                within.push_histogram(timestamp_ms, histogram.clone());
            }
        }
        within
    }

    /// The same samples at other times, none of which is beyond what can be told.
    #[must_use]
    pub fn moved(&self, later_ms: i64) -> Self {
        let mut moved = self.clone();
        let histograms = moved.histograms.as_deref_mut();
        let times = histograms.map(|column| &mut column.timestamps_ms);
        for time in moved
            .timestamps_ms
            .iter_mut()
            .chain(times.into_iter().flatten())
        {
            *time = time.saturating_add(later_ms);
        }
        moved
    }

    /// Appends samples that are later than all these.
    pub fn append(&mut self, later: Self) {
        self.timestamps_ms.extend(later.timestamps_ms);
        self.values.extend(later.values);
        let Some(histograms) = later.histograms else {
            return;
        };
        let column = self.histograms.get_or_insert_default();
        column.timestamps_ms.extend(histograms.timestamps_ms);
        column.values.extend(histograms.values);
    }

    /// The time of the newest sample of either kind.
    pub fn newest_ms(&self) -> Option<i64> {
        let histograms = self.histograms.as_deref();
        let histogram = histograms.and_then(|column| column.timestamps_ms.last());
        self.timestamps_ms.last().max(histogram).copied()
    }

    /// What the samples take in memory, for accounting.
    pub fn size_bytes(&self) -> usize {
        let histograms = self.iter_histograms();
        let histograms: usize = histograms.map(|(_, one)| 16 + one.size_bytes()).sum();
        16 * self.len() + histograms
    }
}

/// Forgets the values from `start` on whose time is not to be kept.
fn retain<T>(times: &mut Vec<i64>, values: &mut Vec<T>, start: usize, keep: impl Fn(i64) -> bool) {
    let mut kept = start;
    for index in start..times.len() {
        if keep(times[index]) {
            times.swap(kept, index);
            values.swap(kept, index);
            kept += 1;
        }
    }
    times.truncate(kept);
    values.truncate(kept);
}

/// Which of ascending times lie in the range.
fn places(times: &[i64], range: TimeRange) -> Range<usize> {
    let first = times.partition_point(|time| *time < range.start_ms);
    let end = times.partition_point(|time| *time <= range.end_ms);
    first..end.max(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(floats: &[i64], histograms: &[i64]) -> SampleColumns {
        let mut samples = SampleColumns::default();
        for &time in floats {
            samples.push(time, time as f64);
        }
        for &time in histograms {
            samples.push_histogram(time, Arc::default());
        }
        samples
    }

    #[test]
    fn floats_and_histograms_are_cut_and_joined_together() {
        let all = both(&[1, 3, 7], &[4, 5]);
        let range = |start_ms, end_ms| TimeRange { start_ms, end_ms };
        assert_eq!(all.within(range(3, 4)), both(&[3], &[4]));
        assert_eq!(all.within(range(6, 9)), both(&[7], &[]));
        assert!(all.within(range(8, 5)).is_empty());
        let mut joined = all.within(range(0, 3));
        joined.append(all.within(range(4, 9)));
        assert_eq!(joined, all);
        assert_eq!(all.moved(9).moved(-9), all);
        assert_eq!(all.moved(1).newest_ms(), Some(8));
        assert_eq!(both(&[], &[2]).newest_ms(), Some(2));
        assert!(!both(&[], &[2]).is_empty());
        assert_eq!(both(&[1], &[]).size_bytes(), 16);
    }

    #[test]
    fn what_was_appended_is_taken_back() {
        let mut samples = both(&[1, 3], &[]);
        let before = samples.lengths();
        samples.append(both(&[5, 9], &[6, 8]));
        assert_eq!(
            (samples.lengths().floats, samples.lengths().histograms),
            (4, 2)
        );
        samples.retain_from(before, |time| time > 5 && time < 9);
        assert_eq!(samples, both(&[1, 3], &[6, 8]));
        assert_eq!(samples.split_off(before), both(&[], &[6, 8]));
        assert_eq!(samples, both(&[1, 3], &[]));
        samples.append(both(&[5], &[6]));
        samples.truncate(before);
        assert_eq!(samples, both(&[1, 3], &[]));
        samples.append(both(&[], &[6]));
        samples.retain_from(before, |_| false);
        assert_eq!(samples, both(&[1, 3], &[]));
    }
}
