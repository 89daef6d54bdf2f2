//! `rate`, `increase`, `delta`: the change over a window, extrapolated to its
//! ends; `irate`, `idelta`: the change between its last two samples.

use super::super::grid::ABSENT;
use super::super::windows::{Window, Windowed};

/// Which of the extrapolated functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Rate,
    Increase,
    Delta,
}

impl Kind {
    /// What the change over a window is counted by.
    fn per(self, range_ms: i64) -> f64 {
        match self {
            Self::Rate => seconds(range_ms),
            Self::Increase | Self::Delta => 1.0,
        }
    }
}

/// How a window's samples lie in it; windows of a regular series all lie
/// alike, and then the factor of the one before serves the next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Layout {
    gaps: i64,
    sampled_ms: i64,
    to_start_ms: i64,
    to_end_ms: i64,
}

impl Layout {
    /// That of a window of two samples or more at some of `times`.
    #[inline(always)]
    fn of(times: &[i64], window: Window, range_ms: i64) -> Self {
        let Window { low, high, end_ms } = window;
        Self {
            gaps: (high - low - 1) as i64,
            sampled_ms: times[high - 1].saturating_sub(times[low]),
            to_start_ms: times[low].saturating_sub(end_ms.saturating_sub(range_ms)),
            to_end_ms: end_ms.saturating_sub(times[high - 1]),
        }
    }

    /// How far to extrapolate to an edge so many milliseconds off, in seconds:
    /// all the way, unless a sample is missing there; then the series starts
    /// or ends inside the window, in the mean half a gap further.
    fn bounded(&self, to_edge_ms: i64) -> f64 {
        // `to_edge >= average_gap * 1.1` without a division, but at a tie.
        let ten_gaps = to_edge_ms.saturating_mul(self.gaps).saturating_mul(10);
        let eleven = self.sampled_ms.saturating_mul(11);
        if ten_gaps < eleven {
            return seconds(to_edge_ms);
        }
        let average_gap = seconds(self.sampled_ms) / self.gaps as f64;
        if ten_gaps > eleven || seconds(to_edge_ms) >= average_gap * 1.1 {
            average_gap / 2.0
        } else {
            seconds(to_edge_ms)
        }
    }
}

fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

/// How far beyond its samples a window's change is extrapolated, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extrapolation {
    sampled: f64,
    to_start: f64,
    to_end: f64,
    /// What the change is multiplied by.
    factor: f64,
    /// What the change is counted by: one second's worth, or all.
    per: f64,
}

impl Extrapolation {
    /// That of a window of two samples or more at some of `times`.
    pub(super) fn over(times: &[i64], window: Window, range_ms: i64, kind: Kind) -> Self {
        Self::of(Layout::of(times, window, range_ms), kind.per(range_ms))
    }

    /// What the change is multiplied by, whatever the samples are.
    pub(super) fn factor(&self) -> f64 {
        self.factor
    }

    // Of floats it is computed for every step of every series.
    #[inline(always)]
    fn of(layout: Layout, per: f64) -> Self {
        Self {
            sampled: seconds(layout.sampled_ms),
            to_start: layout.bounded(layout.to_start_ms),
            to_end: layout.bounded(layout.to_end_ms),
            factor: 0.0,
            per,
        }
        .with_factor()
    }

    fn with_factor(self) -> Self {
        let factor = (self.sampled + self.to_start + self.to_end) / self.sampled / self.per;
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
    let Windowed {
        times,
        values,
        range_ms,
        ..
    } = windowed;
    let is_counter = kind != Kind::Delta;
    let mut resets = Resets::of(if is_counter { values } else { &[] });
    let per = kind.per(range_ms);
    let mut layout = Layout::default();
    let mut extrapolation = Extrapolation::default();
    for (out, window) in out.iter_mut().zip(windowed.windows()) {
        let Window { low, high, .. } = window;
        if window.len() < 2 {
            *out = ABSENT;
            continue;
        }
        let change = values[high - 1] - values[low] + resets.lost_inside(low, high, values);
        let found = Layout::of(times, window, range_ms);
        if found != layout {
            layout = found;
            extrapolation = Extrapolation::of(found, per);
        }
        let factor = if is_counter {
            extrapolation.factor_of_counter(values[low], change)
        } else {
            extrapolation.factor
        };
        *out = change * factor;
    }
}

/// Where a counter is lower than at the sample before.
struct Resets {
    at: Vec<usize>,
    next: usize,
}

impl Resets {
    fn of(values: &[f64]) -> Self {
        let after = values.get(1..).unwrap_or_default();
        let is_reset = |(before, after): (&f64, &f64)| after < before;
        // Most counters have none, and counting is faster than finding.
        let count = values
            .iter()
            .zip(after)
            .filter(|pair| is_reset(*pair))
            .count();
        let mut at = Vec::with_capacity(count);
        if count > 0 {
            let pairs = values.iter().zip(after).enumerate();
            at.extend(
                pairs
                    .filter(|(_, pair)| is_reset(*pair))
                    .map(|(index, _)| index + 1),
            );
        }
        Self { at, next: 0 }
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
    let Windowed { times, values, .. } = windowed;
    for (out, window) in out.iter_mut().zip(windowed.windows()) {
        *out = ABSENT;
        if window.len() < 2 {
            continue;
        }
        let last = window.high - 1;
        let is_reset = is_rate && values[last] < values[last - 1];
        let before = if is_reset { 0.0 } else { values[last - 1] };
        let change = values[last] - before;
        *out = if is_rate {
            change / seconds(times[last].saturating_sub(times[last - 1]))
        } else {
            change
        };
    }
}
