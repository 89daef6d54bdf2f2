//! A chain of binary operators (`a or b or …`, `a + b - …`) to its value.
//!
//! Such a chain is a tree that leans to the left and is as high as it is long.
//! It is evaluated from its first operand on, so that the stack does not grow
//! with its length.

use super::evaluated::Evaluated;
use super::evaluator::{EvalResult, Evaluator};
use super::grid::Grid;
use super::invariant::is_step_invariant;
use crate::ast::{Binary, BinaryOp, Expr};

/// After so many operators the columns so far are computed: each operator
/// computes its operands' columns from within its own, which takes stack.
const OPERATORS_UNTIL_MATERIALIZED: usize = 32;

impl<'a> Evaluator<'a> {
    /// The value of a binary node, and of all that hang down its left side.
    /// What has no step of its own, from the left, is evaluated once.
    pub(super) fn operator_chain(&self, expr: &Expr, grid: &Grid) -> EvalResult<Evaluated<'a>> {
        let (first, operations) = expr.left_spine();
        let once = Grid::instant(grid.start_ms);
        let mut is_once = grid.len > 1 && is_step_invariant(first);
        let mut value = self.eval(first, if is_once { &once } else { grid })?;
        let (mut operators, mut rest) = (0_usize, operations.as_slice());
        while let Some(&(node, next)) = rest.first() {
            self.context.interrupt.check()?;
            let together = together(rest);
            let (now, after) = rest.split_at(together);
            if is_once && !now.iter().all(|(_, node)| is_step_invariant(&node.rhs)) {
                is_once = false;
                value = value.broadcast(grid);
            }
            let grid = if is_once { &once } else { grid };
            value = if next.op == BinaryOp::Or {
                self.union(value, now, grid)?
            } else {
                let rhs = self.eval(&next.rhs, grid)?;
                self.binary((node, next), value, rhs, grid)?
            };
            operators += 1;
            if operators.is_multiple_of(OPERATORS_UNTIL_MATERIALIZED)
                && let Evaluated::Vector(vector) = value
            {
                value = Evaluated::Vector(Box::new(vector.materialize(self, grid)?));
            }
            rest = after;
        }
        Ok(if is_once {
            value.broadcast(grid)
        } else {
            value
        })
    }
}

/// How many of the next operations are one: `or`s that match by the same
/// labels join all their operands at once.
fn together(rest: &[(&Expr, &Binary)]) -> usize {
    let Some((_, first)) = rest.first() else {
        return 0;
    };
    if first.op != BinaryOp::Or {
        return 1;
    }
    rest.iter()
        .take_while(|(_, node)| node.op == BinaryOp::Or && node.matching == first.matching)
        .count()
}
