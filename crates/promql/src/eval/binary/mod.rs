//! Binary operators: scalars with scalars, vectors with scalars, and vectors
//! with vectors by matching or as sets.

mod changing;
mod join;
mod matching;
mod operator;
mod sets;

use super::grid::Grid;
use super::merge::drop_names;
use super::vector::{Lazy, Map};
use super::{Evaluated, Evaluator, Outcome, mistyped};
use crate::ast::{Binary, BinaryOp};
use operator::{Kept, Operator, arithmetic};

impl<'a> Evaluator<'a> {
    pub(super) fn binary(&self, node: &Binary, grid: &Grid) -> Outcome<Evaluated<'a>> {
        let lhs = self.eval(&node.lhs, grid)?;
        let rhs = self.eval(&node.rhs, grid)?;
        let operator = Operator::new(node);
        match (lhs, rhs) {
            (Evaluated::Scalar(mut lhs), Evaluated::Scalar(rhs)) => {
                for (lhs, rhs) in lhs.iter_mut().zip(rhs) {
                    *lhs = scalars(node.op, *lhs, rhs);
                }
                Ok(Evaluated::Scalar(lhs))
            }
            (Evaluated::Vector(vector), Evaluated::Scalar(scalar)) => self
                .with_scalar(vector, scalar, operator, false, grid)
                .map(Evaluated::Vector),
            (Evaluated::Scalar(scalar), Evaluated::Vector(vector)) => self
                .with_scalar(vector, scalar, operator, true, grid)
                .map(Evaluated::Vector),
            (Evaluated::Vector(lhs), Evaluated::Vector(rhs)) => {
                let matching = node.matching.as_ref().ok_or_else(|| mistyped("scalar"))?;
                let vector = if node.op.is_set() {
                    sets::set(self, node.op, matching, lhs, rhs, grid)?
                } else {
                    join::join(self, operator, matching, lhs, rhs, grid)?
                };
                Ok(Evaluated::Vector(vector))
            }
            _ => Err(mistyped("scalar or instant vector")),
        }
    }

    fn with_scalar(
        &self,
        child: Lazy<'a>,
        scalar: Vec<f64>,
        operator: Operator,
        scalar_is_left: bool,
        grid: &Grid,
    ) -> Outcome<Lazy<'a>> {
        let series = child.series().to_vec();
        let function = Box::new(move |column: &mut [f64]| {
            operator.combine(column, &scalar, scalar_is_left, Kept::Out);
        });
        let map = Box::new(Map {
            child,
            series,
            function,
        });
        if operator.drops_name() {
            drop_names(self, map, grid)
        } else {
            Ok(map)
        }
    }
}

/// Comparisons of scalars always give 0 or 1.
fn scalars(op: BinaryOp, lhs: f64, rhs: f64) -> f64 {
    match operator::holds(op, lhs, rhs) {
        Some(holds) => f64::from(u8::from(holds)),
        None => arithmetic(op, lhs, rhs),
    }
}
