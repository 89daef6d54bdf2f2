//! Selectors: the latest sample of each series at every step.

use series::{SampleColumns, SeriesReader, StoreError, TimeRange};

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

    fn compute(&self, index: usize, buffers: &mut Buffers, out: &mut [f64]) -> EvalResult<()> {
        let mut samples = buffers.samples();
        let reader = &*self.selected.readers[index];
        self.evaluator.read(reader, self.range, &mut samples)?;
        let hold = self.evaluator.budget.hold(samples.len())?;
        let found = self.latest_at_steps(&samples, out);
        self.evaluator.budget.looked_at(found);
        drop(hold);
        buffers.return_samples(samples);
        Ok(())
    }
}

impl LatestSamples<'_> {
    /// Fills the column; gives how many steps have a sample.
    fn latest_at_steps(&self, samples: &SampleColumns, out: &mut [f64]) -> u64 {
        let (times, values) = (&samples.timestamps_ms, &samples.values);
        let stride_ms = self.when.stride_ms(&self.grid);
        let mut now = self.when.look_at(self.grid.start_ms);
        let (mut next, mut found) = (0, 0);
        for out in out {
            while next < times.len() && times[next] <= now {
                next += 1;
            }
            let oldest = now.saturating_sub(self.evaluator.context.lookback_ms);
            // A staleness marker is the absent value itself.
            *out = match next.checked_sub(1) {
                Some(last) if times[last] > oldest && !is_absent(values[last]) => {
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
}
