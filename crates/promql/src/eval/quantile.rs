//! Quantiles of a set of values.

use std::cmp::Ordering;

/// The `q`-quantile of `values`, which get reordered: linear between the two
/// neighbours of the rank, NaN being the least. NaN of nothing.
pub(super) fn quantile(q: f64, values: &mut [f64]) -> f64 {
    if values.is_empty() || q.is_nan() {
        return f64::NAN;
    }
    if q < 0.0 {
        return f64::NEG_INFINITY;
    }
    if q > 1.0 {
        return f64::INFINITY;
    }
    let rank = q * (values.len() - 1) as f64;
    let weight = rank - rank.floor();
    let lower = (rank.floor() as usize).min(values.len() - 1);
    let (_, &mut below, higher) = values.select_nth_unstable_by(lower, nan_first);
    let above = higher.iter().copied().min_by(nan_first).unwrap_or(below);
    below * (1.0 - weight) + above * weight
}

fn nan_first(a: &f64, b: &f64) -> Ordering {
    b.is_nan().cmp(&a.is_nan()).then(a.total_cmp(b))
}

/// Whether the quantile is one that deserves a warning.
pub(super) fn is_invalid(q: f64) -> bool {
    q.is_nan() || !(0.0..=1.0).contains(&q)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(q: f64, values: &[f64], expected: f64) {
        let found = quantile(q, &mut values.to_vec());
        assert!(
            found == expected || found.is_nan() && expected.is_nan(),
            "{found}"
        );
    }

    #[test]
    fn lies_between_the_neighbours_of_the_rank() {
        check(0.5, &[3.0, 1.0, 2.0, 4.0], 2.5);
        check(0.0, &[3.0, 1.0, 2.0], 1.0);
        check(1.0, &[3.0, 1.0, 2.0], 3.0);
        check(0.25, &[f64::NAN, 1.0, 2.0, 3.0, 4.0], 1.0);
        check(0.9, &[], f64::NAN);
        check(1.1, &[1.0], f64::INFINITY);
        check(-0.1, &[1.0], f64::NEG_INFINITY);
    }
}
