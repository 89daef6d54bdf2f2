//! A range of values to the round numbers at and between an axis' ends.

use crate::axis_spec::{AxisSpec, GREATEST};
use crate::scale::Spacing;
use crate::scale::widening;
use crate::unit::Rounding;

/// The ends and the ticks of an axis, in the values' own unit.
pub(crate) struct Ladder {
    pub min: f64,
    pub max: f64,
    /// Ascending, within the ends.
    pub ticks: Vec<f64>,
    /// The distance of two ticks; 0 where they are not evenly spaced.
    pub step: f64,
}

const DECIMAL: [f64; 4] = [1.0, 2.0, 2.5, 5.0];
/// Round durations of a second and more, in seconds; above them whole days by tens.
const CLOCK: [f64; 16] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0,
    21_600.0, 43_200.0,
];
const DAY: f64 = 86_400.0;

/// The ticks of an axis with at most `intervals` steps.
pub(crate) fn ladder(spec: &AxisSpec, range: Option<(f64, f64)>, intervals: usize) -> Ladder {
    match spec.spacing {
        Spacing::Linear => linear(spec, range, intervals),
        Spacing::Log => log(spec, range, intervals),
        Spacing::Symlog { linear_below } => symlog(spec, range, intervals, linear_below),
    }
}

fn linear(spec: &AxisSpec, range: Option<(f64, f64)>, intervals: usize) -> Ladder {
    let (low, high) = linear_span(spec, range);
    let (rounding, factor) = spec.unit.rounding();
    let (low, high) = (low * factor, high * factor);
    let mut step = round_up((high - low) / intervals as f64, rounding);
    // Ends that both stick out can need one step more than the span itself.
    for _ in 0..4 {
        let steps = (high / step - 1e-9).ceil() - (low / step + 1e-9).floor();
        if steps <= intervals as f64 {
            break;
        }
        step = round_up(step * 1.01, rounding);
    }
    let first = spec
        .min
        .map_or((low / step + 1e-9).floor(), |_| (low / step - 1e-9).ceil());
    let last = spec.max.map_or((high / step - 1e-9).ceil(), |_| {
        (high / step + 1e-9).floor()
    });
    let count = (last - first).clamp(0.0, 32.0) as usize;
    let ticks: Vec<f64> = (0..=count)
        .map(|index| (first + index as f64) * step / factor)
        .collect();
    Ladder {
        min: spec.min.unwrap_or(first * step / factor),
        max: spec.max.unwrap_or(last * step / factor),
        ticks,
        step: step / factor,
    }
}

/// The values that must be in sight on a linear axis.
fn linear_span(spec: &AxisSpec, range: Option<(f64, f64)>) -> (f64, f64) {
    let (mut low, mut high) = range.unwrap_or((0.0, 0.0));
    // A range that starts near zero, seen from its end, is shown from zero.
    if spec.from_zero || low.min(high) >= 0.0 && low <= 0.5 * high {
        low = low.min(0.0);
    }
    if spec.from_zero || high <= 0.0 && high >= 0.5 * low {
        high = high.max(0.0);
    }
    if high - low <= 1e-9 * high.abs().max(low.abs()) {
        // One level only: zero, and as much again above it.
        (low, high) = if low > 0.0 {
            (0.0, low * 1.2)
        } else if low < 0.0 {
            (low * 1.2, 0.0)
        } else {
            (0.0, 1.0)
        };
    }
    let low = spec.min.unwrap_or(low);
    let high = spec.max.unwrap_or(high);
    if high > low {
        (low, high)
    } else if spec.max.is_some() {
        (high - widening(high), high)
    } else {
        (low, low + widening(low))
    }
}

/// The next round number at or above `step`, which is above zero.
fn round_up(step: f64, rounding: Rounding) -> f64 {
    match rounding {
        Rounding::Binary => step.log2().ceil().exp2(),
        Rounding::Time if (1.0..=43_200.0).contains(&step) => {
            let found = CLOCK.iter().find(|candidate| **candidate >= step);
            found.copied().unwrap_or(DAY)
        }
        Rounding::Time if step > 43_200.0 => DAY * round_up(step / DAY, Rounding::Decimal).max(1.0),
        _ => {
            let decade = 10_f64.powf(step.log10().floor());
            let mantissa = step / decade * (1.0 - 1e-9);
            let found = DECIMAL.iter().find(|candidate| **candidate >= mantissa);
            decade * found.copied().unwrap_or(10.0)
        }
    }
}

