//! The states of all groups at some steps, which one thread folds.

use rayon::prelude::*;

/// Splitting fewer steps over threads costs more than it gives.
const MIN_CHUNK_STEPS: usize = 64;

/// The steps from `first_step` on that one thread folds.
pub(super) struct Chunk<S> {
    pub first_step: usize,
    groups: usize,
    steps: usize,
    /// The states of all groups' steps, group after group; none at all before
    /// [`Self::states`] is asked for one.
    states: Vec<Option<S>>,
}

impl<S: Clone + Send> Chunk<S> {
    /// Chunks for all steps, one a thread.
    pub(super) fn cover(len: usize, groups: usize) -> Vec<Self> {
        let steps = len
            .div_ceil(rayon::current_num_threads())
            .max(MIN_CHUNK_STEPS);
        let chunk = |first_step: usize| Self {
            first_step,
            groups,
            steps: steps.min(len - first_step),
            states: Vec::new(),
        };
        (0..len).step_by(steps).map(chunk).collect()
    }

    /// This chunk's part of a column.
    pub(super) fn part<'c>(&self, column: &'c [f64]) -> &'c [f64] {
        &column[self.first_step..self.first_step + self.steps]
    }

    /// The states of one group's steps, to change them.
    pub(super) fn states(&mut self, group: usize) -> &mut [Option<S>] {
        if self.states.is_empty() {
            self.states.resize(self.groups * self.steps, None);
        }
        &mut self.states[group * self.steps..(group + 1) * self.steps]
    }

    /// The states of one group's steps; nothing where no group has any.
    pub(super) fn group(&self, group: usize) -> &[Option<S>] {
        let states = group * self.steps..(group + 1) * self.steps;
        self.states.get(states).unwrap_or_default()
    }
}

/// Runs `fold` over all chunks, in parallel where there are several.
pub(super) fn each<C: Send>(chunks: &mut [C], fold: impl Fn(&mut C) + Sync) {
    match chunks {
        [chunk] => fold(chunk),
        chunks => chunks.par_iter_mut().for_each(&fold),
    }
}
