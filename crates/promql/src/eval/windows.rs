//! Range vectors over a grid: a list of series, each with all samples that any
//! step's window may hold, and which of them each window holds.

use series::{SampleColumns, SeriesReader, TimeRange};

use super::grid::{Grid, When, is_absent};
use super::selector::{Selected, open_left};
use super::vector::{Lazy, Scratch, Series};
use super::{Evaluator, Outcome};
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
    Evaluated(Lazy<'a>, Option<Grid>),
}

/// The samples of one series and the part of them each step sees.
#[derive(Clone, Copy)]
pub(super) struct Windowed<'s> {
    pub times: &'s [i64],
    pub values: &'s [f64],
    /// First index, and the index behind the last, for each step.
    pub bounds: &'s [(usize, usize)],
    pub grid: &'s Grid,
    pub when: When,
    pub range_ms: i64,
}

impl Windowed<'_> {
    /// The end of a step's window.
    pub(super) fn end_ms(&self, step: usize) -> i64 {
        self.when.look_at(self.grid.time_ms(step))
    }
}

impl<'a> Evaluator<'a> {
    /// The windows of an expression that is a range vector.
    pub(super) fn windows(&self, expr: &Expr, grid: &Grid) -> Outcome<Windows<'a>> {
        match &expr.unwrap_parens().kind {
            ExprKind::Range(range) => self.stored_windows(range, grid),
            ExprKind::Subquery(subquery) => self.evaluated_windows(subquery, grid),
            _ => Err(super::mistyped("range vector")),
        }
    }

    fn stored_windows(&self, range: &Range, grid: &Grid) -> Outcome<Windows<'a>> {
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

    fn evaluated_windows(&self, subquery: &Subquery, grid: &Grid) -> Outcome<Windows<'a>> {
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
        // The types come from one evaluation even where no step is inside.
        let column = inner.unwrap_or(Grid::instant(last));
        drop(self.budget.hold(column.len)?);
        let values = self.vector(&subquery.expr, &column)?;
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
    /// out, and hands them with every step's part of them to `see`.
    pub(super) fn with<R>(
        &self,
        index: usize,
        scratch: &mut Scratch,
        see: impl FnOnce(Windowed<'_>, &mut Scratch) -> Outcome<R>,
    ) -> Outcome<R> {
        let mut samples = scratch.samples();
        self.read(index, scratch, &mut samples)?;
        let hold = self.evaluator.budget.hold(samples.len())?;
        let mut bounds = scratch.bounds();
        let looked_at = self.bounds(&samples.timestamps_ms, &mut bounds);
        self.evaluator.budget.looked_at(looked_at);
        let windowed = Windowed {
            times: &samples.timestamps_ms,
            values: &samples.values,
            bounds: &bounds,
            grid: &self.grid,
            when: self.when,
            range_ms: self.range_ms,
        };
        let seen = see(windowed, scratch);
        drop(hold);
        scratch.give_bounds(bounds);
        scratch.give_samples(samples);
        seen
    }

    fn read(&self, index: usize, scratch: &mut Scratch, out: &mut SampleColumns) -> Outcome<()> {
        match &self.source {
            Source::Stored { selected, range } => {
                read_fresh(&*selected.readers[index], *range, out)
            }
            Source::Evaluated(_, None) => Ok(()),
            Source::Evaluated(vector, Some(grid)) => {
                let mut column = scratch.column(grid.len);
                vector.compute(index, scratch, &mut column)?;
                for (step, &value) in column.iter().enumerate() {
                    if !is_absent(value) {
                        out.push(grid.time_ms(step), value);
                    }
                }
                scratch.give_column(column);
                Ok(())
            }
        }
    }

    /// Each step's window by two indices that only move on; gives how many
    /// samples all windows hold together.
    fn bounds(&self, times: &[i64], bounds: &mut Vec<(usize, usize)>) -> u64 {
        let (mut low, mut high) = (0, 0);
        let mut total = 0;
        for step in 0..self.grid.len {
            let end_ms = self.when.look_at(self.grid.time_ms(step));
            let after_ms = end_ms.saturating_sub(self.range_ms);
            while high < times.len() && times[high] <= end_ms {
                high += 1;
            }
            while low < high && times[low] <= after_ms {
                low += 1;
            }
            total += (high - low) as u64;
            bounds.push((low, high));
        }
        total
    }
}

/// Reads samples without markers of staleness.
fn read_fresh(reader: &dyn SeriesReader, range: TimeRange, out: &mut SampleColumns) -> Outcome<()> {
    reader.read(range, out)?;
    if !out.values.iter().any(|value| is_absent(*value)) {
        return Ok(());
    }
    let mut kept = 0;
    for index in 0..out.len() {
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
