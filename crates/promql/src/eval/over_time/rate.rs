//! `rate`, `increase`, `delta`: the change over a window, extrapolated to its
//! ends; `irate`, `idelta`: the change between its last two samples.

use super::super::grid::ABSENT;
use super::super::windows::Windowed;

/// Which of the extrapolated functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Rate,
    Increase,
    Delta,
}

/// How a window's samples lie in it; windows of a regular series all lie
/// alike, and then the factor of the one before serves the next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Layout {
    gaps: usize,
    sampled_ms: i64,
    to_start_ms: i64,
    to_end_ms: i64,
}

/// How far beyond its samples a window's change is extrapolated, in seconds.
#[derive(Clone, Copy, Debug, Default)]
struct Extrapolation {
    sampled: f64,
    to_start: f64,
    to_end: f64,
    factor: f64,
}

/// A sample further from the window's end than so many average gaps means that
/// the series starts or ends inside the window.
const CLOSE_ENOUGH: f64 = 1.1;

impl Extrapolation {
    fn of(layout: Layout) -> Self {
        let seconds = |ms: i64| ms as f64 / 1000.0;
        let sampled = seconds(layout.sampled_ms);
        let average_gap = sampled / layout.gaps as f64;
        let bounded = |to_edge: f64| {
            if to_edge >= average_gap * CLOSE_ENOUGH {
                average_gap / 2.0
            } else {
                to_edge
            }
        };
        Self {
            sampled,
            to_start: bounded(seconds(layout.to_start_ms)),
            to_end: bounded(seconds(layout.to_end_ms)),
            factor: 0.0,
        }
        .with_factor()
    }

    fn with_factor(self) -> Self {
        let factor = (self.sampled + self.to_start + self.to_end) / self.sampled;
        Self { factor, ..self }
    }

    /// A counter cannot have been below zero: where its line meets zero inside
    /// the extrapolated start, that is where it starts.
    fn factor_of_counter(&self, first: f64, increase: f64) -> f64 {
        let reaches_zero = increase > 0.0 && first >= 0.0;
        // The comparison without the division, which is slow.
        if !reaches_zero || self.sampled * first >= self.to_start * increase {
            return self.factor;
        }
        let to_zero = self.sampled * (first / increase);
        Self {
            to_start: to_zero.min(self.to_start),
            ..*self
        }
        .with_factor()
        .factor
    }
}

pub(super) fn extrapolated(windowed: Windowed<'_>, kind: Kind, out: &mut [f64]) {
    let Windowed { times, values, .. } = windowed;
    let is_counter = kind != Kind::Delta;
    let mut resets = Resets::of(if is_counter { values } else { &[] });
    let per = match kind {
        Kind::Rate => windowed.range_ms as f64 / 1000.0,
        Kind::Increase | Kind::Delta => 1.0,
    };
    let mut layout = Layout::default();
    let mut extrapolation = Extrapolation::default();
    for (step, (out, &(low, high))) in out.iter_mut().zip(windowed.bounds).enumerate() {
        if high - low < 2 {
            *out = ABSENT;
            continue;
        }
        let change = values[high - 1] - values[low] + resets.lost_inside(low, high, values);
        let end_ms = windowed.end_ms(step);
        let found = Layout {
            gaps: high - low - 1,
            sampled_ms: times[high - 1] - times[low],
            to_start_ms: times[low] - (end_ms - windowed.range_ms),
            to_end_ms: end_ms - times[high - 1],
        };
        if found != layout {
            layout = found;
            extrapolation = Extrapolation::of(found);
        }
        let factor = if is_counter {
            extrapolation.factor_of_counter(values[low], change)
        } else {
            extrapolation.factor
        };
        *out = change * (factor / per);
    }
}

/// Where a counter is lower than at the sample before.
struct Resets {
    at: Vec<usize>,
    next: usize,
}

impl Resets {
    fn of(values: &[f64]) -> Self {
        let lower = |(index, pair): (usize, &[f64])| (pair[1] < pair[0]).then_some(index + 1);
        Self {
            at: values.windows(2).enumerate().filter_map(lower).collect(),
            next: 0,
        }
    }

    /// What the counter had reached at the resets inside a window; windows
    /// must come in order.
    fn lost_inside(&mut self, low: usize, high: usize, values: &[f64]) -> f64 {
        while self.at.get(self.next).is_some_and(|reset| *reset <= low) {
            self.next += 1;
        }
        let inside = self.at[self.next..]
            .iter()
            .take_while(|reset| **reset < high);
        inside.map(|reset| values[reset - 1]).sum()
    }
}

pub(super) fn of_last_two(windowed: Windowed<'_>, is_rate: bool, out: &mut [f64]) {
    for (out, &(low, high)) in out.iter_mut().zip(windowed.bounds) {
        *out = ABSENT;
        if high - low < 2 {
            continue;
        }
        let (before, last) = (windowed.values[high - 2], windowed.values[high - 1]);
        let seconds = (windowed.times[high - 1] - windowed.times[high - 2]) as f64 / 1000.0;
        let is_reset = is_rate && last < before;
        let change = if is_reset { last } else { last - before };
        *out = if is_rate { change / seconds } else { change };
    }
}
