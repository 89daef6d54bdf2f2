//! Functions of range vectors: the windows of one series in, one column out.

mod histograms;
mod rate;
mod regression;
mod remarks;
mod sliding;
mod windowed;

use super::column::ColumnMut;
use super::evaluated::{argument, mistyped};
use super::evaluator::{EvalResult, Evaluator};
use super::grid::{Grid, is_absent};
use super::merge::{dropped, merged};
use super::vector::{BoxedOperator, Buffers, Series, VectorOperator};
use super::windows::{Windowed, Windows};
use crate::ast::{Call, Expr, Span};
use crate::function::Func;
use remarks::Remarks;

/// Fills a column from the floats of one series' windows; a window without any
/// gives no value.
type Kernel<'a> = Box<dyn Fn(Windowed<'_>, &mut [f64]) + Send + Sync + 'a>;

struct OverTime<'a> {
    evaluator: Evaluator<'a>,
    windows: Windows<'a>,
    series: Vec<Series>,
    func: Func,
    kernel: Kernel<'a>,
    /// The first argument's place.
    first: Span,
    /// Set where the series should be counters: the argument's place.
    counters: Option<Span>,
}

impl<'a> Evaluator<'a> {
    /// A function whose last range vector argument is folded window by window.
    pub(super) fn over_time(&self, call: &Call, grid: &Grid) -> EvalResult<BoxedOperator<'a>> {
        let func = call.function.func;
        let (kernel, source) = self.kernel(func, &call.args, grid)?;
        let windows = self.windows(source, grid)?;
        // The one function whose result still is the metric.
        let series = if func == Func::LastOverTime {
            windows.series().to_vec()
        } else {
            dropped(self, windows.series())
        };
        let counters = matches!(func, Func::Rate | Func::Increase).then_some(source.span);
        merged(
            self,
            Box::new(OverTime {
                evaluator: self.clone(),
                windows,
                series,
                func,
                kernel,
                first: argument(&call.args, 0)?.span,
                counters,
            }),
            grid,
        )
    }

    fn kernel<'e>(
        &self,
        func: Func,
        args: &'e [Expr],
        grid: &Grid,
    ) -> EvalResult<(Kernel<'a>, &'e Expr)> {
        let evaluator = self.clone();
        match (func, args) {
            (Func::QuantileOverTime, [q, source]) => {
                let span = q.span;
                let q = self.scalar(q, grid)?;
                let warn = move |q| evaluator.annotations.invalid_quantile(q, span);
                let kernel = move |windowed: Windowed<'_>, out: &mut [f64]| {
                    windowed::quantile(windowed, &q, &warn, out);
                };
                Ok((Box::new(kernel), source))
            }
            (Func::PredictLinear, [source, ahead]) => {
                let ahead_seconds = self.scalar(ahead, grid)?;
                let kernel = move |windowed: Windowed<'_>, out: &mut [f64]| {
                    regression::predict(windowed, &ahead_seconds, out);
                };
                Ok((Box::new(kernel), source))
            }
            (_, [source]) => Ok((Box::new(plain_kernel(func)?), source)),
            _ => Err(mistyped("range vector")),
        }
    }
}

fn plain_kernel(func: Func) -> EvalResult<fn(Windowed<'_>, &mut [f64])> {
    Ok(match func {
        Func::Rate => |windowed, out| rate::extrapolated(windowed, rate::Kind::Rate, out),
        Func::Increase => |windowed, out| rate::extrapolated(windowed, rate::Kind::Increase, out),
        Func::Delta => |windowed, out| rate::extrapolated(windowed, rate::Kind::Delta, out),
        Func::Irate => |windowed, out| rate::of_last_two(windowed, true, out),
        Func::Idelta => |windowed, out| rate::of_last_two(windowed, false, out),
        Func::Deriv => regression::slope,
        Func::SumOverTime => sliding::sum,
        Func::AvgOverTime => sliding::mean,
        Func::MinOverTime => sliding::min,
        Func::MaxOverTime => sliding::max,
        Func::CountOverTime => windowed::count,
        Func::PresentOverTime => windowed::present,
        Func::LastOverTime => windowed::last,
        Func::StddevOverTime => windowed::stddev,
        Func::StdvarOverTime => windowed::stdvar,
        Func::Changes => |windowed, out| windowed::count_pairs(windowed, windowed::is_change, out),
        Func::Resets => |windowed, out| windowed::count_pairs(windowed, windowed::is_reset, out),
        _ => return Err(mistyped("instant vector")),
    })
}

const COUNTER_SUFFIXES: [&str; 4] = ["_total", "_sum", "_count", "_bucket"];

impl<'a> VectorOperator<'a> for OverTime<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(
        &self,
        index: usize,
        buffers: &mut Buffers,
        out: &mut ColumnMut<'_>,
    ) -> EvalResult<()> {
        let metric = self.windows.series()[index].labels.metric_name();
        self.windows.with(index, buffers, |windowed| {
            (self.kernel)(windowed, out.floats);
            if let Some(histograms) = windowed.histograms {
                let remarks = Remarks {
                    annotations: self.evaluator.annotations,
                    metric,
                    span: self.first,
                };
                histograms::fold(self.func, windowed, histograms, remarks, out);
            }
        })?;
        let Some(span) = self.counters else {
            return Ok(());
        };
        let is_counter = COUNTER_SUFFIXES
            .iter()
            .any(|suffix| metric.ends_with(suffix));
        if !metric.is_empty() && !is_counter && has_float(out) {
            self.evaluator
                .annotations
                .possible_non_counter(metric, span);
        }
        Ok(())
    }
}

fn has_float(column: &ColumnMut<'_>) -> bool {
    let mut steps = column.floats.iter().enumerate();
    steps.any(|(step, value)| !is_absent(*value) && column.histograms.get(step).is_none())
}
