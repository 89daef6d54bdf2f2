//! Instant vectors over a grid: a list of series, each with a column of one
//! value a step, computed when asked for.
//!
//! Contract: [`VectorOperator::compute`] may run for any series from any thread, and
//! writes the whole column. A series may turn out to have no value at all;
//! whoever answers drops it.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use series::{Labels, SampleColumns};

use super::column::{Column, ColumnBuf, ColumnMut, Columns, Histograms};
use super::evaluator::{EvalResult, Evaluator};
use super::grid::Grid;
use super::materialized::MaterializedVector;

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

    /// Writes the column of the series at `index`, absent where a step has no
    /// value. `out` is as long as the grid, and has no histograms yet.
    fn compute(
        &self,
        index: usize,
        buffers: &mut Buffers,
        out: &mut ColumnMut<'_>,
    ) -> EvalResult<()>;

    /// All columns at once.
    fn materialize(
        self: Box<Self>,
        evaluator: &Evaluator<'a>,
        grid: &Grid,
    ) -> EvalResult<MaterializedVector<'a>> {
        MaterializedVector::fill(&*self, evaluator, grid)
    }
}

/// A vector of any kind.
pub(super) type BoxedOperator<'a> = Box<dyn VectorOperator<'a>>;

/// Buffers a thread uses again from series to series.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    columns: Vec<ColumnBuf>,
    samples: Vec<SampleColumns>,
}

impl Buffers {
    /// A column of absent values; give it back with [`Self::return_column`].
    pub(super) fn column(&mut self, len: usize) -> ColumnBuf {
        let mut column = self.columns.pop().unwrap_or_default();
        column.reset(len);
        column
    }

    pub(super) fn return_column(&mut self, column: ColumnBuf) {
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

/// Room for the columns of some series, one after the other.
#[derive(Debug)]
pub(super) struct ColumnsBuf {
    floats: Vec<f64>,
    histograms: Vec<Histograms>,
    len: usize,
}

impl ColumnsBuf {
    pub(super) fn new(columns: usize, len: usize) -> Self {
        Self {
            floats: vec![0.0; columns * len],
            histograms: vec![Histograms::default(); columns],
            len,
        }
    }

    /// The floats, and the histograms of each column.
    pub(super) fn into_parts(self) -> (Vec<f64>, Vec<Histograms>) {
        (self.floats, self.histograms)
    }

    /// Computes the columns of `count` series from `first` on.
    pub(super) fn compute<'a, V: VectorOperator<'a> + ?Sized>(
        &mut self,
        vector: &V,
        evaluator: &Evaluator<'a>,
        first: usize,
        count: usize,
    ) -> EvalResult<Columns<'_>> {
        let (len, held) = (self.len, AtomicUsize::new(0));
        let one =
            |buffers: &mut Buffers, index, floats: &mut [f64], histograms: &mut Histograms| {
                evaluator.context.interrupt.check()?;
                histograms.clear();
                vector.compute(
                    first + index,
                    buffers,
                    &mut ColumnMut { floats, histograms },
                )?;
                if histograms.is_empty() {
                    return Ok(());
                }
                let samples = histograms.samples();
                let before = held.fetch_add(samples, Ordering::Relaxed);
                evaluator
                    .budget
                    .hold(before.saturating_add(samples))
                    .map(drop)
            };
        let floats = &mut self.floats[..count * len];
        let histograms = &mut self.histograms[..count];
        let task = (TASK_POINTS / len).clamp(1, TASK_SERIES);
        if count < 2 * task {
            let mut buffers = Buffers::default();
            let columns = floats.chunks_exact_mut(len).zip(&mut *histograms);
            for (index, (floats, histograms)) in columns.enumerate() {
                one(&mut buffers, index, floats, histograms)?;
            }
        } else {
            floats
                .par_chunks_exact_mut(len)
                .zip(&mut *histograms)
                .with_min_len(task)
                .enumerate()
                .try_for_each_init(
                    Buffers::default,
                    |buffers, (index, (floats, histograms))| {
                        one(buffers, index, floats, histograms)
                    },
                )?;
        }
        Ok(Columns::new(floats, histograms, len))
    }
}

/// Handing less than this to another thread costs more than it gives: so many
/// points, but of very short columns no more than so many series.
const TASK_POINTS: usize = 2048;
const TASK_SERIES: usize = 64;

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

    fn compute(
        &self,
        index: usize,
        buffers: &mut Buffers,
        out: &mut ColumnMut<'_>,
    ) -> EvalResult<()> {
        let mut once = buffers.column(1);
        self.0.compute(index, buffers, &mut once.as_mut())?;
        let Column { floats, histograms } = once.as_ref();
        out.floats.fill(floats[0]);
        if !histograms.is_empty() {
            for step in 0..out.floats.len() {
                out.set(step, once.as_ref().get(0));
            }
        }
        buffers.return_column(once);
        Ok(())
    }
}

/// What a [`Map`] does to a column.
pub(super) type ColumnFn<'a> = Box<dyn Fn(&mut ColumnMut<'_>) + Send + Sync + 'a>;

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

    fn compute(
        &self,
        index: usize,
        buffers: &mut Buffers,
        out: &mut ColumnMut<'_>,
    ) -> EvalResult<()> {
        self.child.compute(index, buffers, out)?;
        (self.function)(out);
        Ok(())
    }
}
