//! Range vectors over a grid: a list of series, each with all samples that any
//! step's window may hold, and which of them each window holds.

use std::cell::Cell;

use series::{
    CounterResetHint, Histogram, HistogramColumn, SampleColumns, SeriesReader, TimeRange,
};

use super::column::push_present;
use super::evaluated::mistyped;
use super::evaluator::{EvalResult, Evaluator};
use super::grid::{Grid, When, is_absent};
use super::materialized::MaterializedVector;
use super::selector::{Selected, open_left, sample_count};
use super::vector::{BoxedOperator, Buffers, Series};
use crate::Interrupt;
use crate::ast::{Expr, ExprKind, Range, Subquery};

/// The samples of a range selector or a subquery.
pub(super) struct Windows<'a> {
    evaluator: Evaluator<'a>,
    source: Source<'a>,
    pub grid: Grid,
    when: When,
    pub range_ms: i64,
}

enum Source<'a> {
    Stored {
        selected: Selected,
        range: TimeRange,
    },
    /// The values of an inner evaluation; `None` where it has no step.
    Evaluated(BoxedOperator<'a>, Option<Grid>),
}

/// The samples of one series, over which each step has a window.
#[derive(Clone, Copy)]
pub(super) struct Windowed<'s> {
    pub times: &'s [i64],
    pub values: &'s [f64],
    /// The histograms among the samples, which `times` and `values` are not.
    pub histograms: Option<&'s HistogramColumn>,
    pub grid: &'s Grid,
    pub when: When,
    pub range_ms: i64,
    /// Adds up the samples that all windows hold together.
    pub looked_at: &'s Cell<u64>,
    pub interrupt: &'s Interrupt,
}

/// So many windows are slid over between two looks at the interrupt.
const STEPS_A_CHECK: usize = 16;

/// One step's window: the samples at `low..high`, the last instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub low: usize,
    pub high: usize,
    pub end_ms: i64,
}

impl Window {
    pub(super) fn is_empty(&self) -> bool {
        self.low == self.high
    }

    pub(super) fn len(&self) -> usize {
        self.high - self.low
    }
}

impl<'s> Windowed<'s> {
    /// Counts samples that a step has looked at.
    pub(super) fn looked_at(&self, samples: u64) {
        self.looked_at.set(self.looked_at.get() + samples);
    }

    /// Every step's window, by two indices that only move on; fewer where the
    /// evaluation is interrupted, for a step may look at very many samples.
    pub(super) fn windows(&self) -> impl Iterator<Item = Window> + use<'s> {
        let looked_at = self.looked_at;
        self.windows_over(self.times).inspect(move |window| {
            looked_at.set(looked_at.get() + window.len() as u64);
        })
    }

    /// The windows over samples at `times`, which nobody counts.
    pub(super) fn windows_over(&self, times: &'s [i64]) -> impl Iterator<Item = Window> + use<'s> {
        let Self {
            grid,
            range_ms,
            interrupt,
            ..
        } = *self;
        let stride_ms = self.when.stride_ms(grid);
        let mut end_ms = self.when.look_at(grid.start_ms);
        let (mut low, mut high) = (0, 0);
        (0..grid.len).map_while(move |step| {
            if step % STEPS_A_CHECK == 0 && interrupt.check().is_err() {
                return None;
            }
            while high < times.len() && times[high] <= end_ms {
                high += 1;
            }
            let after_ms = end_ms.saturating_sub(range_ms);
            while low < high && times[low] <= after_ms {
                low += 1;
            }
            let window = Window { low, high, end_ms };
            end_ms = end_ms.saturating_add(stride_ms);
            Some(window)
        })
    }
}

