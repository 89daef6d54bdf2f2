//! Arithmetic and comparisons of two vectors: each series of the "many" side
//! meets the one series of its signature on the "one" side.
//!
//! Where no two series of a side can meet at all, pairs are computed one by
//! one when asked for; else all columns are held and every step is checked.

use std::collections::{HashMap, HashSet};

use series::Labels;

use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::merge::{merged, same_labelset, without_metadata};
use super::super::vector::{Columns, Lazy, Scratch, Series, Vector};
use super::super::{Evaluator, Outcome};
use super::matching::{Signatures, signature};
use super::operator::{Kept, Operator};
use crate::ast::{Cardinality, Matching};
use crate::{EvalError, NameRemoval};

pub(super) fn join<'a>(
    evaluator: &Evaluator<'a>,
    operator: Operator,
    matching: &Matching,
    lhs: Lazy<'a>,
    rhs: Lazy<'a>,
    grid: &Grid,
) -> Outcome<Lazy<'a>> {
    let one_is_left = matching.cardinality == Cardinality::OneToMany;
    let (many, mut one) = if one_is_left { (rhs, lhs) } else { (lhs, rhs) };
    if matching.cardinality != Cardinality::OneToOne {
        // Each of the "one" side meets many: it is computed once.
        one = Box::new(one.into_columns(evaluator, grid)?);
    }
    let signatures = Signatures::new(many.series(), one.series(), matching);
    let join = Join {
        operator,
        one_is_left,
        matching,
        eager: evaluator.context.name_removal == NameRemoval::Eager,
    };
    match join.pairs(&many, &one, &signatures) {
        Some((pairs, series)) => merged(
            evaluator,
            Box::new(Pairs {
                many,
                one,
                pairs,
                series,
                operator,
                one_is_left,
            }),
            grid,
        ),
        None => {
            let many = many.into_columns(evaluator, grid)?;
            let one = one.into_columns(evaluator, grid)?;
            join.step_by_step(evaluator, &many, &one, &signatures, grid)
        }
    }
}

struct Join<'m> {
    operator: Operator,
    one_is_left: bool,
    matching: &'m Matching,
    eager: bool,
}

type PairsAndSeries = (Vec<(usize, usize)>, Vec<Series>);

