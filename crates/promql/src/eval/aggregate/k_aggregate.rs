//! `topk` and `bottomk`: the k greatest or least values of a group at every
//! step, kept in a heap a step so that no other column is held.

use std::collections::BTreeMap;

use rayon::prelude::*;
use series::number::format_general;

use super::super::column::{ColumnMut, Columns};
use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::materialized::MaterializedVector;
use super::super::vector::{BoxedOperator, Buffers, Series, VectorOperator};
use super::Groups;
use super::chunk::{Chunk, each};
use super::hash_aggregate::blocks;
use crate::EvalError;
use crate::ast::Grouping;

/// `topk` where `highest`, else `bottomk`, with `counts` the k of every step.
pub(super) fn k_aggregate<'a>(
    evaluator: &Evaluator<'a>,
    vector: BoxedOperator<'a>,
    grouping: &Grouping,
    counts: &[f64],
    highest: bool,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let vector = by_labels(vector);
    let groups = Groups::new(vector.series(), grouping);
    let mut state = KAggregate::new(groups, whole_counts(counts)?, highest);
    let _hold = evaluator.budget.hold(state.most_entries())?;
    blocks(evaluator, &vector, grid, |first, block| {
        state.accept(first, block);
        Ok(())
    })?;
    let (series, values) = state.finish(vector.series());
    Ok(Box::new(MaterializedVector::new(
        evaluator, series, values, grid,
    )?))
}

/// The best series of each group at every step, of those seen so far.
struct KAggregate {
    groups: Groups,
    /// The k of every step.
    counts: Vec<usize>,
    highest: bool,
    /// A heap a group and step, none where no series had a value yet.
    heaps: Vec<Chunk<Heap>>,
}

impl KAggregate {
    fn new(groups: Groups, counts: Vec<usize>, highest: bool) -> Self {
        Self {
            heaps: Chunk::cover(counts.len(), groups.len()),
            groups,
            counts,
            highest,
        }
    }

    /// How many values the heaps hold at most.
    fn most_entries(&self) -> usize {
        let most = self.counts.iter().max().copied().unwrap_or(0);
        let series = self.groups.of.len();
        most.min(series).saturating_mul(self.counts.len())
    }

    /// Takes the columns of the series from `first` on, which are floats.
    fn accept(&mut self, first: usize, block: Columns<'_>) {
        let (groups, counts, highest) = (&self.groups, &self.counts, self.highest);
        each(&mut self.heaps, |chunk| {
            let counts = &counts[chunk.first_step..];
            for (series, column) in (first..).zip(block.iter()) {
                let values = chunk.part(column.floats);
                offer_column(
                    chunk.states(groups.of[series]),
                    values,
                    counts,
                    series,
                    highest,
                );
            }
        });
    }

    /// The series that are among the best at any step, and their columns.
    fn finish(self, series: &[Series]) -> Ranked {
        if self.counts.len() == 1 {
            self.best_first(series)
        } else {
            self.in_order_of_series(series)
        }
    }

    /// An instant's series, group by group, the best first.
    fn best_first(&self, series: &[Series]) -> Ranked {
        let mut ranked = Ranked::default();
        for group in 0..self.groups.len() {
            let heaps = self.heaps.iter().flat_map(|chunk| chunk.group(group));
            for (value, index) in heaps.flatten().flat_map(Heap::sorted) {
                ranked.0.push(series[index].clone());
                ranked.1.push(value);
            }
        }
        ranked
    }

    fn in_order_of_series(&self, series: &[Series]) -> Ranked {
        let steps = self.counts.len();
        let mut columns: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for chunk in &self.heaps {
            for group in 0..self.groups.len() {
                for (step, heap) in chunk.group(group).iter().enumerate() {
                    for &(value, index) in heap.iter().flat_map(|heap| &heap.entries) {
                        let column = columns.entry(index).or_insert_with(|| vec![ABSENT; steps]);
                        column[chunk.first_step + step] = value;
                    }
                }
            }
        }
        let kept = columns.keys().map(|index| series[*index].clone()).collect();
        (kept, columns.into_values().flatten().collect())
    }
}

/// Offers the values of one series to the heaps of its group, step by step.
fn offer_column(
    heaps: &mut [Option<Heap>],
    values: &[f64],
    counts: &[usize],
    series: usize,
    highest: bool,
) {
    for ((heap, &value), &count) in heaps.iter_mut().zip(values).zip(counts) {
        // A heap of no entries would have no worst one to compare with.
        if !is_absent(value) && count > 0 {
            heap.get_or_insert_with(|| Heap::new(highest))
                .offer(value, series, count);
        }
    }
}

