//! Folding groups without holding their members' columns.
//!
//! Few groups: blocks of series are computed in parallel over series, then
//! folded in parallel over steps. Many groups: each is folded by itself when
//! its column is asked for.

use super::super::column::{Column, ColumnMut, Columns, Histograms};
use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::materialized::MaterializedVector;
use super::super::vector::{BoxedOperator, Buffers, ColumnsBuf, Series, VectorOperator};
use super::Groups;
use super::accumulate::Accumulator;
use super::chunk::{Chunk, each};
use super::histograms::{FoldedHistograms, HistogramFold, Remarks};
use crate::ast::Aggregate;

/// A block of columns should stay in the caches.
const BLOCK_POINTS: usize = 128 * 1024;

/// So many groups a thread keep all threads busy, one group each.
const GROUPS_A_THREAD: usize = 16;

pub(super) fn aggregate<'a, A: Accumulator>(
    evaluator: &Evaluator<'a>,
    vector: BoxedOperator<'a>,
    node: &Aggregate,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let remarks = Remarks {
        annotations: evaluator.annotations,
        source: node.expr.span,
    };
    let groups = Groups::new(vector.series(), &node.grouping);
    if groups.len() >= GROUPS_A_THREAD * rayon::current_num_threads() {
        return Ok(Box::new(Folded::<A> {
            child: vector,
            members: groups.members(),
            series: groups.series,
            remarks,
            accumulator: std::marker::PhantomData,
        }));
    }
    let hold = evaluator.budget.hold(groups.len() * grid.len)?;
    let mut foldings = Folding::<A>::cover(grid.len, groups.len());
    blocks(evaluator, &vector, grid, |first, columns| {
        each(&mut foldings, |folding| {
            for (index, column) in (first..).zip(columns.iter()) {
                let metric = vector.series()[index].labels.metric_name();
                folding.take_in(groups.of[index], column, metric, remarks);
            }
        });
        Ok(())
    })?;
    let mut values = vec![ABSENT; groups.len() * grid.len];
    let mut histograms = vec![Histograms::default(); groups.len()];
    for folding in &foldings {
        let columns = values.chunks_exact_mut(grid.len).zip(&mut histograms);
        for (group, (floats, histograms)) in columns.enumerate() {
            folding.finish(group, &mut ColumnMut { floats, histograms }, remarks);
        }
    }
    drop(hold);
    let series = groups.series;
    let folded = MaterializedVector::with_histograms(evaluator, series, values, histograms, grid)?;
    Ok(Box::new(folded))
}

/// Hands all columns to `take`, a block of series after the other: the index
/// of the first series, and the columns.
pub(in super::super) fn blocks<'a>(
    evaluator: &Evaluator<'a>,
    vector: &BoxedOperator<'a>,
    grid: &Grid,
    mut take: impl FnMut(usize, Columns<'_>) -> EvalResult<()> + Send,
) -> EvalResult<()> {
    let total = vector.series().len();
    let threads = rayon::current_num_threads();
    let size = (BLOCK_POINTS / grid.len).max(threads * 8).min(total).max(1);
    let _hold = evaluator.budget.hold(size * grid.len)?;
    if total <= size {
        each_block(evaluator, vector, grid, size, &mut take)
    } else {
        // From inside the pool its threads are at hand at once, block by block.
        rayon::scope(|_| each_block(evaluator, vector, grid, size, &mut take))
    }
}

fn each_block<'a>(
    evaluator: &Evaluator<'a>,
    vector: &BoxedOperator<'a>,
    grid: &Grid,
    size: usize,
    take: &mut impl FnMut(usize, Columns<'_>) -> EvalResult<()>,
) -> EvalResult<()> {
    let total = vector.series().len();
    let mut block = ColumnsBuf::new(size, grid.len);
    for first in (0..total).step_by(size) {
        let count = size.min(total - first);
        take(first, block.compute(&**vector, evaluator, first, count)?)?;
    }
    Ok(())
}

/// What is kept of all groups at the steps that one thread folds: of floats, and
/// of histograms where they are folded.
struct Folding<A> {
    floats: Chunk<A>,
    histograms: Chunk<FoldedHistograms>,
}

impl<A: Accumulator> Folding<A> {
    fn cover(len: usize, groups: usize) -> Vec<Self> {
        let floats = Chunk::cover(len, groups).into_iter();
        let both = floats.zip(Chunk::cover(len, groups));
        both.map(|(floats, histograms)| Self { floats, histograms })
            .collect()
    }

    fn take_in(&mut self, group: usize, column: Column<'_>, metric: &str, remarks: Remarks<'_>) {
        let values = self.floats.part(column.floats);
        match A::HISTOGRAMS {
            Some(fold) if !column.histograms.is_empty() => Steps {
                first: self.floats.first_step,
                floats: self.floats.states(group),
                histograms: self.histograms.states(group),
            }
            .take_in(fold, column, metric, remarks),
            _ if self.histograms.group(group).is_empty() => {
                accumulate(self.floats.states(group), values);
            }
            _ => accumulate_fitting(
                self.floats.states(group),
                values,
                self.histograms.group(group),
            ),
        }
    }

