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
        let mut numbers: HashMap<Labels, usize> = HashMap::new();
        let mut number_all = |series: &[Series]| -> Vec<usize> {
            series
                .iter()
                .map(|one| {
                    let next = numbers.len();
                    *numbers
                        .entry(signature(&one.labels, matching))
                        .or_insert(next)
                })
                .collect()
        };
        let (left, right) = (number_all(left), number_all(right));
        Self {
            left,
            right,
            count: numbers.len(),
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

/// The labels that two series must share to meet.
pub(super) fn signature(labels: &Labels, matching: &Matching) -> Labels {
    let named = |name: &str| matching.labels.iter().any(|label| label == name);
    if matching.on {
        labels.filtered(named)
    } else {
        labels.filtered(|name| name != METRIC_NAME && !named(name))
    }
}
