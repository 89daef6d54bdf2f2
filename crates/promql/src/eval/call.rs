//! Function calls: one match from function to implementation.

use super::column::ColumnMut;
use super::evaluated::{Evaluated, argument};
use super::evaluator::{EvalResult, Evaluator};
use super::functions::{absent, histogram, labels, math, native, order, time};
use super::grid::{Grid, is_absent};
use super::merge::drop_names;
use super::selector::Latest;
use super::vector::{BoxedOperator, ColumnFn, Map, single};
use crate::ast::{Call, Expr, ExprKind};
use crate::function::Func;
use series::Labels;

impl<'a> Evaluator<'a> {
    pub(super) fn call(&self, call: &Call, grid: &Grid) -> EvalResult<Evaluated<'a>> {
        let args = call.args.as_slice();
        match call.function.func {
            Func::Time => {
                let steps = 0..grid.len;
                let seconds = steps.map(|step| grid.time_ms(step) as f64 / 1000.0);
                Ok(Evaluated::Scalar(seconds.collect()))
            }
            Func::Pi => Ok(Evaluated::Scalar(vec![std::f64::consts::PI; grid.len])),
            Func::Scalar => {
                let vector = self.argument(args, 0, grid)?;
                self.only_value(vector, grid).map(Evaluated::Scalar)
            }
            _ => self.vector_call(call, args, grid).map(Evaluated::Vector),
        }
    }

    fn vector_call(
        &self,
        call: &Call,
        args: &[Expr],
        grid: &Grid,
    ) -> EvalResult<BoxedOperator<'a>> {
        match call.function.func {
            Func::Vector => {
                let column = self.scalar(argument(args, 0)?, grid)?;
                single(self, Labels::empty(), column, grid)
            }
            Func::Timestamp => self.timestamp(argument(args, 0)?, grid),
            Func::Absent => absent::absent(self, argument(args, 0)?, grid),
            Func::AbsentOverTime => absent::absent_over_time(self, argument(args, 0)?, grid),
            Func::LabelReplace => labels::replace(self, args, grid),
            Func::LabelJoin => labels::join(self, args, grid),
            Func::Sort => order::sort(self, argument(args, 0)?, grid, false),
            Func::SortDesc => order::sort(self, argument(args, 0)?, grid, true),
            Func::HistogramQuantile => histogram::quantile(self, args, grid),
            Func::HistogramFraction => histogram::fraction(self, args, grid),
            Func::DayOfMonth
            | Func::DayOfWeek
            | Func::DayOfYear
            | Func::DaysInMonth
            | Func::Hour
            | Func::Minute
            | Func::Month
            | Func::Year => self.calendar(call.function.func, args, grid),
            func => {
                let function = match native::of_each(func) {
                    Some(function) => Some(function),
                    None => math::elementwise(self, func, args, grid)?,
                };
                match function {
                    Some(function) => self.mapped(self.argument(args, 0, grid)?, function, grid),
                    None => self.over_time(call, grid),
                }
            }
        }
    }

    /// Changed values, which no longer are the metric.
    fn mapped(
        &self,
        child: BoxedOperator<'a>,
        function: ColumnFn<'a>,
        grid: &Grid,
    ) -> EvalResult<BoxedOperator<'a>> {
        let series = child.series().to_vec();
        let map = Map {
            child,
            series,
            function,
        };
        drop_names(self, Box::new(map), grid)
    }

    /// The instant vector that an argument is.
    pub(super) fn argument(
        &self,
        args: &[Expr],
        index: usize,
        grid: &Grid,
    ) -> EvalResult<BoxedOperator<'a>> {
        self.vector(argument(args, index)?, grid)
    }

    /// The scalars that an argument is.
    pub(super) fn scalar_argument(
        &self,
        args: &[Expr],
        index: usize,
        grid: &Grid,
    ) -> EvalResult<Vec<f64>> {
        self.scalar(argument(args, index)?, grid)
    }

    /// The text that an argument is.
    pub(super) fn text_argument(
        &self,
        args: &[Expr],
        index: usize,
        grid: &Grid,
    ) -> EvalResult<String> {
        self.text(argument(args, index)?, grid)
    }

    /// The float of the only series that has one at a step, else NaN.
    fn only_value(&self, vector: BoxedOperator<'a>, grid: &Grid) -> EvalResult<Vec<f64>> {
        let mut columns = vector.materialize(self, grid)?;
        columns.drop_histograms();
        let mut seen = vec![0_u32; grid.len];
        let mut out = vec![f64::NAN; grid.len];
        for (_, column) in columns.iter() {
            for ((out, seen), value) in out.iter_mut().zip(&mut seen).zip(column.floats) {
                if !is_absent(*value) {
                    *seen += 1;
                    *out = if *seen == 1 { *value } else { f64::NAN };
                }
            }
        }
        Ok(out)
    }

    /// The times of a selector's own samples, or else of the steps.
    fn timestamp(&self, arg: &Expr, grid: &Grid) -> EvalResult<BoxedOperator<'a>> {
        if let ExprKind::Selector(selector) = &arg.unwrap_parens().kind {
            let times = self.latest(selector, grid, Latest::Timestamp)?;
            return drop_names(self, times, grid);
        }
        let child = self.vector(arg, grid)?;
        let steps = *grid;
        let times = move |column: &mut ColumnMut<'_>| {
            column.histograms.clear();
            for (step, value) in column.floats.iter_mut().enumerate() {
                if !is_absent(*value) {
                    *value = steps.time_ms(step) as f64 / 1000.0;
                }
            }
        };
        self.mapped(child, Box::new(times), grid)
    }

    /// A part of the calendar, of the vector's values or of the steps' times.
    fn calendar(&self, func: Func, args: &[Expr], grid: &Grid) -> EvalResult<BoxedOperator<'a>> {
        if args.is_empty() {
            let column = (0..grid.len)
                .map(|step| time::part(func, grid.time_ms(step).div_euclid(1000) as f64))
                .collect();
            return single(self, Labels::empty(), column, grid);
        }
        let part = math::each(move |seconds| time::part(func, seconds));
        self.mapped(self.argument(args, 0, grid)?, part, grid)
    }
}
