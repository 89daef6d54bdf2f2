//! Arithmetic and comparisons of two vectors: each series of the "many" side
//! meets the one series of its signature on the "one" side.
//!
//! Where no two series of a side can meet at all, pairs are computed one by
//! one when asked for; else all columns are held and every step is checked
//! ([`dynamic_matching`]).

use std::collections::HashSet;

use series::Labels;

use super::super::annotations::Annotations;
use super::super::column::ColumnMut;
use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::Grid;
use super::super::merge::{merged, without_metadata};
use super::super::vector::{BoxedOperator, Buffers, Series, VectorOperator};
use super::dynamic_matching;
use super::matching::{Signatures, signature};
use super::operator::{Kept, Operator};
use crate::ast::{Cardinality, Matching};
use crate::{EvalError, NameRemoval};

pub(super) fn join<'a>(
    evaluator: &Evaluator<'a>,
    operator: Operator,
    matching: &Matching,
    lhs: BoxedOperator<'a>,
    rhs: BoxedOperator<'a>,
    grid: &Grid,
) -> EvalResult<BoxedOperator<'a>> {
    let one_is_left = matching.cardinality == Cardinality::OneToMany;
    let (many, mut one) = if one_is_left { (rhs, lhs) } else { (lhs, rhs) };
    if matching.cardinality != Cardinality::OneToOne {
        // Each of the "one" side meets many: it is computed once.
        one = Box::new(one.materialize(evaluator, grid)?);
    }
    let signatures = Signatures::new(many.series(), one.series(), matching);
    let join = Join {
        operator,
        one_is_left,
        matching,
        eager: evaluator.context.name_removal == NameRemoval::Eager,
        annotations: evaluator.annotations,
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
                annotations: evaluator.annotations,
            }),
            grid,
        ),
        None => {
            let many = many.materialize(evaluator, grid)?;
            let one = one.materialize(evaluator, grid)?;
            dynamic_matching::join(evaluator, &join, &many, &one, &signatures, grid)
        }
    }
}

/// What is joined how.
pub(super) struct Join<'m> {
    pub operator: Operator,
    pub one_is_left: bool,
    pub matching: &'m Matching,
    pub annotations: &'m Annotations,
    eager: bool,
}

type PairsAndSeries = (Vec<(usize, usize)>, Vec<Series>);

impl Join<'_> {
    /// Which series meet, where that is the same at every step.
    fn pairs<'a>(
        &self,
        many: &BoxedOperator<'a>,
        one: &BoxedOperator<'a>,
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
    pub(super) fn result(&self, many: &Series, one: &Series) -> Series {
        let drops_name = self.operator.drops_name();
        let mut labels = many.labels.clone();
        if drops_name && self.eager {
            labels = without_metadata(&labels);
        }
        if self.matching.cardinality == Cardinality::OneToOne {
            labels = labels.filtered(|name| self.matching.names(name) == self.matching.on);
        }
        if !self.matching.include.is_empty() {
            let mut builder = labels.to_builder();
            for name in &self.matching.include {
                builder.set(name, one.labels.get(name).unwrap_or(""));
            }
            labels = builder.build();
        }
        // Nor does it get the name of the other side by `group_left`.
        if self.operator.returns_bool() && self.eager {
            labels = without_metadata(&labels);
        }
        Series {
            labels,
            drop_name: drops_name || many.drop_name,
        }
    }

    pub(super) fn multiple_matches(&self) -> EvalError {
        let remedy = match self.matching.cardinality {
            Cardinality::OneToOne => {
                "many-to-one matching must be explicit (group_left/group_right)"
            }
            _ => "grouping labels must ensure unique matches",
        };
        EvalError::Execution(format!("multiple matches for labels: {remedy}"))
    }

    pub(super) fn duplicates(&self, found: &Series, before: &Series) -> EvalError {
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

/// Series that meet the same partner at every step.
struct Pairs<'a> {
    many: BoxedOperator<'a>,
    one: BoxedOperator<'a>,
    pairs: Vec<(usize, usize)>,
    series: Vec<Series>,
    operator: Operator,
    one_is_left: bool,
    annotations: &'a Annotations,
}

impl<'a> VectorOperator<'a> for Pairs<'a> {
    fn series(&self) -> &[Series] {
        &self.series
    }

    fn compute(
        &self,
        index: usize,
        buffers: &mut Buffers,
        out: &mut ColumnMut<'_>,
    ) -> EvalResult<()> {
        let (many, one) = self.pairs[index];
        self.many.compute(many, buffers, out)?;
        let mut partner = buffers.column(out.floats.len());
        self.one.compute(one, buffers, &mut partner.as_mut())?;
        let (operator, partner_column) = (self.operator, partner.as_ref());
        operator.combine(
            out,
            partner_column,
            self.one_is_left,
            Kept::Left,
            self.annotations,
        );
        buffers.return_column(partner);
        Ok(())
    }
}