fn log(spec: &AxisSpec, range: Option<(f64, f64)>, intervals: usize) -> Ladder {
    let (low, high) = range.filter(|(_, high)| *high > 0.0).unwrap_or((1.0, 10.0));
    // What is at or below zero has no place; three decades then show what has.
    let low = if low > 0.0 { low } else { high / 1e3 };
    let min = spec.min.filter(|min| *min > 0.0);
    let max = spec.max.filter(|max| *max > 0.0);
    let (rounding, factor) = spec.unit.rounding();
    let level = |power: i32| log_level(rounding, power) / factor;
    let mut first = -30;
    while first < 30 && level(first + 1) <= min.unwrap_or(low) * (1.0 + 1e-9) {
        first += 1;
    }
    let mut last = first + 1;
    while last < 30 && level(last) < max.unwrap_or(high) * (1.0 - 1e-9) {
        last += 1;
    }
    let (min, max) = (min.unwrap_or(level(first)), max.unwrap_or(level(last)));
    let between: &[f64] = match (last - first, rounding) {
        (1, Rounding::Decimal) => &[1.0, 2.0, 5.0],
        _ => &[1.0],
    };
    let stride = ((last - first) as usize).div_ceil(intervals).max(1);
    let levels = (first..=last).step_by(stride).map(level);
    let ticks = levels.flat_map(|level| between.iter().map(move |mantissa| mantissa * level));
    let seen = min * (1.0 - 1e-9)..=max * (1.0 + 1e-9);
    Ladder {
        min,
        max,
        ticks: ticks.filter(|tick| seen.contains(tick)).collect(),
        step: 0.0,
    }
}

/// The round numbers of a logarithmic axis, one for each `power`: tenfolds, of
/// bytes 32-folds, of time the tenfolds of seconds, minutes, hours and days.
fn log_level(rounding: Rounding, power: i32) -> f64 {
    match (rounding, power) {
        (Rounding::Binary, _) => 32_f64.powi(power),
        (Rounding::Time, 2) => 60.0,
        (Rounding::Time, 3) => 600.0,
        (Rounding::Time, 4) => 3_600.0,
        (Rounding::Time, 5) => 36_000.0,
        (Rounding::Time, 6..) => DAY * 10_f64.powi(power - 6),
        _ => 10_f64.powi(power),
    }
}

fn symlog(
    spec: &AxisSpec,
    range: Option<(f64, f64)>,
    intervals: usize,
    linear_below: f64,
) -> Ladder {
    let (low, high) = range.unwrap_or((0.0, linear_below));
    let (low, high) = (low.min(0.0), high.max(0.0));
    // Decades beyond the even part, on both sides.
    let decades = |end: f64| {
        let decades = end.abs().log10() - linear_below.log10();
        (decades.max(0.0) - 1e-9).ceil() as usize
    };
    let (below, above) = (
        if low < 0.0 { decades(low) + 1 } else { 0 },
        if high > 0.0 { decades(high) + 1 } else { 0 },
    );
    let stride = (below + above).div_ceil(intervals).max(1);
    let level = |count: usize| (linear_below * 10_f64.powi(count as i32 - 1)).min(GREATEST);
    let steps = |count: usize| (1..=count).step_by(stride).map(level);
    let mut ticks: Vec<f64> = steps(below).map(|value| -value).collect();
    ticks.reverse();
    ticks.push(0.0);
    ticks.extend(steps(above));
    let end = |count: usize| if count > 0 { level(count) } else { 0.0 };
    let min = spec.min.unwrap_or(-end(below));
    let max = spec.max.unwrap_or(end(above));
    ticks.retain(|tick| (min..=max).contains(tick));
    Ladder {
        min,
        max,
        ticks,
        step: 0.0,
    }
}
