//! Selectors: the latest sample of each series at every step.

use series::{SeriesReader, TimeRange};

use super::grid::{ABSENT, Grid, When, is_absent};
use super::vector::{Lazy, Scratch, Series, Vector};
use super::{Evaluator, Outcome};
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
    ) -> Outcome<Selected> {
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

    /// The latest sample of each series: its value, or its time in seconds.
    pub(super) fn latest(
        &self,
        selector: &Selector,
        grid: &Grid,
        kind: Latest,
    ) -> Outcome<Lazy<'a>> {
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

impl<'a> Vector<'a> for LatestSamples<'a> {
    fn series(&self) -> &[Series] {
        &self.selected.series
    }

    fn compute(&self, index: usize, scratch: &mut Scratch, out: &mut [f64]) -> Outcome<()> {
        let mut samples = scratch.samples();
        self.selected.readers[index].read(self.range, &mut samples)?;
        let hold = self.evaluator.budget.hold(samples.len())?;
        let (times, values) = (&samples.timestamps_ms, &samples.values);
        let mut next = 0;
        let mut found = 0;
        for (step, out) in out.iter_mut().enumerate() {
            let now = self.when.look_at(self.grid.time_ms(step));
            while next < times.len() && times[next] <= now {
                next += 1;
            }
            *out = ABSENT;
            // A staleness marker is the absent value itself.
            if next > 0
                && times[next - 1] > now.saturating_sub(self.evaluator.context.lookback_ms)
                && !is_absent(values[next - 1])
            {
                found += 1;
                *out = match self.kind {
                    Latest::Value => values[next - 1],
                    Latest::Timestamp => times[next - 1] as f64 / 1000.0,
                };
            }
        }
        self.evaluator.budget.looked_at(found);
        drop(hold);
        scratch.give_samples(samples);
        Ok(())
    }
}
