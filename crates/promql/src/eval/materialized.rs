//! Instant vectors with all their columns in memory.

use super::budget::Hold;
use super::column::{Column, ColumnMut, Columns, Histograms};
use super::evaluator::{EvalResult, Evaluator};
use super::grid::Grid;
use super::vector::{Buffers, ColumnsBuf, Series, VectorOperator};

/// Series with all their columns in memory.
#[derive(Debug)]
pub(super) struct MaterializedVector<'a> {
    pub series: Vec<Series>,
    floats: Vec<f64>,
    /// Those of each series.
    histograms: Vec<Histograms>,
    len: usize,
    _hold: Hold<'a>,
}

impl<'a> MaterializedVector<'a> {
    /// Columns of floats that `floats` holds one after the other.
    pub(super) fn new(
        evaluator: &Evaluator<'a>,
        series: Vec<Series>,
        floats: Vec<f64>,
        grid: &Grid,
    ) -> EvalResult<Self> {
        let histograms = vec![Histograms::default(); series.len()];
        Self::with_histograms(evaluator, series, floats, histograms, grid)
    }

    /// Columns of floats that `floats` holds one after the other, and the
    /// histograms of each.
    pub(super) fn with_histograms(
        evaluator: &Evaluator<'a>,
        series: Vec<Series>,
        floats: Vec<f64>,
        histograms: Vec<Histograms>,
        grid: &Grid,
    ) -> EvalResult<Self> {
        let more: usize = histograms.iter().map(Histograms::samples).sum();
        let hold = evaluator.budget.hold(floats.len().saturating_add(more))?;
        Ok(Self {
            series,
            floats,
            histograms,
            len: grid.len,
            _hold: hold,
        })
    }

    /// No series.
    pub(super) fn empty(evaluator: &Evaluator<'a>, grid: &Grid) -> EvalResult<Self> {
        Self::new(evaluator, Vec::new(), Vec::new(), grid)
    }

    /// All columns of `vector`.
    pub(super) fn fill<V: VectorOperator<'a> + ?Sized>(
        vector: &V,
        evaluator: &Evaluator<'a>,
        grid: &Grid,
    ) -> EvalResult<Self> {
        let series = vector.series().to_vec();
        let points = series.len().saturating_mul(grid.len);
        let hold = evaluator.budget.hold(points)?;
        let mut columns = ColumnsBuf::new(series.len(), grid.len);
        columns.compute(vector, evaluator, 0, series.len())?;
        drop(hold);
        let (floats, histograms) = columns.into_parts();
        Self::with_histograms(evaluator, series, floats, histograms, grid)
    }

    /// The column of one series.
    pub(super) fn column(&self, index: usize) -> Column<'_> {
        self.columns().get(index)
    }

    /// The columns in order of the series.
    pub(super) fn columns(&self) -> Columns<'_> {
        Columns::new(&self.floats, &self.histograms, self.len)
    }

    /// The columns in order of the series, to change them.
    pub(super) fn columns_mut(&mut self) -> impl Iterator<Item = ColumnMut<'_>> {
        let floats = self.floats.chunks_exact_mut(self.len);
        floats
            .zip(&mut self.histograms)
            .map(|(floats, histograms)| ColumnMut { floats, histograms })
    }

    /// The series with their columns.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Series, Column<'_>)> {
        self.series.iter().zip(self.columns().iter())
    }

    /// Makes steps that have a histogram ones without a value; whether there
    /// was any.
    pub(super) fn drop_histograms(&mut self) -> bool {
        let dropped = self
            .columns_mut()
            .map(|mut column| column.drop_histograms());
        dropped.fold(false, |any, one| any | one)
    }
}

impl<'a> VectorOperator<'a> for MaterializedVector<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(&self, index: usize, _: &mut Buffers, out: &mut ColumnMut<'_>) -> EvalResult<()> {
        out.copy_from(self.column(index));
        Ok(())
    }

    fn materialize(self: Box<Self>, _: &Evaluator<'a>, _: &Grid) -> EvalResult<Self> {
        Ok(*self)
    }
}
