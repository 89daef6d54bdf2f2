//! Binary operators: scalars with scalars, vectors with scalars, and vectors
//! with vectors by matching or as sets.

mod dynamic_matching;
mod histograms;
mod join;
mod matching;
mod operator;
mod sets;

use super::column::{Column, ColumnMut};
use super::evaluated::{Evaluated, mistyped};
use super::evaluator::{EvalResult, Evaluator};
use super::grid::Grid;
use super::merge::drop_names;
use super::vector::{BoxedOperator, Map};
use crate::ast::{Binary, BinaryOp, Expr};
use operator::{Kept, Operator, arithmetic};

impl<'a> Evaluator<'a> {
    /// What an operator makes of the values of its operands.
    pub(super) fn binary(
        &self,
        (expr, node): (&Expr, &Binary),
        lhs: Evaluated<'a>,
        rhs: Evaluated<'a>,
        grid: &Grid,
    ) -> EvalResult<Evaluated<'a>> {
        let operator = Operator::new(node, expr.span);
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
                    sets::filter(self, node.op, matching, lhs, rhs, grid)?
                } else {
                    join::join(self, operator, matching, lhs, rhs, grid)?
                };
                Ok(Evaluated::Vector(vector))
            }
            _ => Err(mistyped("scalar or instant vector")),
        }
    }

    /// `first or …`, all by the same labels.
    pub(super) fn union(
        &self,
        first: Evaluated<'a>,
        nodes: &[(&Expr, &Binary)],
        grid: &Grid,
    ) -> EvalResult<Evaluated<'a>> {
        let (Evaluated::Vector(first), Some((_, node))) = (first, nodes.first()) else {
            return Err(mistyped("instant vector"));
        };
        let matching = node.matching.as_ref().ok_or_else(|| mistyped("scalar"))?;
        let mut operands = vec![first];
        for (_, node) in nodes {
            operands.push(self.vector(&node.rhs, grid)?);
        }
        sets::union(self, matching, operands, grid).map(Evaluated::Vector)
    }

    fn with_scalar(
        &self,
        child: BoxedOperator<'a>,
        scalar: Vec<f64>,
        operator: Operator,
        scalar_is_left: bool,
        grid: &Grid,
    ) -> EvalResult<BoxedOperator<'a>> {
        let series = child.series().to_vec();
        let annotations = self.annotations;
        let function = Box::new(move |column: &mut ColumnMut<'_>| {
            let scalar = Column::of_floats(&scalar);
            operator.combine(column, scalar, scalar_is_left, Kept::Out, annotations);
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
