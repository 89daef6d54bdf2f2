//! Columns: of one series one value a step, a float or a histogram.
//!
//! Contract: where a step has a histogram, its float is [`HISTOGRAM`], so that
//! whoever only asks whether there is a value need not look at histograms.
//! Nearly every column has none, which costs nothing to know.

use std::sync::Arc;

use series::{Histogram, SampleColumns};

use super::budget::histogram_samples;
use super::grid::{ABSENT, Grid, is_absent};

/// What stands among the floats for a histogram: a value, which is not absent.
pub(super) const HISTOGRAM: f64 = f64::NAN;

/// The histograms of a column by step.
#[derive(Clone, Debug, Default)]
pub(super) struct Histograms(Vec<Option<Arc<Histogram>>>);

/// No histograms, to lend.
pub(super) static NO_HISTOGRAMS: Histograms = Histograms(Vec::new());

impl Histograms {
    /// Whether the column has none at all.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn get(&self, step: usize) -> Option<&Arc<Histogram>> {
        self.0.get(step)?.as_ref()
    }

    /// The steps that have one.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Arc<Histogram>)> {
        let steps = self.0.iter().enumerate();
        steps.filter_map(|(step, histogram)| Some((step, histogram.as_ref()?)))
    }

    fn set(&mut self, step: usize, histogram: Arc<Histogram>) {
        if self.0.len() <= step {
            self.0.resize(step + 1, None);
        }
        self.0[step] = Some(histogram);
    }

    fn remove(&mut self, step: usize) {
        if let Some(place) = self.0.get_mut(step) {
            *place = None;
        }
    }

    /// Changes each of them.
    pub(super) fn change(&mut self, change: impl Fn(&mut Histogram)) {
        for histogram in self.0.iter_mut().flatten() {
            change(Arc::make_mut(histogram));
        }
    }

    /// What the histograms count for against the limit of samples.
    pub(super) fn samples(&self) -> usize {
        self.iter()
            .map(|(_, histogram)| histogram_samples(histogram))
            .sum()
    }
}

/// The value of a step that has one.
#[derive(Clone, Debug)]
pub(super) enum StepValue {
    Float(f64),
    Histogram(Arc<Histogram>),
}

impl StepValue {
    /// What the value counts for against the limit of samples.
    pub(super) fn samples(&self) -> usize {
        match self {
            Self::Float(_) => 1,
            Self::Histogram(histogram) => histogram_samples(histogram),
        }
    }
}

/// A column to read.
#[derive(Clone, Copy)]
pub(super) struct Column<'c> {
    pub floats: &'c [f64],
    pub histograms: &'c Histograms,
}

impl<'c> Column<'c> {
    /// A column of floats alone.
    pub(super) fn of_floats(floats: &'c [f64]) -> Self {
        Self {
            floats,
            histograms: &NO_HISTOGRAMS,
        }
    }

    pub(super) fn is_present(&self, step: usize) -> bool {
        !is_absent(self.floats[step])
    }

    /// The value of a step, if it has one.
    pub(super) fn get(&self, step: usize) -> Option<StepValue> {
        if let Some(histogram) = self.histograms.get(step) {
            return Some(StepValue::Histogram(histogram.clone()));
        }
        self.is_present(step)
            .then(|| StepValue::Float(self.floats[step]))
    }
}

/// Appends the values of the steps that have one, each at its step's time.
pub(super) fn push_present(column: Column<'_>, grid: &Grid, out: &mut SampleColumns) {
    if column.histograms.is_empty() {
        for (step, &value) in column.floats.iter().enumerate() {
            if !is_absent(value) {
                out.push(grid.time_ms(step), value);
            }
        }
        return;
    }
    for step in 0..column.floats.len() {
        match column.get(step) {
            Some(StepValue::Float(value)) => out.push(grid.time_ms(step), value),
            Some(StepValue::Histogram(histogram)) => {
                out.push_histogram(grid.time_ms(step), histogram);
            }
            None => {}
        }
    }
}

/// A column to write; it comes without histograms.
pub(super) struct ColumnMut<'c> {
    pub floats: &'c mut [f64],
    pub histograms: &'c mut Histograms,
}

impl ColumnMut<'_> {
    pub(super) fn as_ref(&self) -> Column<'_> {
        Column {
            floats: self.floats,
            histograms: self.histograms,
        }
    }

    /// Writes the value of a step.
    pub(super) fn set(&mut self, step: usize, value: Option<StepValue>) {
        if !self.histograms.is_empty() {
            self.histograms.remove(step);
        }
        self.floats[step] = match value {
            None => ABSENT,
            Some(StepValue::Float(value)) => value,
            Some(StepValue::Histogram(histogram)) => {
                self.histograms.set(step, histogram);
                HISTOGRAM
            }
        };
    }

    /// Takes histograms away from steps whose float has been made absent.
    pub(super) fn forget_histograms_of_absent(&mut self) {
        for (histogram, value) in self.histograms.0.iter_mut().zip(self.floats.iter()) {
            if is_absent(*value) {
                *histogram = None;
            }
        }
    }

    /// Makes a step that has a histogram one without a value; whether there was
    /// any.
    pub(super) fn drop_histograms(&mut self) -> bool {
        let mut any = false;
        for (step, _) in self.histograms.iter() {
            self.floats[step] = ABSENT;
            any = true;
        }
        self.histograms.clear();
        any
    }

    /// Takes each histogram for what `of` makes of it, and nothing for a float.
    pub(super) fn map_histograms(&mut self, of: impl Fn(&Histogram) -> f64) {
        for (step, value) in self.floats.iter_mut().enumerate() {
            *value = match self.histograms.get(step) {
                Some(histogram) => of(histogram),
                None => ABSENT,
            };
        }
        self.histograms.clear();
    }

    /// Writes what another column has.
    pub(super) fn copy_from(&mut self, other: Column<'_>) {
        self.floats.copy_from_slice(other.floats);
        self.histograms.clone_from(other.histograms);
    }
}

/// A column with its memory, to be used again.
#[derive(Debug, Default)]
pub(super) struct ColumnBuf {
    floats: Vec<f64>,
    histograms: Histograms,
}

impl ColumnBuf {
    /// Makes all steps absent.
    pub(super) fn reset(&mut self, len: usize) {
        self.floats.clear();
        self.floats.resize(len, ABSENT);
        self.histograms.clear();
    }

    pub(super) fn as_ref(&self) -> Column<'_> {
        Column {
            floats: &self.floats,
            histograms: &self.histograms,
        }
    }

    pub(super) fn as_mut(&mut self) -> ColumnMut<'_> {
        ColumnMut {
            floats: &mut self.floats,
            histograms: &mut self.histograms,
        }
    }
}

/// Columns of one length, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Columns<'c> {
    floats: &'c [f64],
    histograms: &'c [Histograms],
    len: usize,
}

impl<'c> Columns<'c> {
    /// `histograms` has those of each column, or nothing.
    pub(super) fn new(floats: &'c [f64], histograms: &'c [Histograms], len: usize) -> Self {
        Self {
            floats,
            histograms,
            len,
        }
    }

    pub(super) fn get(&self, index: usize) -> Column<'c> {
        Column {
            floats: &self.floats[index * self.len..(index + 1) * self.len],
            histograms: self.histograms.get(index).unwrap_or(&NO_HISTOGRAMS),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Column<'c>> + use<'c> {
        let columns = *self;
        (0..columns.floats.len() / columns.len).map(move |index| columns.get(index))
    }
}