    fn finish(&self, group: usize, out: &mut ColumnMut<'_>, remarks: Remarks<'_>) {
        let (floats, histograms) = (self.floats.group(group), self.histograms.group(group));
        finish(floats, histograms, self.floats.first_step, out, remarks);
    }
}

fn accumulate<A: Accumulator>(states: &mut [Option<A>], values: &[f64]) {
    for (state, &value) in states.iter_mut().zip(values) {
        if !is_absent(value) {
            add(state, value);
        }
    }
}

/// The same where histograms came before: what could not be summed stays so.
fn accumulate_fitting<A: Accumulator>(
    states: &mut [Option<A>],
    values: &[f64],
    histograms: &[Option<FoldedHistograms>],
) {
    for ((state, &value), histograms) in states.iter_mut().zip(values).zip(histograms) {
        let mismatched = histograms
            .as_ref()
            .is_some_and(FoldedHistograms::is_mismatched);
        if !is_absent(value) && !mismatched {
            add(state, value);
        }
    }
}

fn add<A: Accumulator>(state: &mut Option<A>, value: f64) {
    match state {
        Some(state) => state.add(value),
        None => *state = Some(A::first(value)),
    }
}

/// The states of one group's steps from `first` on.
struct Steps<'s, A> {
    first: usize,
    floats: &'s mut [Option<A>],
    histograms: &'s mut [Option<FoldedHistograms>],
}

impl<A: Accumulator> Steps<'_, A> {
    /// Takes in a column that has histograms.
    fn take_in(self, fold: HistogramFold, column: Column<'_>, metric: &str, remarks: Remarks<'_>) {
        let values = &column.floats[self.first..self.first + self.floats.len()];
        let states = self.floats.iter_mut().zip(self.histograms);
        for ((step, value), (floats, folded)) in (self.first..).zip(values).zip(states) {
            match (column.histograms.get(step), folded) {
                (None, Some(folded)) if folded.is_mismatched() => {}
                (None, _) if is_absent(*value) => {}
                (None, _) => add(floats, *value),
                (Some(histogram), Some(folded)) => {
                    if let Err(mismatch) = folded.add(fold, histogram) {
                        remarks.mismatch(mismatch, metric);
                    }
                }
                (Some(histogram), folded) => *folded = Some(FoldedHistograms::first(histogram)),
            }
        }
    }
}

/// Writes the results of the steps from `first` on.
fn finish<A: Accumulator>(
    floats: &[Option<A>],
    histograms: &[Option<FoldedHistograms>],
    first: usize,
    out: &mut ColumnMut<'_>,
    remarks: Remarks<'_>,
) {
    let steps = out.floats.iter_mut().skip(first);
    for (out, state) in steps.zip(floats) {
        *out = state.as_ref().map_or(ABSENT, Accumulator::finish);
    }
    for (step, folded) in (first..).zip(histograms) {
        let Some(folded) = folded else { continue };
        let has_float = out.as_ref().is_present(step);
        if has_float {
            remarks.mixed();
        }
        let result = (!has_float).then(|| folded.clone().finish());
        out.set(step, result.flatten());
    }
}

/// Groups that are folded when asked for.
struct Folded<'a, A> {
    child: BoxedOperator<'a>,
    members: Vec<Vec<usize>>,
    series: Vec<Series>,
    remarks: Remarks<'a>,
    accumulator: std::marker::PhantomData<A>,
}

impl<'a, A: Accumulator> VectorOperator<'a> for Folded<'a, A> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(
        &self,
        index: usize,
        buffers: &mut Buffers,
        out: &mut ColumnMut<'_>,
    ) -> EvalResult<()> {
        let members = &self.members[index];
        let len = out.floats.len();
        let mut floats: Vec<Option<A>> = vec![None; len];
        let mut histograms: Vec<Option<FoldedHistograms>> = Vec::new();
        for &member in members {
            out.histograms.clear();
            self.child.compute(member, buffers, out)?;
            let column = out.as_ref();
            if A::HISTOGRAMS.is_some() && !column.histograms.is_empty() {
                histograms.resize(len, None);
            }
            if let (Some(fold), false) = (A::HISTOGRAMS, histograms.is_empty()) {
                let metric = self.child.series()[member].labels.metric_name();
                let steps = Steps {
                    first: 0,
                    floats: &mut floats,
                    histograms: &mut histograms,
                };
                steps.take_in(fold, column, metric, self.remarks);
            } else if members.len() > 1 {
                accumulate(&mut floats, column.floats);
            }
        }
        if members.len() == 1 && histograms.is_empty() {
            out.histograms.clear();
            for value in out.floats.iter_mut().filter(|value| !is_absent(**value)) {
                *value = A::first(*value).finish();
            }
            return Ok(());
        }
        out.histograms.clear();
        finish(&floats, &histograms, 0, out, self.remarks);
        Ok(())
    }
}
