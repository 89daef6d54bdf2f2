//! Instant vectors over a grid: a list of series, each with a column of one
//! value a step, computed when asked for.
//!
//! Contract: [`VectorOperator::compute`] may run for any series from any thread, and
//! writes the whole column. A series may turn out to have no value at all;
//! whoever answers drops it.

use rayon::prelude::*;
use series::{Labels, SampleColumns};

use super::budget::Hold;
use super::evaluator::{EvalResult, Evaluator};
use super::grid::{ABSENT, Grid};

/// A series' identity while it is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Series {
    pub labels: Labels,
    /// Whether the metric name goes at the end of the query.
    pub drop_name: bool,
}

/// Series whose columns are computed one by one.
pub(super) trait VectorOperator<'a>: Send + Sync + 'a {
    fn series(&self) -> &[Series];

    /// Writes the column of the series at `index`, [`ABSENT`] where a step
    /// has no value. `out` is as long as the grid.
    fn compute(&self, index: usize, buffers: &mut Buffers, out: &mut [f64]) -> EvalResult<()>;

    /// All columns at once.
    fn materialize(
        self: Box<Self>,
        evaluator: &Evaluator<'a>,
        grid: &Grid,
    ) -> EvalResult<MaterializedVector<'a>> {
        fill(&*self, evaluator, grid)
    }
}

/// A vector of any kind.
pub(super) type BoxedOperator<'a> = Box<dyn VectorOperator<'a>>;

/// Buffers a thread uses again from series to series.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    columns: Vec<Vec<f64>>,
    samples: Vec<SampleColumns>,
}

impl Buffers {
    /// A column of absent values; give it back with [`Self::return_column`].
    pub(super) fn column(&mut self, len: usize) -> Vec<f64> {
        let mut column = self.columns.pop().unwrap_or_default();
        column.clear();
        column.resize(len, ABSENT);
        column
    }

    pub(super) fn return_column(&mut self, column: Vec<f64>) {
        self.columns.push(column);
    }

    /// Empty sample columns; give them back with [`Self::return_samples`].
    pub(super) fn samples(&mut self) -> SampleColumns {
        let mut samples = self.samples.pop().unwrap_or_default();
        samples.clear();
        samples
    }

    pub(super) fn return_samples(&mut self, samples: SampleColumns) {
        self.samples.push(samples);
    }
}

/// Series with all their columns in memory.
#[derive(Debug)]
pub(super) struct MaterializedVector<'a> {
    pub series: Vec<Series>,
    values: Vec<f64>,
    len: usize,
    _hold: Hold<'a>,
}

impl<'a> MaterializedVector<'a> {
    /// Columns that `values` holds one after the other.
    pub(super) fn new(
        evaluator: &Evaluator<'a>,
        series: Vec<Series>,
        values: Vec<f64>,
        grid: &Grid,
    ) -> EvalResult<Self> {
        let hold = evaluator.budget.hold(values.len())?;
        Ok(Self {
            series,
            values,
            len: grid.len,
            _hold: hold,
        })
    }

    /// The column of one series.
    pub(super) fn column(&self, index: usize) -> &[f64] {
        &self.values[index * self.len..(index + 1) * self.len]
    }

    /// The columns in order of the series, to change them.
    pub(super) fn columns_mut(&mut self) -> impl Iterator<Item = &mut [f64]> {
        self.values.chunks_exact_mut(self.len)
    }

    /// The columns in order of the series.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Series, &[f64])> {
        self.series.iter().zip(self.values.chunks_exact(self.len))
    }
}

impl<'a> VectorOperator<'a> for MaterializedVector<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(&self, index: usize, _: &mut Buffers, out: &mut [f64]) -> EvalResult<()> {
        out.copy_from_slice(self.column(index));
        Ok(())
    }

    fn materialize(self: Box<Self>, _: &Evaluator<'a>, _: &Grid) -> EvalResult<Self> {
        Ok(*self)
    }
}

/// Handing less than this to another thread costs more than it gives: so many
/// points, but of very short columns no more than so many series.
const TASK_POINTS: usize = 2048;
const TASK_SERIES: usize = 64;

fn fill<'a, V: VectorOperator<'a> + ?Sized>(
    vector: &V,
    evaluator: &Evaluator<'a>,
    grid: &Grid,
) -> EvalResult<MaterializedVector<'a>> {
    let series = vector.series().to_vec();
    let points = series.len().saturating_mul(grid.len);
    let hold = evaluator.budget.hold(points)?;
    let mut values = vec![0.0; points];
    compute_all(vector, evaluator, 0, grid.len, &mut values)?;
    Ok(MaterializedVector {
        series,
        values,
        len: grid.len,
        _hold: hold,
    })
}

/// Computes the columns of the series from `first` on until `out` is full.
pub(super) fn compute_all<'a, V: VectorOperator<'a> + ?Sized>(
    vector: &V,
    evaluator: &Evaluator<'a>,
    first: usize,
    len: usize,
    out: &mut [f64],
) -> EvalResult<()> {
    let one = |buffers: &mut Buffers, (index, column): (usize, &mut [f64])| {
        evaluator.context.interrupt.check()?;
        vector.compute(first + index, buffers, column)
    };
    let task = (TASK_POINTS / len).clamp(1, TASK_SERIES);
    if out.len() / len < 2 * task {
        let mut buffers = Buffers::default();
        return out
            .chunks_exact_mut(len)
            .enumerate()
            .try_for_each(|column| one(&mut buffers, column));
    }
    out.par_chunks_exact_mut(len)
        .with_min_len(task)
        .enumerate()
        .try_for_each_init(Buffers::default, one)
}

/// A vector of one series.
pub(super) fn single<'a>(
    evaluator: &Evaluator<'a>,
    labels: Labels,
    column: Vec<f64>,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let series = Series {
        labels,
        drop_name: false,
    };
    Ok(Box::new(MaterializedVector::new(
        evaluator,
        vec![series],
        column,
        grid,
    )?))
}

/// One value for every step of a longer grid.
pub(super) struct Broadcast<'a>(pub BoxedOperator<'a>);

impl<'a> VectorOperator<'a> for Broadcast<'a> {
    fn series(&self) -> &[Series] {
        self.0.series()
    }

    fn compute(&self, index: usize, buffers: &mut Buffers, out: &mut [f64]) -> EvalResult<()> {
        let mut value = [ABSENT];
        self.0.compute(index, buffers, &mut value)?;
        out.fill(value[0]);
        Ok(())
    }
}

/// What a [`Map`] does to a column.
pub(super) type ColumnFn<'a> = Box<dyn Fn(&mut [f64]) + Send + Sync + 'a>;

/// A vector whose columns are changed in place; its function must leave
/// absent values absent.
pub(super) struct Map<'a> {
    pub child: BoxedOperator<'a>,
    pub series: Vec<Series>,
    pub function: ColumnFn<'a>,
}

impl<'a> VectorOperator<'a> for Map<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(&self, index: usize, buffers: &mut Buffers, out: &mut [f64]) -> EvalResult<()> {
        self.child.compute(index, buffers, out)?;
        (self.function)(out);
        Ok(())
    }
}
