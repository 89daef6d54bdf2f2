//! `label_replace` and `label_join`.

use series::{Labels, METRIC_NAME, anchored_regex};

use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::Grid;
use super::super::merge::{merged, relabelled};
use super::super::vector::{BoxedOperator, Series};
use crate::EvalError;
use crate::ast::Expr;
use crate::text::quote;

pub(in super::super) fn replace<'a>(
    evaluator: &Evaluator<'a>,
    args: &[Expr],
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let target = evaluator.text_argument(args, 1, grid)?;
    let replacement = evaluator.text_argument(args, 2, grid)?;
    let source = evaluator.text_argument(args, 3, grid)?;
    let pattern = evaluator.text_argument(args, 4, grid)?;
    let regex = anchored_regex(&pattern).map_err(|_| {
        let pattern = quote(&pattern);
        EvalError::Execution(format!(
            "invalid regular expression in label_replace(): {pattern}"
        ))
    })?;
    check_name(&target, "destination", "label_replace")?;
    let vector = evaluator.argument(args, 0, grid)?;
    renamed(evaluator, vector, grid, &target, |labels| {
        let captures = regex.captures(labels.get(&source).unwrap_or(""))?;
        let mut value = String::new();
        captures.expand(&replacement, &mut value);
        Some(value)
    })
}

pub(in super::super) fn join<'a>(
    evaluator: &Evaluator<'a>,
    args: &[Expr],
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let target = evaluator.text_argument(args, 1, grid)?;
    let separator = evaluator.text_argument(args, 2, grid)?;
    let sources = (3..args.len())
        .map(|index| evaluator.text_argument(args, index, grid))
        .collect::<EvalResult<Vec<_>>>()?;
    for source in &sources {
        check_name(source, "source", "label_join")?;
    }
    check_name(&target, "destination", "label_join")?;
    let vector = evaluator.argument(args, 0, grid)?;
    renamed(evaluator, vector, grid, &target, |labels| {
        let values: Vec<&str> = sources
            .iter()
            .map(|source| labels.get(source).unwrap_or(""))
            .collect();
        Some(values.join(&separator))
    })
}

/// Every UTF-8 text but the empty one is a label's name.
fn check_name(name: &str, which: &str, function: &str) -> EvalResult<()> {
    if !name.is_empty() {
        return Ok(());
    }
    Err(EvalError::Execution(format!(
        "invalid {which} label name in {function}(): {name}"
    )))
}

/// Sets `target` to what `value` makes of each series' labels.
fn renamed<'a>(
    evaluator: &Evaluator<'a>,
    vector: BoxedOperator<'a>,
    grid: &Grid,
    target: &str,
    value: impl Fn(&Labels) -> Option<String>,
) -> EvalResult<BoxedOperator<'a>> {
    let rename = |one: &Series| match value(&one.labels) {
        None => one.clone(),
        Some(value) => Series {
            labels: one.labels.to_builder().set(target, &value).build(),
            // A name set on purpose stays.
            drop_name: one.drop_name && target != METRIC_NAME,
        },
    };
    let series = vector.series().iter().map(rename).collect();
    merged(evaluator, relabelled(vector, series), grid)
}
