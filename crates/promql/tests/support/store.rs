//! A store that holds whole columns in memory, in order of creation.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use series::{
    Histogram, Labels, Matcher, SampleColumns, SeriesReader, SeriesStore, StoreError, TimeRange,
};

/// Series in order of creation.
#[derive(Clone, Default)]
pub struct MemoryStore {
    series: Vec<(Labels, Arc<SampleColumns>)>,
    places: HashMap<Labels, usize>,
}

impl MemoryStore {
    /// Adds samples to a series; of two at one time the later added wins.
    pub fn add(&mut self, labels: Labels, samples: impl IntoIterator<Item = (i64, f64)>) {
        let columns = self.columns(labels);
        for (time, value) in samples {
            match columns.timestamps_ms.binary_search(&time) {
                Ok(index) => columns.values[index] = value,
                Err(index) => {
                    columns.timestamps_ms.insert(index, time);
                    columns.values.insert(index, value);
                }
            }
        }
    }

    /// Adds histograms to a series, each later than those it has.
    pub fn add_histograms(
        &mut self,
        labels: Labels,
        samples: impl IntoIterator<Item = (i64, Arc<Histogram>)>,
    ) {
        let columns = self.columns(labels);
        for (time, histogram) in samples {
            columns.push_histogram(time, histogram);
        }
    }

    fn columns(&mut self, labels: Labels) -> &mut SampleColumns {
        let next = self.series.len();
        let place = *self.places.entry(labels.clone()).or_insert(next);
        if place == next {
            self.series.push((labels, Arc::default()));
        }
        Arc::make_mut(&mut self.series[place].1)
    }

    fn selected<'s>(
        &'s self,
        matchers: &'s [Matcher],
    ) -> impl Iterator<Item = &'s (Labels, Arc<SampleColumns>)> {
        self.series.iter().filter(move |(labels, _)| {
            matchers
                .iter()
                .all(|matcher| matcher.matches(labels.get(matcher.name()).unwrap_or("")))
        })
    }
}

struct MemoryReader {
    labels: Labels,
    samples: Arc<SampleColumns>,
}

impl SeriesReader for MemoryReader {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn read(&self, range: TimeRange, out: &mut SampleColumns) -> Result<(), StoreError> {
        let samples = &*self.samples;
        let inside = within(&samples.timestamps_ms, range);
        let times = &samples.timestamps_ms[inside.clone()];
        out.timestamps_ms.extend_from_slice(times);
        out.values.extend_from_slice(&samples.values[inside]);
        if let Some(column) = &samples.histograms {
            for at in within(&column.timestamps_ms, range) {
                out.push_histogram(column.timestamps_ms[at], column.values[at].clone());
            }
        }
        Ok(())
    }
}

/// Which of ascending times lie in the range.
fn within(times: &[i64], range: TimeRange) -> Range<usize> {
    let low = times.partition_point(|time| *time < range.start_ms);
    let high = times.partition_point(|time| *time <= range.end_ms);
    low..high.max(low)
}

impl SeriesStore for MemoryStore {
    fn select(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
    ) -> Result<Vec<Box<dyn SeriesReader>>, StoreError> {
        let readers = self
            .selected(matchers)
            .filter(|(_, samples)| {
                let histograms = samples.histograms.as_deref();
                let has_any = |times: &[i64]| !within(times, range).is_empty();
                has_any(&samples.timestamps_ms)
                    || histograms.is_some_and(|column| has_any(&column.timestamps_ms))
            })
            .map(|(labels, samples)| {
                Box::new(MemoryReader {
                    labels: labels.clone(),
                    samples: samples.clone(),
                }) as Box<dyn SeriesReader>
            });
        Ok(readers.collect())
    }

    fn label_names(
        &self,
        matchers: &[Matcher],
        _: TimeRange,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        let all = self
            .selected(matchers)
            .flat_map(|(labels, _)| labels.iter());
        let names: std::collections::BTreeSet<String> =
            all.map(|label| label.name.to_owned()).collect();
        Ok(names.into_iter().take(limit).collect())
    }

    fn label_values(
        &self,
        name: &str,
        matchers: &[Matcher],
        _: TimeRange,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        let all = self
            .selected(matchers)
            .filter_map(|(labels, _)| labels.get(name));
        let values: std::collections::BTreeSet<String> = all.map(str::to_owned).collect();
        Ok(values.into_iter().take(limit).collect())
    }
}