impl Join<'_> {
    /// Which series meet, where that is the same at every step.
    fn pairs<'a>(
        &self,
        many: &Lazy<'a>,
        one: &Lazy<'a>,
        signatures: &Signatures,
    ) -> Option<PairsAndSeries> {
        let ones = signatures.members(&signatures.right);
        if ones.iter().any(|ones| ones.len() > 1) {
            return None;
        }
        let mut pairs = Vec::new();
        let mut series = Vec::new();
        let mut met = vec![false; signatures.count];
        let mut seen: HashSet<Labels> = HashSet::new();
        for (index, &signature) in signatures.left.iter().enumerate() {
            let Some(&partner) = ones[signature].first() else {
                continue;
            };
            let result = self.result(&many.series()[index], &one.series()[partner]);
            let again = met[signature] && self.matching.cardinality == Cardinality::OneToOne;
            if again || !seen.insert(result.labels.clone()) {
                return None;
            }
            met[signature] = true;
            pairs.push((index, partner));
            series.push(result);
        }
        Some((pairs, series))
    }

    /// The identity of what two series make.
    fn result(&self, many: &Series, one: &Series) -> Series {
        let drops_name = self.operator.drops_name();
        let mut labels = many.labels.clone();
        if drops_name && self.eager {
            labels = without_metadata(&labels);
        }
        let named = |name: &str| self.matching.labels.iter().any(|label| label == name);
        if self.matching.cardinality == Cardinality::OneToOne {
            labels = labels.filtered(|name| named(name) == self.matching.on);
        }
        if !self.matching.include.is_empty() {
            let mut builder = labels.to_builder();
            for name in &self.matching.include {
                builder.set(name, one.labels.get(name).unwrap_or(""));
            }
            labels = builder.build();
        }
        Series {
            labels,
            drop_name: drops_name || many.drop_name,
        }
    }

    fn step_by_step<'a>(
        &self,
        evaluator: &Evaluator<'a>,
        many: &Columns<'a>,
        one: &Columns<'a>,
        signatures: &Signatures,
        grid: &Grid,
    ) -> Outcome<Lazy<'a>> {
        let mut results = Results::default();
        for step in 0..grid.len {
            evaluator.context.interrupt.check()?;
            let is_present = |(_, column): (&Series, &[f64])| !is_absent(column[step]);
            // Where a side is empty nothing can meet, and nothing is wrong.
            if many.iter().any(is_present) && one.iter().any(is_present) {
                self.step(step, many, one, signatures, &mut results, grid)?;
            }
        }
        let (series, columns): (Vec<Series>, Vec<Vec<f64>>) = results.columns.into_iter().unzip();
        let values = columns.concat();
        Ok(Box::new(Columns::new(evaluator, series, values, grid)?))
    }

    fn step<'a>(
        &self,
        step: usize,
        many: &Columns<'a>,
        one: &Columns<'a>,
        signatures: &Signatures,
        results: &mut Results,
        grid: &Grid,
    ) -> Outcome<()> {
        let partners = self.partners(step, one, signatures)?;
        let mut met: HashSet<(usize, Labels)> = HashSet::new();
        for (index, &signature) in signatures.left.iter().enumerate() {
            let (value, Some(partner)) = (many.column(index)[step], partners[signature]) else {
                continue;
            };
            if is_absent(value) {
                continue;
            }
            let partner_value = one.column(partner)[step];
            let (left, right) = if self.one_is_left {
                (partner_value, value)
            } else {
                (value, partner_value)
            };
            let value = self.operator.apply(left, right, left);
            if is_absent(value) {
                continue;
            }
            let result = self.result(&many.series[index], &one.series[partner]);
            let labels = match self.matching.cardinality {
                Cardinality::OneToOne => Labels::empty(),
                _ => result.labels.clone(),
            };
            if !met.insert((signature, labels)) {
                return Err(self.multiple_matches());
            }
            results.put(result, step, value, grid)?;
        }
        Ok(())
    }

    /// The series of each signature on the "one" side at a step.
    fn partners(
        &self,
        step: usize,
        one: &Columns<'_>,
        signatures: &Signatures,
    ) -> Outcome<Vec<Option<usize>>> {
        let mut partners: Vec<Option<usize>> = vec![None; signatures.count];
        for (index, &signature) in signatures.right.iter().enumerate() {
            if is_absent(one.column(index)[step]) {
                continue;
            }
            if let Some(before) = partners[signature].replace(index) {
                return Err(self.duplicates(&one.series[index], &one.series[before]));
            }
        }
        Ok(partners)
    }

    fn multiple_matches(&self) -> EvalError {
        let remedy = match self.matching.cardinality {
            Cardinality::OneToOne => {
                "many-to-one matching must be explicit (group_left/group_right)"
            }
            _ => "grouping labels must ensure unique matches",
        };
        EvalError::Execution(format!("multiple matches for labels: {remedy}"))
    }

    fn duplicates(&self, found: &Series, before: &Series) -> EvalError {
        let side = if self.one_is_left { "left" } else { "right" };
        let group = text(&signature(&found.labels, self.matching));
        let (found, before) = (text(&found.labels), text(&before.labels));
        EvalError::Execution(format!(
            "found duplicate series for the match group {group} on the {side} hand-side of the operation: [{found}, {before}];many-to-many matching not allowed: matching labels must be unique on one side"
        ))
    }
}

/// A label set as Prometheus' messages write it: the name as a label.
fn text(labels: &Labels) -> String {
    let pairs: Vec<String> = labels
        .iter()
        .map(|label| format!("{}={}", label.name, crate::text::quote(label.value)))
        .collect();
    format!("{{{}}}", pairs.join(", "))
}

/// The results of single steps, gathered into columns.
#[derive(Default)]
struct Results {
    columns: Vec<(Series, Vec<f64>)>,
    places: HashMap<Labels, usize>,
}

impl Results {
    fn put(&mut self, series: Series, step: usize, value: f64, grid: &Grid) -> Outcome<()> {
        let next = self.columns.len();
        let place = *self.places.entry(series.labels.clone()).or_insert(next);
        if place == next {
            self.columns.push((series, vec![ABSENT; grid.len]));
        }
        let slot = &mut self.columns[place].1[step];
        if !is_absent(*slot) {
            return Err(same_labelset());
        }
        *slot = value;
        Ok(())
    }
}

/// Series that meet the same partner at every step.
struct Pairs<'a> {
    many: Lazy<'a>,
    one: Lazy<'a>,
    pairs: Vec<(usize, usize)>,
    series: Vec<Series>,
    operator: Operator,
    one_is_left: bool,
}

impl<'a> Vector<'a> for Pairs<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(&self, index: usize, scratch: &mut Scratch, out: &mut [f64]) -> Outcome<()> {
        let (many, one) = self.pairs[index];
        self.many.compute(many, scratch, out)?;
        let mut partner = scratch.column(out.len());
        self.one.compute(one, scratch, &mut partner)?;
        self.operator
            .combine(out, &partner, self.one_is_left, Kept::Left);
        scratch.give_column(partner);
        Ok(())
    }
}
