//! A store that holds whole columns in memory, in order of creation.

use std::collections::HashMap;
use std::sync::Arc;

use series::{Labels, Matcher, SampleColumns, SeriesReader, SeriesStore, StoreError, TimeRange};

/// Series in order of creation.
#[derive(Clone, Default)]
pub struct MemoryStore {
    series: Vec<(Labels, Arc<SampleColumns>)>,
    places: HashMap<Labels, usize>,
}

impl MemoryStore {
    /// Adds samples to a series; of two at one time the later added wins.
    pub fn add(&mut self, labels: Labels, samples: impl IntoIterator<Item = (i64, f64)>) {
        let next = self.series.len();
        let place = *self.places.entry(labels.clone()).or_insert(next);
        if place == next {
            self.series.push((labels, Arc::default()));
        }
        let columns = Arc::make_mut(&mut self.series[place].1);
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
        let times = &self.samples.timestamps_ms;
        let low = times.partition_point(|time| *time < range.start_ms);
        let high = times.partition_point(|time| *time <= range.end_ms).max(low);
        out.timestamps_ms.extend_from_slice(&times[low..high]);
        out.values
            .extend_from_slice(&self.samples.values[low..high]);
        Ok(())
    }
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
                let first = samples.timestamps_ms.first();
                let last = samples.timestamps_ms.last();
                first.is_some_and(|first| *first <= range.end_ms)
                    && last.is_some_and(|last| *last >= range.start_ms)
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
