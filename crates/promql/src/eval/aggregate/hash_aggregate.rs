//! Folding groups without holding their members' columns.
//!
//! Few groups: blocks of series are computed in parallel over series, then
//! folded in parallel over steps. Many groups: each is folded by itself when
//! its column is asked for.

use rayon::prelude::*;

use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::vector::{
    BoxedOperator, Buffers, MaterializedVector, Series, VectorOperator, compute_all,
};
use super::Groups;
use super::accumulate::Accumulator;
use crate::ast::Grouping;

/// A block of columns should stay in the caches.
const BLOCK_POINTS: usize = 128 * 1024;

/// Splitting fewer steps over threads costs more than it gives.
const MIN_CHUNK_STEPS: usize = 64;

/// So many groups a thread keep all threads busy, one group each.
const GROUPS_A_THREAD: usize = 16;

pub(super) fn aggregate<'a, A: Accumulator>(
    evaluator: &Evaluator<'a>,
    vector: BoxedOperator<'a>,
    grouping: &Grouping,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let groups = Groups::new(vector.series(), grouping);
    if groups.len() >= GROUPS_A_THREAD * rayon::current_num_threads() {
        return Ok(Box::new(Folded::<A> {
            child: vector,
            members: groups.members(),
            series: groups.series,
            accumulator: std::marker::PhantomData,
        }));
    }
    let _hold = evaluator.budget.hold(groups.len() * grid.len)?;
    let mut states = Chunk::<A>::cover(grid.len, groups.len());
    blocks(evaluator, &vector, grid, |first, columns| {
        Chunk::each(&mut states, |chunk| {
            for (index, column) in columns.chunks_exact(grid.len).enumerate() {
                chunk.take_in(groups.of[first + index], column);
            }
        });
        Ok(())
    })?;
    let mut values = vec![ABSENT; groups.len() * grid.len];
    for chunk in &states {
        for (group, column) in values.chunks_exact_mut(grid.len).enumerate() {
            let steps = chunk.group(group).len();
            let out = &mut column[chunk.first_step..chunk.first_step + steps];
            finish(chunk.group(group), out);
        }
    }
    Ok(Box::new(MaterializedVector::new(
        evaluator,
        groups.series,
        values,
        grid,
    )?))
}

/// Hands all columns to `take`, a block of series after the other: the index
/// of the first series, and the columns one after the other.
pub(in super::super) fn blocks<'a>(
    evaluator: &Evaluator<'a>,
    vector: &BoxedOperator<'a>,
    grid: &Grid,
    mut take: impl FnMut(usize, &[f64]) -> EvalResult<()> + Send,
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
    take: &mut impl FnMut(usize, &[f64]) -> EvalResult<()>,
) -> EvalResult<()> {
    let total = vector.series().len();
    let mut values = vec![0.0; size * grid.len];
    for first in (0..total).step_by(size) {
        let columns = &mut values[..size.min(total - first) * grid.len];
        compute_all(&**vector, evaluator, first, grid.len, columns)?;
        take(first, columns)?;
    }
    Ok(())
}

/// The steps from `first_step` on that one thread folds.
pub(super) struct Chunk<S> {
    pub first_step: usize,
    steps: usize,
    /// The states of all groups' steps, group after group.
    states: Vec<Option<S>>,
}

impl<S: Clone + Send> Chunk<S> {
    /// Runs `fold` over all chunks, in parallel where there are several.
    pub(super) fn each(chunks: &mut [Self], fold: impl Fn(&mut Self) + Sync) {
        match chunks {
            [chunk] => fold(chunk),
            chunks => chunks.par_iter_mut().for_each(&fold),
        }
    }

    /// Chunks for all steps, one a thread.
    pub(super) fn cover(len: usize, groups: usize) -> Vec<Self> {
        let steps = len
            .div_ceil(rayon::current_num_threads())
            .max(MIN_CHUNK_STEPS);
        let chunk = |first_step: usize| {
            let steps = steps.min(len - first_step);
            Self {
                first_step,
                steps,
                states: vec![None; groups * steps],
            }
        };
        (0..len).step_by(steps).map(chunk).collect()
    }

    /// The states of one group's steps.
    pub(super) fn group(&self, group: usize) -> &[Option<S>] {
        &self.states[group * self.steps..(group + 1) * self.steps]
    }

    /// This chunk's part of a column, with the states of the group.
    pub(super) fn part<'c>(
        &mut self,
        group: usize,
        column: &'c [f64],
    ) -> (&mut [Option<S>], &'c [f64]) {
        let states = &mut self.states[group * self.steps..(group + 1) * self.steps];
        (
            states,
            &column[self.first_step..self.first_step + self.steps],
        )
    }
}

impl<A: Accumulator> Chunk<A> {
    fn take_in(&mut self, group: usize, column: &[f64]) {
        let (states, values) = self.part(group, column);
        accumulate(states, values);
    }
}

fn accumulate<A: Accumulator>(states: &mut [Option<A>], values: &[f64]) {
    for (state, &value) in states.iter_mut().zip(values) {
        if is_absent(value) {
            continue;
        }
        match state {
            Some(state) => state.add(value),
            None => *state = Some(A::first(value)),
        }
    }
}

fn finish<A: Accumulator>(states: &[Option<A>], out: &mut [f64]) {
    for (out, state) in out.iter_mut().zip(states) {
        *out = state.as_ref().map_or(ABSENT, Accumulator::finish);
    }
}

/// Groups that are folded when asked for.
struct Folded<'a, A> {
    child: BoxedOperator<'a>,
    members: Vec<Vec<usize>>,
    series: Vec<Series>,
    accumulator: std::marker::PhantomData<A>,
}

impl<'a, A: Accumulator> VectorOperator<'a> for Folded<'a, A> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(&self, index: usize, buffers: &mut Buffers, out: &mut [f64]) -> EvalResult<()> {
        if let [member] = self.members[index][..] {
            self.child.compute(member, buffers, out)?;
            for value in out.iter_mut().filter(|value| !is_absent(**value)) {
                *value = A::first(*value).finish();
            }
            return Ok(());
        }
        let mut states: Vec<Option<A>> = vec![None; out.len()];
        for &member in &self.members[index] {
            self.child.compute(member, buffers, out)?;
            accumulate(&mut states, out);
        }
        finish(&states, out);
        Ok(())
    }
}
