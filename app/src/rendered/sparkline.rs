//! A series to a sparkline: the path data of its line and of the fill below, in
//! a square of [`SIDE`] units that the panel stretches.

/// The side of the square; whole units are precise enough for any screen.
pub const SIDE: i32 = 1_000;

/// Values that differ by no more of their size are the same: the last digits of
/// rates are rounding, which a curve that fills its square would show as storms.
const NOISE: f64 = 1e-9;

/// The two paths' `d`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sparkline {
    /// The line; a gap in the values is a gap in it.
    pub line: String,
    /// The area below the line.
    pub fill: String,
}

/// The sparkline of values evenly spaced in time; `fixed` are the ends of its
/// value axis, where they do not follow the values.
pub fn sparkline(values: &[Option<f64>], fixed: (Option<f64>, Option<f64>)) -> Sparkline {
    let (low, high) = ends(values, fixed);
    let last = values.len().saturating_sub(1).max(1) as f64;
    let x = |column: usize| (column as f64 / last * f64::from(SIDE)) as i32;
    let y = |value: f64| {
        let height = ((value - low) / (high - low)).clamp(0.0, 1.0);
        ((1.0 - height) * f64::from(SIDE)) as i32
    };
    let mut spark = Sparkline::default();
    let mut start: Option<usize> = None;
    for (column, value) in values.iter().enumerate() {
        let Some(value) = value.filter(|value| value.is_finite()) else {
            close(
                &mut spark.fill,
                start.take().map(x),
                x(column.saturating_sub(1)),
            );
            continue;
        };
        push(
            &mut spark.line,
            if start.is_none() { 'M' } else { 'L' },
            x(column),
            y(value),
        );
        if start.is_none() {
            push(&mut spark.fill, 'M', x(column), SIDE);
            start = Some(column);
        }
        push(&mut spark.fill, 'L', x(column), y(value));
    }
    close(
        &mut spark.fill,
        start.map(x),
        x(values.len().saturating_sub(1)),
    );
    spark
}

/// The ends of the value axis: those that are fixed, else the values' own; a
/// flat line runs through the middle.
fn ends(values: &[Option<f64>], (min, max): (Option<f64>, Option<f64>)) -> (f64, f64) {
    let finite = values.iter().flatten().copied();
    let finite = finite.filter(|value| value.is_finite());
    let low = min.unwrap_or_else(|| finite.clone().fold(f64::INFINITY, f64::min));
    let high = max.unwrap_or_else(|| finite.fold(f64::NEG_INFINITY, f64::max));
    if high - low > low.abs().max(high.abs()) * NOISE {
        (low, high)
    } else {
        (low - 1.0, low + 1.0)
    }
}

fn close(fill: &mut String, start_x: Option<i32>, end_x: i32) {
    if start_x.is_some() {
        push(fill, 'L', end_x, SIDE);
        fill.push('Z');
    }
}

fn push(path: &mut String, command: char, x: i32, y: i32) {
    path.push(command);
    path.push_str(&x.to_string());
    path.push(' ');
    path.push_str(&y.to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[Option<f64>], line: &str, fill: &str) {
        let spark = sparkline(values, (None, None));
        assert_eq!((spark.line.as_str(), spark.fill.as_str()), (line, fill));
    }

    #[test]
    fn a_line_spans_the_square() {
        check(
            &[Some(0.0), Some(5.0), Some(10.0)],
            "M0 1000L500 500L1000 0",
            "M0 1000L0 1000L500 500L1000 0L1000 1000Z",
        );
    }

    #[test]
    fn a_gap_is_a_gap() {
        check(
            &[Some(0.0), None, Some(10.0)],
            "M0 1000M1000 0",
            "M0 1000L0 1000L0 1000ZM1000 1000L1000 0L1000 1000Z",
        );
    }

    #[test]
    fn rounding_is_no_movement() {
        let values = [Some(0.1 + 0.2), Some(0.3)];
        check(
            &values,
            "M0 500L1000 500",
            "M0 1000L0 500L1000 500L1000 1000Z",
        );
    }

    #[test]
    fn a_flat_line_runs_through_the_middle() {
        check(
            &[Some(3.0), Some(3.0)],
            "M0 500L1000 500",
            "M0 1000L0 500L1000 500L1000 1000Z",
        );
        check(&[None, None], "", "");
    }
}
