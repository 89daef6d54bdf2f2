//! What an operator makes of two floats.

use super::super::grid::ABSENT;
use crate::ast::{Binary, BinaryOp};

/// An arithmetic or comparison operator with its modifier.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operator {
    op: BinaryOp,
    return_bool: bool,
}

impl Operator {
    pub(super) fn new(node: &Binary) -> Self {
        Self {
            op: node.op,
            return_bool: node.return_bool,
        }
    }

    /// Whether the result no longer is the metric.
    pub(super) fn drops_name(self) -> bool {
        self.return_bool || self.op.is_arithmetic()
    }

    /// The result, [`ABSENT`] where a comparison filters it out.
    pub(super) fn apply(self, lhs: f64, rhs: f64) -> f64 {
        self.apply_keeping(lhs, rhs, lhs)
    }

    /// As [`Self::apply`], but what passes a filter is `kept`.
    pub(super) fn apply_keeping(self, lhs: f64, rhs: f64, kept: f64) -> f64 {
        match holds(self.op, lhs, rhs) {
            None => arithmetic(self.op, lhs, rhs),
            Some(holds) if self.return_bool => f64::from(u8::from(holds)),
            Some(true) => kept,
            Some(false) => ABSENT,
        }
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
