//! Series that came to bear the same labels: one series where they never have
//! a value at the same step, an error where they have.

use std::collections::HashMap;

use series::{Labels, METRIC_NAME};

use super::column::ColumnMut;
use super::evaluator::{EvalResult, Evaluator};
use super::grid::Grid;
use super::vector::{BoxedOperator, Buffers, Series, VectorOperator};
use crate::{EvalError, NameRemoval};

/// Marks the metric names of `child` as gone, or takes them away at once
/// where the context says so.
pub(super) fn drop_names<'a>(
    evaluator: &Evaluator<'a>,
    child: BoxedOperator<'a>,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let series = dropped(evaluator, child.series());
    merged(evaluator, relabelled(child, series), grid)
}

/// The identities of series that lose their metric name.
pub(super) fn dropped(evaluator: &Evaluator<'_>, series: &[Series]) -> Vec<Series> {
    let eager = evaluator.context.name_removal == NameRemoval::Eager;
    series
        .iter()
        .map(|one| Series {
            labels: if eager {
                without_metadata(&one.labels)
            } else {
                one.labels.clone()
            },
            drop_name: true,
        })
        .collect()
}

/// The labels that say what the metric is: its name, and its type and unit
/// where they are labels. What is computed from a metric has none of them.
fn is_metadata(name: &str) -> bool {
    matches!(name, METRIC_NAME | "__type__" | "__unit__")
}

/// The labels of what is computed from a metric.
pub(super) fn without_metadata(labels: &Labels) -> Labels {
    labels.filtered(|name| !is_metadata(name))
}

/// The same columns under other identities.
pub(super) fn relabelled<'a>(child: BoxedOperator<'a>, series: Vec<Series>) -> BoxedOperator<'a> {
    Box::new(Relabelled { child, series })
}

/// Joins series of equal labels; a no-op where there are none. Where there
/// are, they are computed at once: their clash is an error even if nobody asks
/// for them.
pub(super) fn merged<'a>(
    evaluator: &Evaluator<'a>,
    child: BoxedOperator<'a>,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let mut places: HashMap<&Labels, usize> = HashMap::with_capacity(child.series().len());
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for (index, series) in child.series().iter().enumerate() {
        let next = parts.len();
        let place = *places.entry(&series.labels).or_insert(next);
        if place == next {
            parts.push(Vec::new());
        }
        parts[place].push(index);
    }
    if parts.len() == child.series().len() {
        return Ok(child);
    }
    let series = parts
        .iter()
        .map(|part| child.series()[part[0]].clone())
        .collect();
    let merged = Box::new(Merged {
        child,
        series,
        parts,
    });
    Ok(Box::new(merged.materialize(evaluator, grid)?))
}

struct Relabelled<'a> {
    child: BoxedOperator<'a>,
    series: Vec<Series>,
}

impl<'a> VectorOperator<'a> for Relabelled<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(
        &self,
        index: usize,
        buffers: &mut Buffers,
        out: &mut ColumnMut<'_>,
    ) -> EvalResult<()> {
        self.child.compute(index, buffers, out)
    }
}

struct Merged<'a> {
    child: BoxedOperator<'a>,
    series: Vec<Series>,
    /// Which series of the child make up each series.
    parts: Vec<Vec<usize>>,
}

impl<'a> VectorOperator<'a> for Merged<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(
        &self,
        index: usize,
        buffers: &mut Buffers,
        out: &mut ColumnMut<'_>,
    ) -> EvalResult<()> {
        let (first, others) = match self.parts[index].split_first() {
            Some((first, others)) => (*first, others),
            None => return Ok(()),
        };
        self.child.compute(first, buffers, out)?;
        for &other in others {
            let mut column = buffers.column(out.floats.len());
            self.child.compute(other, buffers, &mut column.as_mut())?;
            let more = column.as_ref();
            for step in (0..out.floats.len()).filter(|step| more.is_present(*step)) {
                if out.as_ref().is_present(step) {
                    return Err(same_labelset());
                }
                out.set(step, more.get(step));
            }
            buffers.return_column(column);
        }
        Ok(())
    }
}

/// Two series of one vector bear the same labels.
pub(super) fn same_labelset() -> EvalError {
    EvalError::Execution("vector cannot contain metrics with the same labelset".to_owned())
}
