//! Aggregations: series in groups, folded step by step in the order in which
//! the store gives the series, whatever the threads do.

mod accumulate;
mod chunk;
mod count_values;
mod hash_aggregate;
mod histograms;
mod k_aggregate;
mod quantile;

use std::collections::HashMap;

use series::{Labels, METRIC_NAME};

use super::evaluated::mistyped;
use super::evaluator::{EvalResult, Evaluator};
use super::grid::Grid;
use super::kahan::Mean;
use super::vector::{BoxedOperator, ColumnFn, Map, Series};
use crate::ast::{Aggregate, AggregateOp, Expr, Grouping, Span};
use accumulate::{Any, Count, Max, Min, Moments, Stddev, Stdvar, Sum};
use hash_aggregate::aggregate;
pub(super) use hash_aggregate::blocks;
pub(super) use histograms::add_to_mean;

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
    if grouping.without {
        labels.filtered(|name| name != METRIC_NAME && !grouping.names(name))
    } else if grouping.labels.is_empty() {
        Labels::empty()
    } else {
        labels.filtered(|name| grouping.names(name))
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn aggregate(
        &self,
        node: &Aggregate,
        span: Span,
        grid: &Grid,
    ) -> EvalResult<BoxedOperator<'a>> {
        let mut vector = self.vector(&node.expr, grid)?;
        if let Some(span) = only_floats(node, span) {
            let (annotations, op) = (self.annotations, node.op.as_str());
            let remark = move || annotations.ignored_histogram(op, span);
            vector = self.floats_only(vector, remark);
        }
        match node.op {
            AggregateOp::Sum => aggregate::<Sum>(self, vector, node, grid),
            AggregateOp::Avg => aggregate::<Mean>(self, vector, node, grid),
            AggregateOp::Count => aggregate::<Count>(self, vector, node, grid),
            AggregateOp::Min => aggregate::<Min>(self, vector, node, grid),
            AggregateOp::Max => aggregate::<Max>(self, vector, node, grid),
            AggregateOp::Group => aggregate::<Any>(self, vector, node, grid),
            AggregateOp::Stddev => aggregate::<Moments<Stddev>>(self, vector, node, grid),
            AggregateOp::Stdvar => aggregate::<Moments<Stdvar>>(self, vector, node, grid),
            AggregateOp::Topk | AggregateOp::Bottomk => {
                let counts = self.scalar(parameter(node)?, grid)?;
                let highest = node.op == AggregateOp::Topk;
                k_aggregate::k_aggregate(self, vector, &node.grouping, &counts, highest, grid)
            }
            AggregateOp::Quantile => {
                let q = parameter(node)?;
                let quantiles = self.scalar(q, grid)?;
                quantile::quantile(self, vector, node, &quantiles, q.span, grid)
            }
            AggregateOp::CountValues => {
                let label = self.text(parameter(node)?, grid)?;
                count_values::count_values(self, vector, &node.grouping, &label, grid)
            }
        }
    }

    /// The vector without its histograms; `remark` is called for each series
    /// that has any.
    pub(super) fn floats_only(
        &self,
        child: BoxedOperator<'a>,
        remark: impl Fn() + Send + Sync + 'a,
    ) -> BoxedOperator<'a> {
        let series = child.series().to_vec();
        let function: ColumnFn<'a> = Box::new(move |column| {
            if column.drop_histograms() {
                remark();
            }
        });
        Box::new(Map {
            child,
            series,
            function,
        })
    }
}

/// Where an aggregation that ignores histograms says so, if it is one that asks
/// for its vector without them.
fn only_floats(node: &Aggregate, span: Span) -> Option<Span> {
    match node.op {
        AggregateOp::Min | AggregateOp::Max | AggregateOp::Stddev | AggregateOp::Stdvar => {
            Some(node.expr.span)
        }
        AggregateOp::Topk | AggregateOp::Bottomk => Some(span),
        _ => None,
    }
}

fn parameter(node: &Aggregate) -> EvalResult<&Expr> {
    node.param
        .as_deref()
        .ok_or_else(|| mistyped("aggregation parameter"))
}
