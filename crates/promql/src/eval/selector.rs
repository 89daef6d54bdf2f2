//! Selectors: the latest sample of each series at every step.

use series::{SampleColumns, SeriesReader, StoreError, TimeRange};

use super::budget::histogram_samples;
use super::column::{ColumnMut, StepValue};
use super::evaluator::{EvalResult, Evaluator};
use super::grid::{ABSENT, Grid, When, is_absent};
use super::vector::{BoxedOperator, Buffers, Series, VectorOperator};
use crate::EvalError;
use crate::ast::Selector;

/// The series a selector found.
pub(super) struct Selected {
    pub readers: Vec<Box<dyn SeriesReader>>,
    pub series: Vec<Series>,
}

impl<'a> Evaluator<'a> {
    /// Selects series that may have samples after `after_ms` up to `until_ms`.
    pub(super) fn select(
        &self,
        selector: &Selector,
        after_ms: i64,
        until_ms: i64,
    ) -> EvalResult<Selected> {
        self.context.interrupt.check()?;
        let range = open_left(after_ms, until_ms);
        let readers = self.context.store.select(&selector.matchers, range)?;
        let limit = self.context.limits.max_series;
        if readers.len() > limit {
            return Err(EvalError::TooManySeries {
                found: readers.len(),
                limit,
            });
        }
        self.budget.selected(readers.len());
        let series = readers
            .iter()
            .map(|reader| Series {
                labels: reader.labels().clone(),
                drop_name: false,
            })
            .collect();
        Ok(Selected { readers, series })
    }

    /// Appends the samples of a series in `range`. What the store cannot read
    /// costs these samples alone: the answer says so.
    pub(super) fn read(
        &self,
        reader: &dyn SeriesReader,
        range: TimeRange,
        out: &mut SampleColumns,
    ) -> EvalResult<()> {
        match reader.read(range, out) {
            Err(StoreError::Partial(damage)) => {
                self.annotations.unreadable_samples(damage);
                Ok(())
            }
            other => Ok(other?),
        }
    }

    /// The latest sample of each series: its value, or its time in seconds.
    pub(super) fn latest(
        &self,
        selector: &Selector,
        grid: &Grid,
        kind: Latest,
    ) -> EvalResult<BoxedOperator<'a>> {
        let when = When::resolve(selector.shift, self.query);
        let (first, last) = when.span(grid);
        let after_ms = first.saturating_sub(self.context.lookback_ms);
        let selected = self.select(selector, after_ms, last)?;
        Ok(Box::new(LatestSamples {
            evaluator: self.clone(),
            selected,
            grid: *grid,
            when,
            range: open_left(after_ms, last),
            kind,
        }))
    }
}

/// The range behind `after_ms` up to and with `until_ms`.
pub(super) fn open_left(after_ms: i64, until_ms: i64) -> TimeRange {
    TimeRange {
        start_ms: after_ms.saturating_add(1),
        end_ms: until_ms,
    }
}

/// What is wanted of the latest sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Latest {
    Value,
    Timestamp,
}

struct LatestSamples<'a> {
    evaluator: Evaluator<'a>,
    selected: Selected,
    grid: Grid,
    when: When,
    range: TimeRange,
    kind: Latest,
}

impl<'a> VectorOperator<'a> for LatestSamples<'a> {
    fn series(&self) -> &[Series] {
        &self.selected.series
    }

    fn compute(
        &self,
        index: usize,
        buffers: &mut Buffers,
        out: &mut ColumnMut<'_>,
    ) -> EvalResult<()> {
        let mut samples = buffers.samples();
        let reader = &*self.selected.readers[index];
        self.evaluator.read(reader, self.range, &mut samples)?;
        let hold = self.evaluator.budget.hold(sample_count(&samples))?;
        let found = if samples.histograms.is_none() {
            self.latest_at_steps(&samples, out.floats)
        } else {
            self.latest_of_both(&samples, out)
        };
        self.evaluator.budget.looked_at(found);
        drop(hold);
        buffers.return_samples(samples);
        Ok(())
    }
}

