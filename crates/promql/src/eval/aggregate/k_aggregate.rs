//! `topk` and `bottomk`: the k greatest or least values of a group at every
//! step, kept in a heap a step so that no other column is held.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::vector::{Columns, Lazy, Scratch, Series, Vector};
use super::super::{Evaluator, Outcome};
use super::Groups;
use super::fold::{Chunk, blocks};
use crate::EvalError;
use crate::ast::Grouping;
use crate::text::format_general;

pub(super) fn rank<'a>(
    evaluator: &Evaluator<'a>,
    vector: Lazy<'a>,
    grouping: &Grouping,
    counts: &[f64],
    highest: bool,
    grid: &Grid,
) -> Outcome<Lazy<'a>> {
    let vector = by_labels(vector);
    let groups = Groups::new(vector.series(), grouping);
    let counts = whole_counts(counts)?;
    let most = counts
        .iter()
        .max()
        .copied()
        .unwrap_or(0)
        .min(groups.of.len());
    let _hold = evaluator.budget.hold(most.saturating_mul(grid.len))?;
    let mut chunks = Chunk::<Heap>::cover(grid.len, groups.len());
    blocks(evaluator, &vector, grid, |first, columns| {
        Chunk::each(&mut chunks, |chunk| {
            let counts = &counts[chunk.first_step..];
            for (index, column) in columns.chunks_exact(grid.len).enumerate() {
                let series = first + index;
                let (heaps, values) = chunk.part(groups.of[series], column);
                for ((heap, &value), &count) in heaps.iter_mut().zip(values).zip(counts) {
                    if !is_absent(value) && count > 0 {
                        let heap = heap.get_or_insert_with(|| Heap::new(highest));
                        heap.offer(value, series, count);
                    }
                }
            }
        });
        Ok(())
    })?;
    let (series, values) = if grid.len == 1 {
        ordered(vector.series(), &groups, &chunks)
    } else {
        columns(vector.series(), &groups, &chunks, grid)
    };
    Ok(Box::new(Columns::new(evaluator, series, values, grid)?))
}

/// The series in order of labels: of equal values the first ones stay, and
/// which those are must not depend on the store.
fn by_labels(child: Lazy<'_>) -> Lazy<'_> {
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
    child: Lazy<'a>,
    series: Vec<Series>,
    /// The child's index of each series.
    places: Vec<usize>,
}

impl<'a> Vector<'a> for Reordered<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(&self, index: usize, scratch: &mut Scratch, out: &mut [f64]) -> Outcome<()> {
        self.child.compute(self.places[index], scratch, out)
    }
}

/// The parameter at every step as a count; what is below 1 is 0.
fn whole_counts(counts: &[f64]) -> Outcome<Vec<usize>> {
    let refuse = |message: String| Err(EvalError::Execution(message));
    let mut whole = Vec::with_capacity(counts.len());
    for &count in counts {
        // 2^63, the first float beyond Go's int64.
        let limit = 9_223_372_036_854_775_808.0;
        if count.is_nan() {
            return refuse("Parameter value is NaN".to_owned());
        }
        if count >= limit {
            return refuse(format!(
                "Scalar value {} overflows int64",
                format_general(count)
            ));
        }
        if count < -limit {
            return refuse(format!(
                "Scalar value {} underflows int64",
                format_general(count)
            ));
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

/// An instant's series, group by group, the best first.
fn ordered(series: &[Series], groups: &Groups, chunks: &[Chunk<Heap>]) -> Ranked {
    let heaps = (0..groups.len()).flat_map(|group| chunks.iter().flat_map(move |c| c.group(group)));
    heaps
        .flatten()
        .flat_map(Heap::sorted)
        .map(|(value, index)| (series[index].clone(), value))
        .unzip()
}

/// The columns of the series that are among the best at any step.
fn columns(series: &[Series], groups: &Groups, chunks: &[Chunk<Heap>], grid: &Grid) -> Ranked {
    let mut columns: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for chunk in chunks {
        for group in 0..groups.len() {
            for (step, heap) in chunk.group(group).iter().enumerate() {
                for &(value, index) in heap.iter().flat_map(|heap| &heap.entries) {
                    let column = columns
                        .entry(index)
                        .or_insert_with(|| vec![ABSENT; grid.len]);
                    column[chunk.first_step + step] = value;
                }
            }
        }
    }
    let kept = columns.keys().map(|index| series[*index].clone()).collect();
    (kept, columns.into_values().flatten().collect())
}
