//! Folds over sliding windows in constant time a sample.
//!
//! The queue of two stacks: the older part of a window is kept as folds of all
//! its suffixes, the newer part as one fold; when the older part is used up,
//! the whole window becomes the older part. Unlike running sums nothing is
//! ever subtracted, so no error builds up.

use super::super::grid::ABSENT;
use super::super::kahan::{KahanSum, Mean};
use super::super::windows::Windowed;

pub(super) fn max(windowed: Windowed<'_>, out: &mut [f64]) {
    // `f64::max` prefers numbers to NaN, as Prometheus does.
    fold(windowed, out, |value| value, f64::max, |max, _| max);
}

pub(super) fn min(windowed: Windowed<'_>, out: &mut [f64]) {
    fold(windowed, out, |value| value, f64::min, |min, _| min);
}

pub(super) fn sum(windowed: Windowed<'_>, out: &mut [f64]) {
    fold(
        windowed,
        out,
        KahanSum::of,
        KahanSum::plus,
        |sum, values| {
            let sum = sum.value();
            if sum.is_finite() {
                sum
            } else {
                sum_in_order(values)
            }
        },
    );
}

pub(super) fn mean(windowed: Windowed<'_>, out: &mut [f64]) {
    fold(
        windowed,
        out,
        KahanSum::of,
        KahanSum::plus,
        |sum, values| {
            let mean = sum.over(values.len() as f64).value();
            if mean.is_finite() {
                mean
            } else {
                mean_in_order(values)
            }
        },
    );
}

/// Where infinities are about, the order of the additions decides.
fn sum_in_order(values: &[f64]) -> f64 {
    let mut sum = KahanSum::default();
    for value in values {
        sum.add(*value);
    }
    sum.value()
}

fn mean_in_order(values: &[f64]) -> f64 {
    let mut mean = Mean::default();
    for value in values {
        mean.add(*value);
    }
    mean.value()
}

fn fold<T: Copy>(
    windowed: Windowed<'_>,
    out: &mut [f64],
    lift: impl Fn(f64) -> T,
    plus: impl Fn(T, T) -> T,
    finish: impl Fn(T, &[f64]) -> f64,
) {
    let values = windowed.values;
    // The folds of `older_start + i .. older_end` at index i.
    let mut older: Vec<T> = Vec::with_capacity(values.len());
    let (mut older_end, mut newer_end) = (0, 0);
    let mut newer: Option<T> = None;
    for (out, window) in out.iter_mut().zip(windowed.windows()) {
        let (low, high) = (window.low, window.high);
        if window.is_empty() {
            *out = ABSENT;
            continue;
        }
        if low >= older_end {
            older.clear();
            // Suffixes from the last one on; indexed from the end.
            let mut suffix = lift(values[high - 1]);
            older.push(suffix);
            for &value in values[low..high - 1].iter().rev() {
                suffix = plus(lift(value), suffix);
                older.push(suffix);
            }
            (older_end, newer_end, newer) = (high, high, None);
        }
        for &value in &values[newer_end..high] {
            newer = Some(match newer {
                Some(fold) => plus(fold, lift(value)),
                None => lift(value),
            });
        }
        newer_end = high;
        let suffix = older[older_end - low - 1];
        let whole = newer.map_or(suffix, |newer| plus(suffix, newer));
        *out = finish(whole, &values[low..high]);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::super::grid::{Grid, When, is_absent};
    use super::*;
    use crate::ast::Shift;

    /// Compares a sliding fold with the fold of every window by itself.
    fn check(sliding: fn(Windowed<'_>, &mut [f64]), naive: fn(&[f64]) -> f64) {
        let values: Vec<f64> = (0..200_i32).map(|i| f64::from(i * 7919 % 101)).collect();
        // Gaps wider than the window in between.
        let times: Vec<i64> = (0..200).map(|i| i * 3 + i / 50 * 40).collect();
        let grid = Grid {
            start_ms: -20,
            step_ms: 7,
            len: 150,
        };
        let windowed = Windowed {
            times: &times,
            values: &values,
            histograms: None,
            grid: &grid,
            when: When::resolve(Shift::default(), series::TimeRange::ALL),
            range_ms: 31,
            looked_at: &Cell::new(0),
            interrupt: &crate::Interrupt::default(),
        };
        let mut out = vec![0.0; grid.len];
        sliding(windowed, &mut out);
        for (step, found) in out.iter().enumerate() {
            let now = grid.time_ms(step);
            let inside = times.iter().zip(&values);
            let inside = inside.filter(|(time, _)| (now - 30..=now).contains(time));
            let window: Vec<f64> = inside.map(|(_, value)| *value).collect();
            if window.is_empty() {
                assert!(is_absent(*found));
            } else {
                assert!((found - naive(&window)).abs() < 1e-9, "step {step}");
            }
        }
    }

    #[test]
    fn slides_as_if_it_folded_every_window_anew() {
        check(max, |window| {
            window.iter().copied().fold(f64::NAN, f64::max)
        });
        check(min, |window| {
            window.iter().copied().fold(f64::NAN, f64::min)
        });
        check(sum, |window| window.iter().sum());
        check(mean, |window| {
            window.iter().sum::<f64>() / window.len() as f64
        });
    }
}