impl<'a> Evaluator<'a> {
    /// The windows of an expression that is a range vector.
    pub(super) fn windows(&self, expr: &Expr, grid: &Grid) -> EvalResult<Windows<'a>> {
        match &expr.unwrap_parens().kind {
            ExprKind::Range(range) => self.stored_windows(range, grid),
            ExprKind::Subquery(subquery) => self.evaluated_windows(subquery, grid),
            _ => Err(mistyped("range vector")),
        }
    }

    fn stored_windows(&self, range: &Range, grid: &Grid) -> EvalResult<Windows<'a>> {
        let when = When::resolve(range.selector.shift, self.query);
        let (first, last) = when.span(grid);
        let after_ms = first.saturating_sub(range.range_ms);
        let selected = self.select(&range.selector, after_ms, last)?;
        Ok(Windows {
            evaluator: self.clone(),
            source: Source::Stored {
                selected,
                range: open_left(after_ms, last),
            },
            grid: *grid,
            when,
            range_ms: range.range_ms,
        })
    }

    fn evaluated_windows(&self, subquery: &Subquery, grid: &Grid) -> EvalResult<Windows<'a>> {
        let when = When::resolve(subquery.shift, self.query);
        let (first, last) = when.span(grid);
        let step_ms = subquery
            .step_ms
            .unwrap_or(self.context.subquery_step_ms)
            .max(1);
        // Steps of a subquery are multiples of its resolution, whatever the
        // outer grid is.
        let after_ms = first.saturating_sub(subquery.range_ms);
        let start_ms = after_ms
            .div_euclid(step_ms)
            .saturating_add(1)
            .saturating_mul(step_ms);
        let inner = Grid::spanning(start_ms, last, step_ms);
        let values = match &inner {
            Some(inner) => {
                drop(self.budget.hold(inner.len)?);
                self.vector(&subquery.expr, inner)?
            }
            // Nothing is evaluated at a time that nobody asked for.
            None => Box::new(MaterializedVector::empty(self, grid)?),
        };
        Ok(Windows {
            evaluator: self.clone(),
            source: Source::Evaluated(values, inner),
            grid: *grid,
            when,
            range_ms: subquery.range_ms,
        })
    }
}

impl Windows<'_> {
    pub(super) fn series(&self) -> &[Series] {
        match &self.source {
            Source::Stored { selected, .. } => &selected.series,
            Source::Evaluated(vector, _) => vector.series(),
        }
    }

    /// Reads the samples of the series at `index`, markers of staleness left
    /// out, and hands them to `see`.
    pub(super) fn with<R>(
        &self,
        index: usize,
        buffers: &mut Buffers,
        see: impl FnOnce(Windowed<'_>) -> R,
    ) -> EvalResult<R> {
        let mut samples = buffers.samples();
        self.read(index, buffers, &mut samples)?;
        let hold = self.evaluator.budget.hold(sample_count(&samples))?;
        let looked_at = Cell::new(0);
        let seen = see(Windowed {
            times: &samples.timestamps_ms,
            values: &samples.values,
            histograms: samples.histograms.as_deref(),
            grid: &self.grid,
            when: self.when,
            range_ms: self.range_ms,
            looked_at: &looked_at,
            interrupt: self.evaluator.context.interrupt,
        });
        self.evaluator.context.interrupt.check()?;
        self.evaluator.budget.looked_at(looked_at.get());
        drop(hold);
        buffers.return_samples(samples);
        Ok(seen)
    }

    fn read(&self, index: usize, buffers: &mut Buffers, out: &mut SampleColumns) -> EvalResult<()> {
        match &self.source {
            Source::Stored { selected, range } => {
                read_fresh(&self.evaluator, &*selected.readers[index], *range, out)
            }
            Source::Evaluated(_, None) => Ok(()),
            Source::Evaluated(vector, Some(grid)) => {
                let mut column = buffers.column(grid.len);
                vector.compute(index, buffers, &mut column.as_mut())?;
                // A sample may come at several steps, or at none.
                column.as_mut().histograms.change(forget_resets);
                push_present(column.as_ref(), grid, out);
                buffers.return_column(column);
                Ok(())
            }
        }
    }
}

/// Makes a counter one of whose resets nothing is known.
fn forget_resets(histogram: &mut Histogram) {
    if histogram.counter_reset_hint != CounterResetHint::Gauge {
        histogram.counter_reset_hint = CounterResetHint::Unknown;
    }
}

/// Reads samples without markers of staleness.
fn read_fresh(
    evaluator: &Evaluator<'_>,
    reader: &dyn SeriesReader,
    range: TimeRange,
    out: &mut SampleColumns,
) -> EvalResult<()> {
    evaluator.read(reader, range, out)?;
    if let Some(histograms) = out.histograms.take() {
        for (time_ms, histogram) in histograms.timestamps_ms.iter().zip(histograms.values) {
            if !histogram.is_stale() {
                out.push_histogram(*time_ms, histogram);
            }
        }
    }
    if !out.values.iter().any(|value| is_absent(*value)) {
        return Ok(());
    }
    let mut kept = 0;
    for index in 0..out.timestamps_ms.len() {
        if !is_absent(out.values[index]) {
            out.values[kept] = out.values[index];
            out.timestamps_ms[kept] = out.timestamps_ms[index];
            kept += 1;
        }
    }
    out.values.truncate(kept);
    out.timestamps_ms.truncate(kept);
    Ok(())
}
