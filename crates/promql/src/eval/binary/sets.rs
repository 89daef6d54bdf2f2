//! `and`, `or`, `unless`: series by whether the other side has one of the same
//! signature at that step.

use super::super::budget::Hold;
use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::merge::merged;
use super::super::vector::{Lazy, Scratch, Series, Vector};
use super::super::{Evaluator, Outcome};
use super::matching::Signatures;
use crate::ast::{BinaryOp, Matching};

pub(super) fn set<'a>(
    evaluator: &Evaluator<'a>,
    op: BinaryOp,
    matching: &Matching,
    lhs: Lazy<'a>,
    rhs: Lazy<'a>,
    grid: &Grid,
) -> Outcome<Lazy<'a>> {
    let signatures = Signatures::new(lhs.series(), rhs.series(), matching);
    if op == BinaryOp::Or {
        // The left side is needed whole to know what the right side adds.
        let lhs = lhs.into_columns(evaluator, grid)?;
        let mut taken = Presence::none(evaluator, signatures.count, grid.len)?;
        for ((_, column), &signature) in lhs.iter().zip(&signatures.left) {
            taken.mark(signature, column);
        }
        let added = Filtered {
            child: rhs,
            signatures: signatures.right,
            presence: taken,
            wanted: false,
        };
        let both = Box::new(Chained::new(Box::new(lhs), Box::new(added)));
        return merged(evaluator, both, grid);
    }
    let presence = Presence::of(evaluator, &rhs, &signatures, grid)?;
    Ok(Box::new(Filtered {
        child: lhs,
        signatures: signatures.left,
        presence,
        wanted: op == BinaryOp::And,
    }))
}

/// At which steps each signature has any series.
struct Presence<'a> {
    len: usize,
    present: Vec<bool>,
    _hold: Hold<'a>,
}

impl<'a> Presence<'a> {
    fn none(evaluator: &Evaluator<'a>, signatures: usize, len: usize) -> Outcome<Self> {
        let steps = signatures.saturating_mul(len);
        Ok(Self {
            _hold: evaluator.budget.hold(steps / size_of::<f64>())?,
            len,
            present: vec![false; steps],
        })
    }

    fn of(
        evaluator: &Evaluator<'a>,
        vector: &Lazy<'a>,
        signatures: &Signatures,
        grid: &Grid,
    ) -> Outcome<Self> {
        let mut presence = Self::none(evaluator, signatures.count, grid.len)?;
        super::super::aggregate::blocks(evaluator, vector, grid, |first, columns| {
            for (index, column) in columns.chunks_exact(grid.len).enumerate() {
                presence.mark(signatures.right[first + index], column);
            }
            Ok(())
        })?;
        Ok(presence)
    }

    fn mark(&mut self, signature: usize, column: &[f64]) {
        let steps = &mut self.present[signature * self.len..(signature + 1) * self.len];
        for (present, value) in steps.iter_mut().zip(column) {
            *present |= !is_absent(*value);
        }
    }

    fn steps(&self, signature: usize) -> &[bool] {
        &self.present[signature * self.len..(signature + 1) * self.len]
    }
}

/// Series where the other side is, or is not, present.
struct Filtered<'a> {
    child: Lazy<'a>,
    signatures: Vec<usize>,
    presence: Presence<'a>,
    wanted: bool,
}

impl<'a> Vector<'a> for Filtered<'a> {
    fn series(&self) -> &[Series] {
        self.child.series()
    }

    fn compute(&self, index: usize, scratch: &mut Scratch, out: &mut [f64]) -> Outcome<()> {
        self.child.compute(index, scratch, out)?;
        let steps = self.presence.steps(self.signatures[index]);
        for (out, present) in out.iter_mut().zip(steps) {
            if *present != self.wanted {
                *out = ABSENT;
            }
        }
        Ok(())
    }
}

/// The series of one vector and then those of another.
struct Chained<'a> {
    first: Lazy<'a>,
    second: Lazy<'a>,
    series: Vec<Series>,
}

impl<'a> Chained<'a> {
    fn new(first: Lazy<'a>, second: Lazy<'a>) -> Self {
        let series = [first.series(), second.series()].concat();
        Self {
            first,
            second,
            series,
        }
    }
}

impl<'a> Vector<'a> for Chained<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(&self, index: usize, scratch: &mut Scratch, out: &mut [f64]) -> Outcome<()> {
        match index.checked_sub(self.first.series().len()) {
            None => self.first.compute(index, scratch, out),
            Some(index) => self.second.compute(index, scratch, out),
        }
    }
}
