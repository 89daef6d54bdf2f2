//! `histogram_quantile` and `histogram_fraction` of classic histograms: the
//! series that differ in `le` only make up one histogram.

use std::collections::HashMap;

use series::Labels;

use super::super::evaluated::argument;
use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::merge::{merged, without_metadata};
use super::super::quantile::is_invalid;
use super::super::vector::{BoxedOperator, Buffers, Series, VectorOperator};
use super::buckets::{self, Bucket};
use crate::NameRemoval;
use crate::ast::{Expr, Span};

const BUCKET_LABEL: &str = "le";

pub(in super::super) fn quantile<'a>(
    evaluator: &Evaluator<'a>,
    args: &[Expr],
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let (q_arg, source) = (argument(args, 0)?, argument(args, 1)?);
    let q = evaluator.scalar(q_arg, grid)?;
    for &value in q.iter().filter(|value| is_invalid(**value)) {
        evaluator.annotations.invalid_quantile(value, q_arg.span);
    }
    histograms(evaluator, source, grid, Wanted::Quantile(q))
}

pub(in super::super) fn fraction<'a>(
    evaluator: &Evaluator<'a>,
    args: &[Expr],
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let lower = evaluator.scalar(argument(args, 0)?, grid)?;
    let upper = evaluator.scalar(argument(args, 1)?, grid)?;
    histograms(
        evaluator,
        argument(args, 2)?,
        grid,
        Wanted::Fraction { lower, upper },
    )
}

/// What is asked of each histogram, a parameter a step.
enum Wanted {
    Quantile(Vec<f64>),
    Fraction { lower: Vec<f64>, upper: Vec<f64> },
}

struct Histograms<'a> {
    evaluator: Evaluator<'a>,
    child: BoxedOperator<'a>,
    series: Vec<Series>,
    /// The upper bound and the child's series of each bucket, ascending.
    members: Vec<Vec<(f64, usize)>>,
    wanted: Wanted,
    source: Span,
}

fn histograms<'a>(
    evaluator: &Evaluator<'a>,
    source: &Expr,
    grid: &Grid,
    wanted: Wanted,
) -> EvalResult<BoxedOperator<'a>> {
    let child = evaluator.vector(source, grid)?;
    let mut places: HashMap<Labels, usize> = HashMap::new();
    let mut series: Vec<Series> = Vec::new();
    let mut members: Vec<Vec<(f64, usize)>> = Vec::new();
    for (index, one) in child.series().iter().enumerate() {
        let Some(upper) = upper_bound(&one.labels) else {
            warn_bad_bucket(evaluator, &child, index, grid, source.span)?;
            continue;
        };
        let labels = one.labels.filtered(|name| name != BUCKET_LABEL);
        let place = *places.entry(labels.clone()).or_insert(series.len());
        if place == series.len() {
            series.push(identity(evaluator, labels));
            members.push(Vec::new());
        }
        members[place].push((upper, index));
    }
    for members in &mut members {
        members.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    }
    merged(
        evaluator,
        Box::new(Histograms {
            evaluator: evaluator.clone(),
            child,
            series,
            members,
            wanted,
            source: source.span,
        }),
        grid,
    )
}

fn identity(evaluator: &Evaluator<'_>, labels: Labels) -> Series {
    let labels = match evaluator.context.name_removal {
        NameRemoval::Eager => without_metadata(&labels),
        NameRemoval::Delayed => labels,
    };
    Series {
        labels,
        drop_name: true,
    }
}

fn upper_bound(labels: &Labels) -> Option<f64> {
    let le = labels.get(BUCKET_LABEL)?;
    le.parse().ok().filter(|upper: &f64| !upper.is_nan())
}

/// Warns of a series without a usable `le`, where it has any value.
fn warn_bad_bucket<'a>(
    evaluator: &Evaluator<'a>,
    child: &BoxedOperator<'a>,
    index: usize,
    grid: &Grid,
    span: Span,
) -> EvalResult<()> {
    let mut buffers = Buffers::default();
    let mut column = buffers.column(grid.len);
    child.compute(index, &mut buffers, &mut column)?;
    if column.iter().any(|value| !is_absent(*value)) {
        let labels = &child.series()[index].labels;
        let le = labels.get(BUCKET_LABEL).unwrap_or("");
        evaluator
            .annotations
            .bad_bucket(labels.metric_name(), le, span);
    }
    Ok(())
}

impl Histograms<'_> {
    /// The value of one histogram, and whether its buckets decreased.
    fn value(&self, step: usize, buckets: &mut Vec<Bucket>) -> (f64, bool) {
        let complete = buckets::join_equal(buckets);
        let plain = match &self.wanted {
            Wanted::Quantile(q) if q[step].is_nan() => f64::NAN,
            Wanted::Quantile(q) if q[step] < 0.0 => f64::NEG_INFINITY,
            Wanted::Quantile(q) if q[step] > 1.0 => f64::INFINITY,
            _ if !complete => f64::NAN,
            Wanted::Quantile(q) => return buckets::quantile(q[step], buckets),
            Wanted::Fraction { lower, upper } => {
                buckets::fraction(lower[step], upper[step], buckets)
            }
        };
        (plain, false)
    }
}

impl<'a> VectorOperator<'a> for Histograms<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(&self, index: usize, buffers: &mut Buffers, out: &mut [f64]) -> EvalResult<()> {
        let members = &self.members[index];
        let mut columns = Vec::with_capacity(members.len());
        for &(_, member) in members {
            let mut column = buffers.column(out.len());
            self.child.compute(member, buffers, &mut column)?;
            columns.push(column);
        }
        let mut buckets = Vec::with_capacity(members.len());
        let mut any_forced = false;
        for (step, out) in out.iter_mut().enumerate() {
            buckets.clear();
            for (&(upper, _), column) in members.iter().zip(&columns) {
                if !is_absent(column[step]) {
                    let count = column[step];
                    buckets.push(Bucket { upper, count });
                }
            }
            *out = ABSENT;
            if !buckets.is_empty() {
                let (value, forced) = self.value(step, &mut buckets);
                *out = value;
                any_forced |= forced;
            }
        }
        if any_forced {
            let metric = self.series[index].labels.metric_name();
            self.evaluator
                .annotations
                .forced_monotonicity(metric, self.source);
        }
        for column in columns {
            buffers.return_column(column);
        }
        Ok(())
    }
}