/// What samples count for against the limit.
pub(super) fn sample_count(samples: &SampleColumns) -> usize {
    let histograms = samples.iter_histograms();
    let more: usize = histograms.map(|(_, one)| histogram_samples(one)).sum();
    samples.len() + more
}

/// Which of the samples at `times` is the latest up to each of ascending
/// instants.
struct Cursor<'t> {
    times: &'t [i64],
    next: usize,
}

impl<'t> Cursor<'t> {
    fn new(times: &'t [i64]) -> Self {
        Self { times, next: 0 }
    }

    /// The latest sample up to `now`, if it is later than `oldest`.
    fn latest(&mut self, now: i64, oldest: i64) -> Option<usize> {
        while self.next < self.times.len() && self.times[self.next] <= now {
            self.next += 1;
        }
        let last = self.next.checked_sub(1)?;
        (self.times[last] > oldest).then_some(last)
    }
}

impl LatestSamples<'_> {
    /// Fills the column; gives how many steps have a sample.
    fn latest_at_steps(&self, samples: &SampleColumns, out: &mut [f64]) -> u64 {
        let (times, values) = (&samples.timestamps_ms, &samples.values);
        let stride_ms = self.when.stride_ms(&self.grid);
        let mut now = self.when.look_at(self.grid.start_ms);
        let (mut cursor, mut found) = (Cursor::new(times), 0);
        for out in out {
            let oldest = now.saturating_sub(self.evaluator.context.lookback_ms);
            // A staleness marker is the absent value itself.
            *out = match cursor.latest(now, oldest) {
                Some(last) if !is_absent(values[last]) => {
                    found += 1;
                    match self.kind {
                        Latest::Value => values[last],
                        Latest::Timestamp => times[last] as f64 / 1000.0,
                    }
                }
                _ => ABSENT,
            };
            now = now.saturating_add(stride_ms);
        }
        found
    }

    /// The same of a series that has histograms: the later of the latest float
    /// and the latest histogram.
    fn latest_of_both(&self, samples: &SampleColumns, out: &mut ColumnMut<'_>) -> u64 {
        let Some(histograms) = &samples.histograms else {
            return 0;
        };
        let stride_ms = self.when.stride_ms(&self.grid);
        let mut now = self.when.look_at(self.grid.start_ms);
        let mut floats = Cursor::new(&samples.timestamps_ms);
        let mut others = Cursor::new(&histograms.timestamps_ms);
        let mut found = 0;
        for step in 0..self.grid.len {
            let oldest = now.saturating_sub(self.evaluator.context.lookback_ms);
            let float = floats.latest(now, oldest);
            let float = float.map(|last| (samples.timestamps_ms[last], last));
            let other = others.latest(now, oldest);
            let other = other.map(|last| (histograms.timestamps_ms[last], last));
            let latest = match (float, other) {
                (_, Some((time_ms, last))) if other > float => {
                    let fresh = Some(&histograms.values[last]).filter(|latest| !latest.is_stale());
                    fresh.map(|latest| (time_ms, StepValue::Histogram(latest.clone())))
                }
                (Some((time_ms, last)), _) => {
                    let fresh = Some(samples.values[last]).filter(|value| !is_absent(*value));
                    fresh.map(|value| (time_ms, StepValue::Float(value)))
                }
                _ => None,
            };
            found += latest
                .as_ref()
                .map_or(0, |(_, value)| value.samples() as u64);
            let value = latest.map(|(time_ms, value)| match self.kind {
                Latest::Value => value,
                Latest::Timestamp => StepValue::Float(time_ms as f64 / 1000.0),
            });
            out.set(step, value);
            now = now.saturating_add(stride_ms);
        }
        found
    }
}
