//! What a node of the tree evaluates to.

use super::evaluator::EvalResult;
use super::grid::Grid;
use super::vector::{BoxedOperator, Broadcast};
use crate::EvalError;
use crate::ast::Expr;

/// The value of a node over a grid; range vectors have
/// [`Evaluator::windows`].
pub(super) enum Evaluated<'a> {
    /// One float a step.
    Scalar(Vec<f64>),
    Text(String),
    Vector(BoxedOperator<'a>),
}

impl Evaluated<'_> {
    /// What was evaluated at one instant, at every step of `grid`.
    pub(super) fn broadcast(self, grid: &Grid) -> Self {
        match self {
            Self::Scalar(column) => Self::Scalar(vec![column[0]; grid.len]),
            Self::Text(text) => Self::Text(text),
            Self::Vector(vector) => Self::Vector(Box::new(Broadcast(vector))),
        }
    }
}

/// The tree is not typed as the parser makes it.
pub(super) fn mistyped(wanted: &str) -> EvalError {
    EvalError::Execution(format!(
        "internal error: expected an expression of type {wanted}"
    ))
}

/// The argument at `index`, which the parser has checked to be there.
pub(super) fn argument(args: &[Expr], index: usize) -> EvalResult<&Expr> {
    args.get(index).ok_or_else(|| mistyped("argument"))
}
