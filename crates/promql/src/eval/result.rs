//! Evaluated nodes to the value of the answer.

use rayon::prelude::*;
use series::{HistogramColumn, LabeledSeries, Labels, SampleColumns};

use super::column::{Column, StepValue, push_present};
use super::evaluated::Evaluated;
use super::evaluator::{EvalResult, Evaluator};
use super::grid::Grid;
use super::materialized::MaterializedVector;
use super::merge::{merged, relabelled, without_metadata};
use super::selector::sample_count;
use super::vector::{BoxedOperator, Buffers, Series};
use super::windows::Windowed;
use crate::ast::{AggregateOp, Expr, ExprKind, ValueType};
use crate::{EvalError, Func, Value, VectorSample};

impl<'a> Evaluator<'a> {
    pub(super) fn instant_value(&self, expr: &Expr, grid: &Grid) -> EvalResult<Value> {
        let timestamp_ms = grid.start_ms;
        if expr.value_type() == ValueType::Matrix {
            return self.all_samples(expr, grid);
        }
        Ok(match self.eval(expr, grid)? {
            Evaluated::Scalar(column) => Value::Scalar {
                timestamp_ms,
                value: column[0],
            },
            Evaluated::Text(text) => Value::Text { timestamp_ms, text },
            Evaluated::Vector(vector) => {
                let columns = self.finished(vector, grid)?;
                let present = columns
                    .iter()
                    .filter_map(|(series, column)| Some((series, column.get(0)?)));
                let mut samples: Vec<VectorSample> = present
                    .map(|(series, value)| VectorSample::new(series, timestamp_ms, value))
                    .collect();
                if !is_ordered(expr) {
                    samples.par_sort_by(|a, b| a.labels.cmp(&b.labels));
                }
                Value::Vector(samples)
            }
        })
    }

    pub(super) fn range_value(&self, expr: &Expr, grid: &Grid) -> EvalResult<Value> {
        let value_type = expr.value_type();
        if matches!(value_type, ValueType::Matrix | ValueType::String) {
            return Err(EvalError::BadData(format!(
                "invalid expression type {:?} for range query, must be Scalar or instant Vector",
                value_type.documented()
            )));
        }
        let mut matrix = match self.eval(expr, grid)? {
            Evaluated::Scalar(column) => vec![LabeledSeries {
                labels: Labels::empty(),
                samples: present(Column::of_floats(&column), grid),
            }],
            Evaluated::Vector(vector) => {
                let columns = self.finished(vector, grid)?;
                (0..columns.series.len())
                    .into_par_iter()
                    .map(|index| LabeledSeries {
                        labels: columns.series[index].labels.clone(),
                        samples: present(columns.column(index), grid),
                    })
                    .filter(|series| !series.samples.is_empty())
                    .collect()
            }
            Evaluated::Text(_) => Vec::new(),
        };
        sort(&mut matrix);
        Ok(Value::Matrix(matrix))
    }

    /// The samples of an expression that is a range vector.
    fn all_samples(&self, expr: &Expr, grid: &Grid) -> EvalResult<Value> {
        let windows = self.windows(expr, grid)?;
        let mut matrix = Vec::new();
        let mut holds = Vec::new();
        let mut buffers = Buffers::default();
        for (index, series) in windows.series().iter().enumerate() {
            self.context.interrupt.check()?;
            let samples = windows.with(index, &mut buffers, first_window)?;
            if !samples.is_empty() {
                holds.push(self.budget.hold(sample_count(&samples))?);
                let labels = without_dropped_name(series);
                matrix.push(LabeledSeries { labels, samples });
            }
        }
        sort(&mut matrix);
        Ok(Value::Matrix(matrix))
    }

    /// All columns, with the metric names gone that were to go.
    fn finished(
        &self,
        vector: BoxedOperator<'a>,
        grid: &Grid,
    ) -> EvalResult<MaterializedVector<'a>> {
        if !vector.series().iter().any(|series| series.drop_name) {
            return vector.materialize(self, grid);
        }
        let series = vector
            .series()
            .iter()
            .map(|series| Series {
                labels: without_dropped_name(series),
                drop_name: false,
            })
            .collect();
        merged(self, relabelled(vector, series), grid)?.materialize(self, grid)
    }
}

/// Whether the expression gives its series an order of its own.
fn is_ordered(expr: &Expr) -> bool {
    let mut ordered = false;
    expr.walk(&mut |node| {
        ordered |= match &node.kind {
            ExprKind::Call(call) => matches!(call.function.func, Func::Sort | Func::SortDesc),
            ExprKind::Aggregate(node) => {
                matches!(node.op, AggregateOp::Topk | AggregateOp::Bottomk)
            }
            _ => false,
        };
    });
    ordered
}

fn without_dropped_name(series: &Series) -> Labels {
    if series.drop_name {
        without_metadata(&series.labels)
    } else {
        series.labels.clone()
    }
}

fn sort(matrix: &mut [LabeledSeries]) {
    matrix.par_sort_unstable_by(|a, b| a.labels.cmp(&b.labels));
}

impl VectorSample {
    fn new(series: &Series, timestamp_ms: i64, value: StepValue) -> Self {
        let (value, histogram) = match value {
            StepValue::Float(value) => (value, None),
            StepValue::Histogram(histogram) => (f64::NAN, Some(histogram)),
        };
        Self {
            labels: series.labels.clone(),
            timestamp_ms,
            value,
            histogram,
        }
    }
}

/// The samples of the steps that have a value.
fn present(column: Column<'_>, grid: &Grid) -> SampleColumns {
    let mut samples = SampleColumns::default();
    if column.histograms.is_empty() {
        samples.timestamps_ms.reserve_exact(column.floats.len());
        samples.values.reserve_exact(column.floats.len());
    }
    push_present(column, grid, &mut samples);
    samples
}

/// The samples in the window of the first step.
fn first_window(windowed: Windowed<'_>) -> SampleColumns {
    let floats = windowed.windows().next();
    let floats = floats.map_or(0..0, |window| window.low..window.high);
    let histograms = windowed.histograms.and_then(|histograms| {
        let window = windowed.windows_over(&histograms.timestamps_ms).next()?;
        let seen = window.low..window.high;
        (!window.is_empty()).then(|| {
            Box::new(HistogramColumn {
                timestamps_ms: histograms.timestamps_ms[seen.clone()].to_vec(),
                values: histograms.values[seen].to_vec(),
            })
        })
    });
    SampleColumns {
        timestamps_ms: windowed.times[floats.clone()].to_vec(),
        values: windowed.values[floats].to_vec(),
        histograms,
    }
}
