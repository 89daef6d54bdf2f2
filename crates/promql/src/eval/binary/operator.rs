//! What an operator makes of two floats.

use super::super::grid::{ABSENT, is_absent};
use crate::ast::{Binary, BinaryOp, Span};

/// An arithmetic or comparison operator with its modifier.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operator {
    pub op: BinaryOp,
    /// Where the whole operation is written.
    pub span: Span,
    return_bool: bool,
}

impl Operator {
    pub(super) fn new(node: &Binary, span: Span) -> Self {
        Self {
            op: node.op,
            span,
            return_bool: node.return_bool,
        }
    }

    /// Whether a comparison gives 0 or 1 instead of filtering.
    pub(super) fn returns_bool(self) -> bool {
        self.return_bool
    }

    /// Whether the result no longer is the metric.
    pub(super) fn drops_name(self) -> bool {
        self.return_bool || self.op.is_arithmetic()
    }

    /// Combines two columns of floats into `out`, which holds one of them: the right one
    /// where `out_is_right`, and the values that pass a filter either way.
    /// Where either has no value there is none.
    pub(super) fn combine_floats(
        self,
        out: &mut [f64],
        other: &[f64],
        out_is_right: bool,
        kept: Kept,
    ) {
        match (self.op, out_is_right) {
            // The commonest operators as loops of their own.
            (BinaryOp::Add, _) => each(out, other, |mine, its| mine + its),
            (BinaryOp::Mul, _) => each(out, other, |mine, its| mine * its),
            (BinaryOp::Sub, false) => each(out, other, |mine, its| mine - its),
            (BinaryOp::Div, false) => each(out, other, |mine, its| mine / its),
            (_, false) => each(out, other, |mine, its| self.apply(mine, its, mine)),
            (_, true) => each(out, other, |mine, its| {
                self.apply(its, mine, if kept == Kept::Out { mine } else { its })
            }),
        }
    }

    /// The result, [`ABSENT`] where a comparison filters it out; what passes
    /// is `kept`.
    pub(super) fn apply(self, left: f64, right: f64, kept: f64) -> f64 {
        match holds(self.op, left, right) {
            None => arithmetic(self.op, left, right),
            Some(holds) if self.return_bool => f64::from(u8::from(holds)),
            Some(true) => kept,
            Some(false) => ABSENT,
        }
    }

    /// The same, `None` where a comparison filters it out.
    pub(super) fn apply_present(self, left: f64, right: f64, kept: f64) -> Option<f64> {
        let result = self.apply(left, right, kept);
        (!is_absent(result)).then_some(result)
    }
}

/// Which value stays where a comparison filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// The left operand's.
    Left,
    /// That of the column that is changed.
    Out,
}

fn each(out: &mut [f64], other: &[f64], of: impl Fn(f64, f64) -> f64) {
    for (mine, &its) in out.iter_mut().zip(other) {
        *mine = if is_absent(*mine) || is_absent(its) {
            ABSENT
        } else {
            of(*mine, its)
        };
    }
}

/// Whether the comparison holds; `None` where the operator is none.
pub(super) fn holds(op: BinaryOp, lhs: f64, rhs: f64) -> Option<bool> {
    Some(match op {
        BinaryOp::Equal => lhs == rhs,
        BinaryOp::NotEqual => lhs != rhs,
        BinaryOp::Greater => lhs > rhs,
        BinaryOp::GreaterEqual => lhs >= rhs,
        BinaryOp::Less => lhs < rhs,
        BinaryOp::LessEqual => lhs <= rhs,
        _ => return None,
    })
}

/// The result of an arithmetic operator.
pub(super) fn arithmetic(op: BinaryOp, lhs: f64, rhs: f64) -> f64 {
    match op {
        BinaryOp::Add => lhs + rhs,
        BinaryOp::Sub => lhs - rhs,
        BinaryOp::Mul => lhs * rhs,
        BinaryOp::Div => lhs / rhs,
        // The remainder has the dividend's sign, as in Go.
        BinaryOp::Mod => lhs % rhs,
        BinaryOp::Pow => lhs.powf(rhs),
        BinaryOp::Atan2 => lhs.atan2(rhs),
        _ => f64::NAN,
    }
}
