//! Quantiles of a set of values.

/// The `q`-quantile of `values`, which get sorted (NaN first): linear between
/// the two neighbours of the rank. NaN of nothing.
pub(super) fn quantile(q: f64, values: &mut [f64]) -> f64 {
    values.sort_unstable_by(|a, b| b.is_nan().cmp(&a.is_nan()).then(a.total_cmp(b)));
    quantile_of_sorted(q, values)
}

/// As [`quantile`] of values already sorted.
pub(super) fn quantile_of_sorted(q: f64, values: &[f64]) -> f64 {
    if values.is_empty() || q.is_nan() {
        return f64::NAN;
    }
    if q < 0.0 {
        return f64::NEG_INFINITY;
    }
    if q > 1.0 {
        return f64::INFINITY;
    }
    let last = values.len() - 1;
    let rank = q * last as f64;
    let lower = (rank.floor() as usize).min(last);
    let upper = (lower + 1).min(last);
    let weight = rank - rank.floor();
    values[lower] * (1.0 - weight) + values[upper] * weight
}

/// Whether the quantile is one that deserves a warning.
pub(super) fn is_invalid(q: f64) -> bool {
    q.is_nan() || !(0.0..=1.0).contains(&q)
}
