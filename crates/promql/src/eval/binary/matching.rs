//! Which series of two vectors may meet: those of equal signature.

use std::collections::HashMap;

use series::{Labels, METRIC_NAME};

use super::super::vector::Series;
use crate::ast::Matching;

/// The series of both sides by signature.
pub(super) struct Signatures {
    /// The signature's number of each left series.
    pub left: Vec<usize>,
    /// The signature's number of each right series.
    pub right: Vec<usize>,
    /// How many signatures there are.
    pub count: usize,
}

impl Signatures {
    pub(super) fn new(left: &[Series], right: &[Series], matching: &Matching) -> Self {
        let mut numbers = SignatureNumbers::default();
        Self {
            left: numbers.of(left, matching),
            right: numbers.of(right, matching),
            count: numbers.count(),
        }
    }

    /// The indices of the series of each signature.
    pub(super) fn members(&self, of: &[usize]) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.count];
        for (index, &signature) in of.iter().enumerate() {
            members[signature].push(index);
        }
        members
    }
}

/// Signatures by number, in order of first appearance.
#[derive(Default)]
pub(super) struct SignatureNumbers(HashMap<Labels, usize>);

impl SignatureNumbers {
    /// The signature's number of each series.
    pub(super) fn of(&mut self, series: &[Series], matching: &Matching) -> Vec<usize> {
        let mut numbers = Vec::with_capacity(series.len());
        for one in series {
            let next = self.0.len();
            let signature = signature(&one.labels, matching);
            numbers.push(*self.0.entry(signature).or_insert(next));
        }
        numbers
    }

    /// How many signatures there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}

/// The labels that two series must share to meet.
pub(super) fn signature(labels: &Labels, matching: &Matching) -> Labels {
    if matching.on {
        labels.filtered(|name| matching.names(name))
    } else {
        labels.filtered(|name| name != METRIC_NAME && !matching.names(name))
    }
}
