//! Aggregations: series in groups, folded step by step in the order in which
//! the store gives the series, whatever the threads do.

mod accumulate;
mod count_values;
mod fold;
mod quantile;
mod rank;

use std::collections::HashMap;

use series::{Labels, METRIC_NAME};

use super::grid::Grid;
use super::vector::{Lazy, Series};
use super::{Evaluator, Outcome, mistyped};
use crate::ast::{Aggregate, AggregateOp, Expr, Grouping};
use accumulate::{Any, Count, Max, Min, Moments, Stddev, Stdvar, Sum};
pub(super) use fold::blocks;

/// Which series fall together.
struct Groups {
    /// The group of each series.
    of: Vec<usize>,
    /// The identity of each group, in order of first appearance.
    series: Vec<Series>,
}

impl Groups {
    fn new(series: &[Series], grouping: &Grouping) -> Self {
        let mut places: HashMap<Labels, usize> = HashMap::new();
        let mut groups = Self {
            of: Vec::with_capacity(series.len()),
            series: Vec::new(),
        };
        for one in series {
            let labels = kept(&one.labels, grouping);
            let next = groups.series.len();
            let place = *places.entry(labels).or_insert_with_key(|labels| {
                groups.series.push(Series {
                    labels: labels.clone(),
                    drop_name: one.drop_name,
                });
                next
            });
            groups.of.push(place);
        }
        groups
    }

    fn len(&self) -> usize {
        self.series.len()
    }

    /// The series of each group.
    fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.len()];
        for (index, &group) in self.of.iter().enumerate() {
            members[group].push(index);
        }
        members
    }
}

fn kept(labels: &Labels, grouping: &Grouping) -> Labels {
    let named = |name: &str| grouping.labels.iter().any(|label| label == name);
    if grouping.without {
        labels.filtered(|name| name != METRIC_NAME && !named(name))
    } else if grouping.labels.is_empty() {
        Labels::empty()
    } else {
        labels.filtered(named)
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn aggregate(&self, node: &Aggregate, grid: &Grid) -> Outcome<Lazy<'a>> {
        let vector = self.vector(&node.expr, grid)?;
        match node.op {
            AggregateOp::Sum => fold::fold::<Sum>(self, vector, &node.grouping, grid),
            AggregateOp::Avg => {
                fold::fold::<super::kahan::Mean>(self, vector, &node.grouping, grid)
            }
            AggregateOp::Count => fold::fold::<Count>(self, vector, &node.grouping, grid),
            AggregateOp::Min => fold::fold::<Min>(self, vector, &node.grouping, grid),
            AggregateOp::Max => fold::fold::<Max>(self, vector, &node.grouping, grid),
            AggregateOp::Group => fold::fold::<Any>(self, vector, &node.grouping, grid),
            AggregateOp::Stddev => {
                fold::fold::<Moments<Stddev>>(self, vector, &node.grouping, grid)
            }
            AggregateOp::Stdvar => {
                fold::fold::<Moments<Stdvar>>(self, vector, &node.grouping, grid)
            }
            AggregateOp::Topk | AggregateOp::Bottomk => {
                let counts = self.scalar(parameter(node)?, grid)?;
                let highest = node.op == AggregateOp::Topk;
                rank::rank(self, vector, &node.grouping, &counts, highest, grid)
            }
            AggregateOp::Quantile => {
                let q = parameter(node)?;
                let quantiles = self.scalar(q, grid)?;
                quantile::quantile(self, vector, &node.grouping, &quantiles, q.span, grid)
            }
            AggregateOp::CountValues => {
                let label = self.text(parameter(node)?, grid)?;
                count_values::count_values(self, vector, &node.grouping, &label, grid)
            }
        }
    }
}

fn parameter(node: &Aggregate) -> Outcome<&Expr> {
    node.param
        .as_deref()
        .ok_or_else(|| mistyped("aggregation parameter"))
}
