//! `count_values`: how many series of a group have each value.

use std::collections::HashMap;

use series::METRIC_NAME;

use super::super::column::StepValue;
use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::materialized::MaterializedVector;
use super::super::vector::{BoxedOperator, Series};
use super::Groups;
use crate::EvalError;
use crate::ast::Grouping;
use crate::text::{format_float, quote};

pub(super) fn count_values<'a>(
    evaluator: &Evaluator<'a>,
    vector: BoxedOperator<'a>,
    grouping: &Grouping,
    label: &str,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    if label.is_empty() {
        let label = quote(label);
        return Err(EvalError::Execution(format!("invalid label name {label}")));
    }
    let groups = groups_but(vector.series(), grouping, label);
    let dropped = grouping.without && grouping.labels.iter().any(|without| without == label);
    let text = |value| match value {
        _ if dropped => String::new(),
        StepValue::Float(value) => format_float(value),
        StepValue::Histogram(histogram) => histogram.to_string(),
    };
    let input = vector.materialize(evaluator, grid)?;
    let mut counts = Counts::default();
    for step in 0..grid.len {
        evaluator.context.interrupt.check()?;
        for ((_, column), &group) in input.iter().zip(&groups.of) {
            if let Some(value) = column.get(step) {
                counts.add((group, text(value)), step, grid);
            }
        }
        let points = counts.columns.len().saturating_mul(grid.len);
        drop(evaluator.budget.hold(points)?);
    }
    let identity = |(group, value): &(usize, String)| Series {
        labels: groups.series[*group]
            .labels
            .to_builder()
            .set(label, value)
            .build(),
        drop_name: groups.series[*group].drop_name && label != METRIC_NAME,
    };
    let series = counts.order.iter().map(identity).collect();
    let values = counts.columns.concat();
    Ok(Box::new(MaterializedVector::new(
        evaluator, series, values, grid,
    )?))
}

/// Columns of counts by group and value, in order of first appearance. Values
/// are told apart by their text, for all NaN are one value.
#[derive(Default)]
struct Counts {
    places: HashMap<(usize, String), usize>,
    order: Vec<(usize, String)>,
    columns: Vec<Vec<f64>>,
}

impl Counts {
    fn add(&mut self, key: (usize, String), step: usize, grid: &Grid) {
        let place = match self.places.get(&key) {
            Some(place) => *place,
            None => {
                self.columns.push(vec![ABSENT; grid.len]);
                self.order.push(key.clone());
                self.places.insert(key, self.order.len() - 1);
                self.order.len() - 1
            }
        };
        let count = &mut self.columns[place][step];
        *count = if is_absent(*count) { 1.0 } else { *count + 1.0 };
    }
}

/// The groups that the series would fall into without the label that is to
/// hold their value.
fn groups_but(series: &[Series], grouping: &Grouping, label: &str) -> Groups {
    let without_label: Vec<Series> = series
        .iter()
        .map(|one| Series {
            labels: one.labels.filtered(|name| name != label),
            drop_name: one.drop_name,
        })
        .collect();
    Groups::new(&without_label, grouping)
}
