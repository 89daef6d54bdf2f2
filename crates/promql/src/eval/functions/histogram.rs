//! `histogram_quantile` and `histogram_fraction`: of native histograms, and of
//! classic ones, where the series that differ in `le` only make up one.

use std::collections::HashMap;

use series::Labels;

use super::super::column::{Column, ColumnBuf, ColumnMut, StepValue};
use super::super::evaluated::argument;
use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::merge::{merged, without_metadata};
use super::super::quantile::is_invalid;
use super::super::vector::{BoxedOperator, Buffers, Series, VectorOperator};
use super::buckets::{self, Bucket};
use super::native::{self, NanObservations};
use crate::NameRemoval;
use crate::ast::{Expr, Span};

const BUCKET_LABEL: &str = "le";

pub(in super::super) fn quantile<'a>(
    evaluator: &Evaluator<'a>,
    args: &[Expr],
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let q_arg = argument(args, 0)?;
    let q = evaluator.scalar(q_arg, grid)?;
    for &value in q.iter().filter(|value| is_invalid(**value)) {
        evaluator.annotations.invalid_quantile(value, q_arg.span);
    }
    histograms(evaluator, args, 1, grid, Wanted::Quantile(q))
}

pub(in super::super) fn fraction<'a>(
    evaluator: &Evaluator<'a>,
    args: &[Expr],
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let lower = evaluator.scalar(argument(args, 0)?, grid)?;
    let upper = evaluator.scalar(argument(args, 1)?, grid)?;
    histograms(evaluator, args, 2, grid, Wanted::Fraction { lower, upper })
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
    members: Vec<Members>,
    wanted: Wanted,
    /// Where the vector and the first argument are written.
    source: Span,
    first: Span,
}

/// The child's series that make up one series.
#[derive(Default)]
struct Members {
    /// The upper bound and the series of each bucket, ascending.
    buckets: Vec<(f64, usize)>,
    /// The series that has native histograms, if any: one without a usable `le`.
    native: Option<usize>,
}

fn histograms<'a>(
    evaluator: &Evaluator<'a>,
    args: &[Expr],
    vector: usize,
    grid: &Grid,
    wanted: Wanted,
) -> EvalResult<BoxedOperator<'a>> {
    let source = argument(args, vector)?;
    let child = evaluator.vector(source, grid)?;
    let mut places: HashMap<Labels, usize> = HashMap::new();
    let mut series: Vec<Series> = Vec::new();
    let mut members: Vec<Members> = Vec::new();
    for (index, one) in child.series().iter().enumerate() {
        let upper = upper_bound(&one.labels);
        let labels = match upper {
            Some(_) => one.labels.filtered(|name| name != BUCKET_LABEL),
            None => one.labels.clone(),
        };
        let place = *places.entry(labels.clone()).or_insert(series.len());
        if place == series.len() {
            series.push(identity(evaluator, labels));
            members.push(Members::default());
        }
        match upper {
            Some(upper) => members[place].buckets.push((upper, index)),
            None => members[place].native = Some(index),
        }
    }
    for members in &mut members {
        members.buckets.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    }
    let histograms = Histograms {
        evaluator: evaluator.clone(),
        child,
        series,
        members,
        wanted,
        source: source.span,
        first: argument(args, 0)?.span,
    };
    merged(evaluator, Box::new(histograms), grid)
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

impl Histograms<'_> {
    /// The value of one classic histogram, and whether its buckets decreased.
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

    /// Fills the column from the buckets of classic histograms.
    fn of_buckets(&self, index: usize, columns: &[ColumnBuf], out: &mut [f64]) {
        let members = &self.members[index].buckets;
        let mut buckets = Vec::with_capacity(members.len());
        let mut any_forced = false;
        for (step, out) in out.iter_mut().enumerate() {
            buckets.clear();
            for (&(upper, _), column) in members.iter().zip(columns) {
                let count = column.as_ref().floats[step];
                if !is_absent(count) {
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
            let annotations = self.evaluator.annotations;
            annotations.forced_monotonicity(metric, self.source);
        }
    }

    /// Takes in native histograms; where there are buckets as well, neither
    /// counts.
    fn add_native(&self, index: usize, column: Column<'_>, out: &mut [f64]) {
        let metric = self.series[index].labels.metric_name();
        for (step, out) in out.iter_mut().enumerate() {
            match column.get(step) {
                None => {}
                Some(StepValue::Float(_)) => self.warn_bad_bucket(index),
                Some(StepValue::Histogram(_)) if !is_absent(*out) => {
                    let annotations = self.evaluator.annotations;
                    annotations.mixed_classic_native(metric, self.source);
                    *out = ABSENT;
                }
                Some(StepValue::Histogram(histogram)) => {
                    *out = match &self.wanted {
                        Wanted::Quantile(q) => {
                            let (value, nan) = native::quantile(q[step], &histogram);
                            self.remark_nan(nan, metric);
                            value
                        }
                        Wanted::Fraction { lower, upper } => {
                            let (lower, upper) = (lower[step], upper[step]);
                            let (value, has_nan) = native::fraction(lower, upper, &histogram);
                            if has_nan {
                                let annotations = self.evaluator.annotations;
                                annotations.fraction_without_nan(metric, self.first);
                            }
                            value
                        }
                    }
                }
            }
        }
    }

    fn remark_nan(&self, nan: NanObservations, metric: &str) {
        let annotations = self.evaluator.annotations;
        match nan {
            NanObservations::Harmless => {}
            NanObservations::SkewHigher => annotations.quantile_skewed_by_nan(metric, self.first),
            NanObservations::AreTheResult => annotations.quantile_is_nan(metric, self.first),
        }
    }

    /// Warns of a float in a series without a usable `le`.
    fn warn_bad_bucket(&self, index: usize) {
        let Some(member) = self.members[index].native else {
            return;
        };
        let labels = &self.child.series()[member].labels;
        let le = labels.get(BUCKET_LABEL).unwrap_or("");
        let annotations = self.evaluator.annotations;
        annotations.bad_bucket(labels.metric_name(), le, self.source);
    }
}

impl<'a> VectorOperator<'a> for Histograms<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(
        &self,
        index: usize,
        buffers: &mut Buffers,
        out: &mut ColumnMut<'_>,
    ) -> EvalResult<()> {
        let len = out.floats.len();
        let members = &self.members[index];
        let mut columns = Vec::with_capacity(members.buckets.len());
        for &(_, member) in &members.buckets {
            let mut column = buffers.column(len);
            self.child.compute(member, buffers, &mut column.as_mut())?;
            column.as_mut().drop_histograms();
            columns.push(column);
        }
        self.of_buckets(index, &columns, out.floats);
        for column in columns {
            buffers.return_column(column);
        }
        if let Some(member) = members.native {
            let mut column = buffers.column(len);
            self.child.compute(member, buffers, &mut column.as_mut())?;
            self.add_native(index, column.as_ref(), out.floats);
            buffers.return_column(column);
        }
        Ok(())
    }
}