/// The series in order of labels: of equal values the first ones stay, and
/// which those are must not depend on the store.
fn by_labels(child: BoxedOperator<'_>) -> BoxedOperator<'_> {
    let mut places: Vec<usize> = (0..child.series().len()).collect();
    places.par_sort_by(|a, b| child.series()[*a].labels.cmp(&child.series()[*b].labels));
    let series = places
        .iter()
        .map(|place| child.series()[*place].clone())
        .collect();
    Box::new(Reordered {
        child,
        series,
        places,
    })
}

struct Reordered<'a> {
    child: BoxedOperator<'a>,
    series: Vec<Series>,
    /// The child's index of each series.
    places: Vec<usize>,
}

impl<'a> VectorOperator<'a> for Reordered<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(
        &self,
        index: usize,
        buffers: &mut Buffers,
        out: &mut ColumnMut<'_>,
    ) -> EvalResult<()> {
        self.child.compute(self.places[index], buffers, out)
    }
}

/// The parameter at every step as a count; what is below 1 is 0.
fn whole_counts(counts: &[f64]) -> EvalResult<Vec<usize>> {
    let mut whole = Vec::with_capacity(counts.len());
    for &count in counts {
        // 2^63, the first float beyond Go's int64.
        let limit = 9_223_372_036_854_775_808.0;
        if count.is_nan() {
            return Err(EvalError::Execution("Parameter value is NaN".to_owned()));
        }
        if count >= limit {
            return Err(EvalError::Execution(format!(
                "Scalar value {} overflows int64",
                format_general(count)
            )));
        }
        if count < -limit {
            return Err(EvalError::Execution(format!(
                "Scalar value {} underflows int64",
                format_general(count)
            )));
        }
        whole.push(count.max(0.0) as usize);
    }
    Ok(whole)
}

/// One step's best values so far, the worst of them at the root.
///
/// The moves are those of Go's `container/heap`, so that of equal values the
/// same series stay as in Prometheus.
#[derive(Clone)]
struct Heap {
    highest: bool,
    entries: Vec<(f64, usize)>,
}

impl Heap {
    fn new(highest: bool) -> Self {
        Self {
            highest,
            entries: Vec::new(),
        }
    }

    fn offer(&mut self, value: f64, series: usize, count: usize) {
        if self.entries.len() < count {
            self.entries.push((value, series));
            self.rise();
            return;
        }
        let worst = self.entries[0].0;
        let better = if self.highest {
            worst < value
        } else {
            worst > value
        };
        if better || worst.is_nan() && !value.is_nan() {
            self.entries[0] = (value, series);
            self.sink();
        }
    }

    /// Whether a is worse than b; NaN is the worst.
    fn worse(&self, a: usize, b: usize) -> bool {
        let (a, b) = (self.entries[a].0, self.entries[b].0);
        if a.is_nan() || b.is_nan() {
            return a.is_nan();
        }
        if self.highest { a < b } else { a > b }
    }

    fn rise(&mut self) {
        let mut child = self.entries.len() - 1;
        while child > 0 {
            let parent = (child - 1) / 2;
            if !self.worse(child, parent) {
                return;
            }
            self.entries.swap(parent, child);
            child = parent;
        }
    }

    fn sink(&mut self) {
        let mut parent = 0;
        loop {
            let left = 2 * parent + 1;
            if left >= self.entries.len() {
                return;
            }
            let right = left + 1;
            let is_right = right < self.entries.len() && self.worse(right, left);
            let child = if is_right { right } else { left };
            if !self.worse(child, parent) {
                return;
            }
            self.entries.swap(parent, child);
            parent = child;
        }
    }

    /// The values from the best to the worst.
    fn sorted(&self) -> Vec<(f64, usize)> {
        let mut sorted = self.entries.clone();
        sorted.sort_by(|(a, _), (b, _)| {
            let (a, b) = if self.highest { (b, a) } else { (a, b) };
            let by_value = a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal);
            let nan_last = if self.highest {
                b.is_nan().cmp(&a.is_nan())
            } else {
                a.is_nan().cmp(&b.is_nan())
            };
            nan_last.then(by_value)
        });
        sorted
    }
}

type Ranked = (Vec<Series>, Vec<f64>);
