//! Joins whose partners change from step to step, as where a pod moves to
//! another node: one signature after the other, each step checked.

use std::collections::HashMap;

use series::Labels;

use super::super::column::{ColumnBuf, Histograms, StepValue};
use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::Grid;
use super::super::materialized::MaterializedVector;
use super::super::merge::same_labelset;
use super::super::vector::{BoxedOperator, Series};
use super::join::Join;
use super::matching::Signatures;
use crate::EvalError;
use crate::ast::Cardinality;

pub(super) fn join<'a>(
    evaluator: &Evaluator<'a>,
    join: &Join<'_>,
    many: &MaterializedVector<'a>,
    one: &MaterializedVector<'a>,
    signatures: &Signatures,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let (many_present, one_present) = (any_present(many, grid), any_present(one, grid));
    let mut matching = DynamicMatching {
        join,
        many,
        one,
        // Where a side is empty nothing can meet, and nothing is wrong.
        both: many_present
            .iter()
            .zip(&one_present)
            .map(|(many, one)| *many && *one)
            .collect(),
        results: Results::default(),
        wrong: None,
    };
    let ones = signatures.members(&signatures.right);
    for (signature, manies) in signatures.members(&signatures.left).iter().enumerate() {
        evaluator.context.interrupt.check()?;
        let partners = matching.one_side(&ones[signature], grid);
        matching.many_to_one(signature, manies, &partners, grid);
        let points = matching.results.columns.len().saturating_mul(grid.len);
        drop(evaluator.budget.hold(points)?);
    }
    if let Some((_, error)) = matching.wrong {
        return Err(error);
    }
    let results = matching.results.columns;
    let mut floats = Vec::with_capacity(results.len().saturating_mul(grid.len));
    let mut histograms: Vec<Histograms> = Vec::with_capacity(results.len());
    let mut series = Vec::with_capacity(results.len());
    for (one, column) in results {
        floats.extend_from_slice(column.as_ref().floats);
        histograms.push(column.as_ref().histograms.clone());
        series.push(one);
    }
    let joined = MaterializedVector::with_histograms(evaluator, series, floats, histograms, grid)?;
    Ok(Box::new(joined))
}

/// At which steps any series has a value.
fn any_present(columns: &MaterializedVector<'_>, grid: &Grid) -> Vec<bool> {
    let mut present = vec![false; grid.len];
    for (_, column) in columns.iter() {
        for (step, present) in present.iter_mut().enumerate() {
            *present |= column.is_present(step);
        }
    }
    present
}

struct DynamicMatching<'j, 'a> {
    join: &'j Join<'j>,
    many: &'j MaterializedVector<'a>,
    one: &'j MaterializedVector<'a>,
    /// At which steps both sides have any value.
    both: Vec<bool>,
    results: Results,
    /// What went wrong at the earliest step.
    wrong: Option<(usize, EvalError)>,
}

impl DynamicMatching<'_, '_> {
    /// The series of the "one" side at every step, of those of one signature.
    fn one_side(&mut self, ones: &[usize], grid: &Grid) -> Vec<Option<usize>> {
        let mut partners: Vec<Option<usize>> = vec![None; grid.len];
        for &index in ones {
            let column = self.one.column(index);
            for step in (0..grid.len).filter(|step| column.is_present(*step)) {
                if !self.both[step] {
                    continue;
                }
                if let Some(before) = partners[step].replace(index) {
                    let (join, series) = (self.join, &self.one.series);
                    self.fail(step, || join.duplicates(&series[index], &series[before]));
                }
            }
        }
        partners
    }

    fn many_to_one(
        &mut self,
        signature: usize,
        manies: &[usize],
        partners: &[Option<usize>],
        grid: &Grid,
    ) {
        let one_to_one = self.join.matching.cardinality == Cardinality::OneToOne;
        let mut met = vec![false; grid.len];
        for &index in manies {
            // The partner before and where their result goes.
            let mut last: Option<(usize, usize)> = None;
            for (step, partner) in partners.iter().enumerate() {
                let Some(partner) = *partner else { continue };
                let Some(value) = self.combined(step, index, partner) else {
                    continue;
                };
                let place = match last {
                    Some((before, place)) if before == partner => place,
                    _ => self.place(index, partner, grid),
                };
                last = Some((partner, place));
                let join = self.join;
                if one_to_one && std::mem::replace(&mut met[step], true) {
                    self.fail(step, || join.multiple_matches());
                } else if let Err(other) = self.results.put(place, step, signature, value) {
                    self.fail(step, || {
                        if other == signature {
                            join.multiple_matches()
                        } else {
                            same_labelset()
                        }
                    });
                }
            }
        }
    }

    /// What the values of two series at a step make, if both have one.
    fn combined(&self, step: usize, many: usize, one: usize) -> Option<StepValue> {
        let many = self.many.column(many).get(step)?;
        let one = self.one.column(one).get(step)?;
        let (left, right) = if self.join.one_is_left {
            (one, many)
        } else {
            (many, one)
        };
        let annotations = self.join.annotations;
        self.join
            .operator
            .apply_values(left, right, false, annotations)
    }

    fn place(&mut self, many: usize, one: usize, grid: &Grid) -> usize {
        let result = self
            .join
            .result(&self.many.series[many], &self.one.series[one]);
        self.results.place(result, grid)
    }

    fn fail(&mut self, step: usize, error: impl FnOnce() -> EvalError) {
        if self
            .wrong
            .as_ref()
            .is_none_or(|(earliest, _)| step < *earliest)
        {
            self.wrong = Some((step, error()));
        }
    }
}

/// Results by their labels; several pairs may share a column over time.
#[derive(Default)]
struct Results {
    columns: Vec<(Series, ColumnBuf)>,
    /// The signature that wrote to each column last.
    writers: Vec<usize>,
    places: HashMap<Labels, usize>,
}

impl Results {
    fn place(&mut self, series: Series, grid: &Grid) -> usize {
        let next = self.columns.len();
        let place = *self.places.entry(series.labels.clone()).or_insert(next);
        if place == next {
            let mut column = ColumnBuf::default();
            column.reset(grid.len);
            self.columns.push((series, column));
            self.writers.push(usize::MAX);
        }
        place
    }

    /// Writes a value; gives back the writer before where there is one already.
    fn put(
        &mut self,
        place: usize,
        step: usize,
        writer: usize,
        value: StepValue,
    ) -> Result<(), usize> {
        let column = &mut self.columns[place].1;
        if column.as_ref().is_present(step) {
            return Err(self.writers[place]);
        }
        column.as_mut().set(step, Some(value));
        self.writers[place] = writer;
        Ok(())
    }
}
