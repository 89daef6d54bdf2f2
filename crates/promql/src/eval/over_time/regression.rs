//! `deriv` and `predict_linear`: least squares over a window.

use super::super::grid::ABSENT;
use super::super::kahan::KahanSum;
use super::super::windows::Windowed;

/// A line: its slope a second, and its value at the time asked for.
#[derive(Clone, Copy, Debug)]
struct Line {
    slope: f64,
    intercept: f64,
}

pub(super) fn slope(windowed: Windowed<'_>, out: &mut [f64]) {
    // Any time near the samples keeps the sums exact.
    lines(windowed, out, |_, times| times[0], |_, line| line.slope);
}

pub(super) fn predict(windowed: Windowed<'_>, ahead_seconds: &[f64], out: &mut [f64]) {
    lines(
        windowed,
        out,
        |step, _| windowed.grid.time_ms(step),
        |step, line| line.slope * ahead_seconds[step] + line.intercept,
    );
}

fn lines(
    windowed: Windowed<'_>,
    out: &mut [f64],
    intercept_ms: impl Fn(usize, &[i64]) -> i64,
    of: impl Fn(usize, Line) -> f64,
) {
    for (step, (out, window)) in out.iter_mut().zip(windowed.windows()).enumerate() {
        *out = ABSENT;
        if window.len() >= 2 {
            let seen = window.low..window.high;
            let (times, values) = (&windowed.times[seen.clone()], &windowed.values[seen]);
            *out = of(step, regress(times, values, intercept_ms(step, times)));
        }
    }
}

fn regress(times: &[i64], values: &[f64], intercept_ms: i64) -> Line {
    let first = values[0];
    if values.iter().all(|value| *value == first) {
        let of = |value| if first.is_infinite() { f64::NAN } else { value };
        return Line {
            slope: of(0.0),
            intercept: of(first),
        };
    }
    let [mut x_sum, mut y_sum, mut xy_sum, mut xx_sum] = [KahanSum::default(); 4];
    for (time, value) in times.iter().zip(values) {
        let x = time.saturating_sub(intercept_ms) as f64 / 1000.0;
        x_sum.add(x);
        y_sum.add(*value);
        xy_sum.add(x * value);
        xx_sum.add(x * x);
    }
    let count = values.len() as f64;
    let (x, y) = (x_sum.value(), y_sum.value());
    let covariance = xy_sum.value() - x * y / count;
    let variance = xx_sum.value() - x * x / count;
    let slope = covariance / variance;
    Line {
        slope,
        intercept: y / count - slope * x / count,
    }
}
