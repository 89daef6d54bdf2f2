//! A typed tree and a store to an answer: columnar, a grid of steps at a time.
//!
//! An instant query is a range query of one step. Every node becomes a scalar
//! column, a text, or a vector whose series are computed one by one when
//! somebody folds or collects them ([`vector`]), so that an aggregation over
//! ten thousand series never holds ten thousand columns.

mod aggregate;
mod answer;
mod binary;
mod budget;
mod call;
mod functions;
mod grid;
mod invariant;
mod kahan;
mod merge;
mod over_time;
mod quantile;
mod remarks;
mod selector;
mod vector;
mod windows;

use crate::ast::{Expr, ExprKind};
use crate::{Answer, Context, EvalError};
use budget::Budget;
use grid::{Grid, is_absent};
use remarks::Remarks;
use series::TimeRange;
use vector::{Broadcast, Lazy, Map};

type Outcome<T> = Result<T, EvalError>;

/// Evaluates at one instant.
///
/// # Errors
/// Where the expression cannot be evaluated over the data, or costs too much.
pub fn instant(expr: &Expr, at_ms: i64, context: &Context<'_>) -> Result<Answer, EvalError> {
    let query = TimeRange {
        start_ms: at_ms,
        end_ms: at_ms,
    };
    evaluate(expr, Grid::instant(at_ms), query, context, Kind::Instant)
}

/// Evaluates at every step from start to end, both included.
///
/// # Errors
/// As [`instant`], and where the range has no step or too many, or the
/// expression is a range vector or a text.
pub fn range(
    expr: &Expr,
    start_ms: i64,
    end_ms: i64,
    step_ms: i64,
    context: &Context<'_>,
) -> Result<Answer, EvalError> {
    let bad = |message: &str| Err(EvalError::BadData(message.to_owned()));
    if step_ms <= 0 {
        return bad(
            "zero or negative query resolution step widths are not accepted. Try a positive integer",
        );
    }
    let Some(grid) = Grid::spanning(start_ms, end_ms, step_ms) else {
        return bad("end timestamp must not be before start time");
    };
    if grid.len - 1 > context.limits.max_points {
        let limit = context.limits.max_points;
        return Err(EvalError::BadData(format!(
            "exceeded maximum resolution of {} points per timeseries. Try decreasing the query resolution (?step=XX)",
            thousands(limit)
        )));
    }
    let query = TimeRange { start_ms, end_ms };
    evaluate(expr, grid, query, context, Kind::Range)
}

/// `11000` as `11,000`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

/// What is asked for.
#[derive(Clone, Copy)]
enum Kind {
    Instant,
    Range,
}

fn evaluate(
    expr: &Expr,
    grid: Grid,
    query: TimeRange,
    context: &Context<'_>,
    kind: Kind,
) -> Outcome<Answer> {
    let budget = Budget::new(context.limits.max_samples);
    let remarks = Remarks::default();
    let evaluator = Evaluator {
        context,
        budget: &budget,
        remarks: &remarks,
        query,
    };
    let value = match kind {
        Kind::Instant => evaluator.instant_value(expr, &grid)?,
        Kind::Range => evaluator.range_value(expr, &grid)?,
    };
    let (warnings, infos) = remarks.into_texts();
    Ok(Answer {
        value,
        warnings,
        infos,
        stats: budget.stats(),
    })
}

/// What every part of one evaluation shares.
#[derive(Clone)]
struct Evaluator<'a> {
    context: &'a Context<'a>,
    budget: &'a Budget,
    remarks: &'a Remarks,
    /// The range of the whole query, for `@ start()` and `@ end()`.
    query: TimeRange,
}

/// The value of a node over a grid; range vectors have
/// [`Evaluator::windows`].
enum Evaluated<'a> {
    /// One float a step.
    Scalar(Vec<f64>),
    Text(String),
    Vector(Lazy<'a>),
}

/// The tree is not typed as the parser makes it.
fn mistyped(wanted: &str) -> EvalError {
    EvalError::Execution(format!(
        "internal error: expected an expression of type {wanted}"
    ))
}

impl<'a> Evaluator<'a> {
    /// The value of a node over a grid, once only where it is the same at
    /// every step.
    fn eval(&self, expr: &Expr, grid: &Grid) -> Outcome<Evaluated<'a>> {
        self.context.interrupt.check()?;
        if grid.len == 1 || !invariant::is_step_invariant(expr) {
            return self.eval_steps(expr, grid);
        }
        let once = self.eval_steps(expr, &Grid::instant(grid.start_ms))?;
        Ok(match once {
            Evaluated::Scalar(column) => Evaluated::Scalar(vec![column[0]; grid.len]),
            Evaluated::Text(text) => Evaluated::Text(text),
            Evaluated::Vector(vector) => Evaluated::Vector(Box::new(Broadcast(vector))),
        })
    }

    fn eval_steps(&self, expr: &Expr, grid: &Grid) -> Outcome<Evaluated<'a>> {
        match &expr.kind {
            ExprKind::Number { value, .. } => Ok(Evaluated::Scalar(vec![*value; grid.len])),
            ExprKind::Text(text) => Ok(Evaluated::Text(text.clone())),
            ExprKind::Selector(selector) => self
                .latest(selector, grid, selector::Latest::Value)
                .map(Evaluated::Vector),
            ExprKind::Range(_) | ExprKind::Subquery(_) => Err(mistyped("instant vector")),
            ExprKind::Call(call) => self.call(call, grid),
            ExprKind::Aggregate(aggregate) => {
                self.aggregate(aggregate, grid).map(Evaluated::Vector)
            }
            ExprKind::Binary(binary) => self.binary(binary, grid),
            ExprKind::Unary { negative, expr } => self.signed(*negative, expr, grid),
            ExprKind::Paren(inner) => self.eval(inner, grid),
        }
    }

    /// The value of a node that is an instant vector.
    fn vector(&self, expr: &Expr, grid: &Grid) -> Outcome<Lazy<'a>> {
        match self.eval(expr, grid)? {
            Evaluated::Vector(vector) => Ok(vector),
            _ => Err(mistyped("instant vector")),
        }
    }

    /// The value of a node that is a scalar.
    fn scalar(&self, expr: &Expr, grid: &Grid) -> Outcome<Vec<f64>> {
        match self.eval(expr, grid)? {
            Evaluated::Scalar(column) => Ok(column),
            _ => Err(mistyped("scalar")),
        }
    }

    /// The value of a node that is a text.
    fn text(&self, expr: &Expr, grid: &Grid) -> Outcome<String> {
        match self.eval(expr, grid)? {
            Evaluated::Text(text) => Ok(text),
            _ => Err(mistyped("string")),
        }
    }

    fn signed(&self, negative: bool, expr: &Expr, grid: &Grid) -> Outcome<Evaluated<'a>> {
        let value = self.eval(expr, grid)?;
        if !negative {
            return Ok(value);
        }
        let negate = |column: &mut [f64]| {
            for value in column.iter_mut().filter(|value| !is_absent(**value)) {
                *value = -*value;
            }
        };
        match value {
            Evaluated::Scalar(mut column) => {
                negate(&mut column);
                Ok(Evaluated::Scalar(column))
            }
            Evaluated::Vector(child) => {
                let series = child.series().to_vec();
                let function = Box::new(negate);
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
