//! Functions that look at each window by itself, or only count.

use super::super::grid::ABSENT;
use super::super::kahan::KahanSum;
use super::super::quantile::{is_invalid, quantile as quantile_of};
use super::super::windows::Windowed;

/// Applies `of` to every window that is not empty.
fn each(windowed: Windowed<'_>, out: &mut [f64], mut of: impl FnMut(usize, &[f64]) -> f64) {
    for (step, (out, window)) in out.iter_mut().zip(windowed.windows()).enumerate() {
        *out = if window.is_empty() {
            ABSENT
        } else {
            of(step, &windowed.values[window.low..window.high])
        };
    }
}

pub(super) fn count(windowed: Windowed<'_>, out: &mut [f64]) {
    each(windowed, out, |_, values| values.len() as f64);
}

pub(super) fn present(windowed: Windowed<'_>, out: &mut [f64]) {
    each(windowed, out, |_, _| 1.0);
}

pub(super) fn last(windowed: Windowed<'_>, out: &mut [f64]) {
    each(windowed, out, |_, values| values[values.len() - 1]);
}

pub(super) fn stddev(windowed: Windowed<'_>, out: &mut [f64]) {
    each(windowed, out, |_, values| variance(values).sqrt());
}

pub(super) fn stdvar(windowed: Windowed<'_>, out: &mut [f64]) {
    each(windowed, out, |_, values| variance(values));
}

/// Welford's population variance, compensated.
fn variance(values: &[f64]) -> f64 {
    let mut count = 0.0;
    let mut mean = KahanSum::default();
    let mut squares = KahanSum::default();
    for value in values {
        count += 1.0;
        let delta = value - mean.value();
        mean.add(delta / count);
        squares.add(delta * (value - mean.value()));
    }
    squares.over(count).value()
}

pub(super) fn quantile(windowed: Windowed<'_>, q: &[f64], warn: &dyn Fn(f64), out: &mut [f64]) {
    let mut sorted = Vec::new();
    each(windowed, out, |step, values| {
        if is_invalid(q[step]) {
            warn(q[step]);
        }
        sorted.clear();
        sorted.extend_from_slice(values);
        quantile_of(q[step], &mut sorted)
    });
}

/// Counts the neighbours in each window that satisfy `is`, by running totals.
pub(super) fn count_pairs(windowed: Windowed<'_>, is: fn(f64, f64) -> bool, out: &mut [f64]) {
    let mut totals = Vec::with_capacity(windowed.values.len());
    let mut total = 0_u32;
    totals.extend(windowed.values.first().map(|_| total));
    for pair in windowed.values.windows(2) {
        total += u32::from(is(pair[0], pair[1]));
        totals.push(total);
    }
    for (out, window) in out.iter_mut().zip(windowed.windows()) {
        *out = if window.is_empty() {
            ABSENT
        } else {
            f64::from(totals[window.high - 1] - totals[window.low])
        };
    }
}

pub(super) fn is_change(before: f64, after: f64) -> bool {
    after != before && !(after.is_nan() && before.is_nan())
}

pub(super) fn is_reset(before: f64, after: f64) -> bool {
    after < before
}
