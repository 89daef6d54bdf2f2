//! From the kind of a node to what evaluates it.

use super::column::ColumnMut;
use super::evaluated::{Evaluated, mistyped};
use super::evaluator::{EvalResult, Evaluator};
use super::grid::{Grid, is_absent};
use super::vector::{BoxedOperator, Map};
use super::{invariant, merge, selector};
use crate::ast::{Expr, ExprKind};

impl<'a> Evaluator<'a> {
    /// The value of a node over a grid, once only where it is the same at
    /// every step.
    pub(super) fn eval(&self, expr: &Expr, grid: &Grid) -> EvalResult<Evaluated<'a>> {
        self.context.interrupt.check()?;
        if matches!(expr.kind, ExprKind::Binary(_)) {
            return self.operator_chain(expr, grid);
        }
        if grid.len == 1 || !invariant::is_step_invariant(expr) {
            return self.eval_steps(expr, grid);
        }
        let once = self.eval_steps(expr, &Grid::instant(grid.start_ms))?;
        Ok(once.broadcast(grid))
    }

    fn eval_steps(&self, expr: &Expr, grid: &Grid) -> EvalResult<Evaluated<'a>> {
        match &expr.kind {
            ExprKind::Number { value, .. } => Ok(Evaluated::Scalar(vec![*value; grid.len])),
            ExprKind::Text(text) => Ok(Evaluated::Text(text.clone())),
            ExprKind::Selector(selector) => self
                .latest(selector, grid, selector::Latest::Value)
                .map(Evaluated::Vector),
            ExprKind::Range(_) | ExprKind::Subquery(_) => Err(mistyped("instant vector")),
            ExprKind::Call(call) => self.call(call, grid),
            ExprKind::Aggregate(aggregate) => self
                .aggregate(aggregate, expr.span, grid)
                .map(Evaluated::Vector),
            ExprKind::Binary(_) => self.operator_chain(expr, grid),
            ExprKind::Unary { negative, expr } => self.signed(*negative, expr, grid),
            ExprKind::Paren(inner) => self.eval(inner, grid),
        }
    }

    /// The value of a node that is an instant vector.
    pub(super) fn vector(&self, expr: &Expr, grid: &Grid) -> EvalResult<BoxedOperator<'a>> {
        match self.eval(expr, grid)? {
            Evaluated::Vector(vector) => Ok(vector),
            _ => Err(mistyped("instant vector")),
        }
    }

    /// The value of a node that is a scalar.
    pub(super) fn scalar(&self, expr: &Expr, grid: &Grid) -> EvalResult<Vec<f64>> {
        match self.eval(expr, grid)? {
            Evaluated::Scalar(column) => Ok(column),
            _ => Err(mistyped("scalar")),
        }
    }

    /// The value of a node that is a text.
    pub(super) fn text(&self, expr: &Expr, grid: &Grid) -> EvalResult<String> {
        match self.eval(expr, grid)? {
            Evaluated::Text(text) => Ok(text),
            _ => Err(mistyped("string")),
        }
    }

    fn signed(&self, negative: bool, expr: &Expr, grid: &Grid) -> EvalResult<Evaluated<'a>> {
        let value = self.eval(expr, grid)?;
        if !negative {
            return Ok(value);
        }
        match value {
            Evaluated::Scalar(mut column) => {
                negate(&mut column);
                Ok(Evaluated::Scalar(column))
            }
            Evaluated::Vector(child) => {
                let series = child.series().to_vec();
                let function = Box::new(negate_column);
                let map = Box::new(Map {
                    child,
                    series,
                    function,
                });
                merge::drop_names(self, map, grid).map(Evaluated::Vector)
            }
            Evaluated::Text(_) => Err(mistyped("scalar or instant vector")),
        }
    }
}

/// A histogram's counts change their sign, too.
fn negate_column(column: &mut ColumnMut<'_>) {
    negate(column.floats);
    column.histograms.change(|histogram| histogram.mul(-1.0));
}

fn negate(column: &mut [f64]) {
    for value in column.iter_mut().filter(|value| !is_absent(**value)) {
        *value = -*value;
    }
}
