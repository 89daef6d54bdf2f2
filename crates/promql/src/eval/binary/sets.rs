//! `and`, `or`, `unless`: series by whether the other side has one of the same
//! signature at that step.

use super::super::budget::Hold;
use super::super::column::{Column, ColumnMut};
use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::merge::merged;
use super::super::vector::{BoxedOperator, Buffers, Series, VectorOperator};
use super::matching::{SignatureNumbers, Signatures};
use crate::ast::{BinaryOp, Matching};

/// `and` and `unless`.
pub(super) fn filter<'a>(
    evaluator: &Evaluator<'a>,
    op: BinaryOp,
    matching: &Matching,
    lhs: BoxedOperator<'a>,
    rhs: BoxedOperator<'a>,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let signatures = Signatures::new(lhs.series(), rhs.series(), matching);
    let presence = Presence::of(evaluator, &rhs, &signatures, grid)?;
    Ok(Box::new(Filtered {
        child: lhs,
        signatures: signatures.left,
        presence,
        wanted: op == BinaryOp::And,
    }))
}

/// `a or b or …`: of each operand the series whose signature none of the
/// operands before has at that step.
pub(super) fn union<'a>(
    evaluator: &Evaluator<'a>,
    matching: &Matching,
    operands: Vec<BoxedOperator<'a>>,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let mut numbers = SignatureNumbers::default();
    let signatures: Vec<Vec<usize>> = operands
        .iter()
        .map(|operand| numbers.of(operand.series(), matching))
        .collect();
    let mut taken = Presence::none(evaluator, numbers.count(), grid.len)?;
    let mut operands: Vec<_> = operands.into_iter().zip(signatures).collect();
    let last = operands.pop();
    let mut parts: Vec<BoxedOperator<'a>> = Vec::with_capacity(operands.len() + 1);
    for (operand, signatures) in operands {
        // Needed whole to know what the operands behind it add.
        let mut columns = operand.materialize(evaluator, grid)?;
        for (mut column, &signature) in columns.columns_mut().zip(&signatures) {
            taken.filter(signature, &mut column, false);
        }
        // Series of one operand do not stand in each other's way.
        for ((_, column), &signature) in columns.iter().zip(&signatures) {
            taken.mark(signature, column);
        }
        parts.push(Box::new(columns));
    }
    if let Some((child, signatures)) = last {
        parts.push(Box::new(Filtered {
            child,
            signatures,
            presence: taken,
            wanted: false,
        }));
    }
    merged(evaluator, Box::new(Chained::new(parts)), grid)
}

/// At which steps each signature has any series.
struct Presence<'a> {
    len: usize,
    present: Vec<bool>,
    _hold: Hold<'a>,
}

impl<'a> Presence<'a> {
    fn none(evaluator: &Evaluator<'a>, signatures: usize, len: usize) -> EvalResult<Self> {
        let steps = signatures.saturating_mul(len);
        Ok(Self {
            _hold: evaluator.budget.hold(steps / size_of::<f64>())?,
            len,
            present: vec![false; steps],
        })
    }

    fn of(
        evaluator: &Evaluator<'a>,
        vector: &BoxedOperator<'a>,
        signatures: &Signatures,
        grid: &Grid,
    ) -> EvalResult<Self> {
        let mut presence = Self::none(evaluator, signatures.count, grid.len)?;
        super::super::aggregate::blocks(evaluator, vector, grid, |first, columns| {
            for (index, column) in (first..).zip(columns.iter()) {
                presence.mark(signatures.right[index], column);
            }
            Ok(())
        })?;
        Ok(presence)
    }

    fn mark(&mut self, signature: usize, column: Column<'_>) {
        let steps = &mut self.present[signature * self.len..(signature + 1) * self.len];
        for (present, value) in steps.iter_mut().zip(column.floats) {
            *present |= !is_absent(*value);
        }
    }

    /// Leaves the steps at which the signature is, or is not, present.
    fn filter(&self, signature: usize, column: &mut ColumnMut<'_>, wanted: bool) {
        let steps = &self.present[signature * self.len..(signature + 1) * self.len];
        for (value, present) in column.floats.iter_mut().zip(steps) {
            if *present != wanted {
                *value = ABSENT;
            }
        }
        column.forget_histograms_of_absent();
    }
}

/// Series where the other side is, or is not, present.
struct Filtered<'a> {
    child: BoxedOperator<'a>,
    signatures: Vec<usize>,
    presence: Presence<'a>,
    wanted: bool,
}

impl<'a> VectorOperator<'a> for Filtered<'a> {
    fn series(&self) -> &[Series] {
        self.child.series()
    }

    fn compute(
        &self,
        index: usize,
        buffers: &mut Buffers,
        out: &mut ColumnMut<'_>,
    ) -> EvalResult<()> {
        self.child.compute(index, buffers, out)?;
        self.presence
            .filter(self.signatures[index], out, self.wanted);
        Ok(())
    }
}

/// The series of several vectors, one vector after the other.
struct Chained<'a> {
    parts: Vec<BoxedOperator<'a>>,
    /// The index of the first series of each part.
    starts: Vec<usize>,
    series: Vec<Series>,
}

impl<'a> Chained<'a> {
    fn new(parts: Vec<BoxedOperator<'a>>) -> Self {
        let mut starts = Vec::with_capacity(parts.len());
        let mut series = Vec::new();
        for part in &parts {
            starts.push(series.len());
            series.extend_from_slice(part.series());
        }
        Self {
            parts,
            starts,
            series,
        }
    }
}

impl<'a> VectorOperator<'a> for Chained<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(
        &self,
        index: usize,
        buffers: &mut Buffers,
        out: &mut ColumnMut<'_>,
    ) -> EvalResult<()> {
        // The last part that starts there: those before it that do are empty.
        let part = self.starts.partition_point(|start| *start <= index) - 1;
        self.parts[part].compute(index - self.starts[part], buffers, out)
    }
}
