//! Expected values against found ones, as Prometheus' own tests compare.

use promql::{MatrixSeries, VectorSample};
use series::Labels;

use super::format::{Cell, Eval};

/// Equal within a relative 1e-6; NaN equals NaN.
pub fn almost_equal(a: f64, b: f64) -> bool {
    if a.is_nan() && b.is_nan() || a == b {
        return true;
    }
    let (sum, difference) = (a.abs() + b.abs(), (a - b).abs());
    if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        return difference < 1e-6 * f64::MIN_POSITIVE;
    }
    difference / sum.min(f64::MAX) < 1e-6
}

fn check(condition: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(message()) }
}

/// Compares an instant vector with what the case expects.
pub fn vector(eval: &Eval, found: &[(Labels, f64)], ordered: bool) -> Result<(), String> {
    let expected: Vec<(&Labels, f64)> = eval
        .series
        .iter()
        .map(|(labels, cells)| match cells.first() {
            Some(Cell::Value(value)) => (labels, *value),
            _ => panic!("line {}: no value", eval.line),
        })
        .collect();
    let text = || format!("expected {expected:?}, found {found:?}");
    check(expected.len() == found.len(), text)?;
    for (index, (labels, value)) in expected.iter().enumerate() {
        let place = if ordered {
            found.get(index).filter(|(found, _)| found == *labels)
        } else {
            found.iter().find(|(found, _)| found == *labels)
        };
        check(
            place.is_some_and(|(_, found)| almost_equal(*value, *found)),
            text,
        )?;
    }
    Ok(())
}

/// An instant vector as pairs.
pub fn pairs(samples: &[VectorSample]) -> Vec<(Labels, f64)> {
    samples
        .iter()
        .map(|sample| (sample.labels.clone(), sample.value))
        .collect()
}

/// Compares a matrix with what the case expects.
pub fn matrix(eval: &Eval, found: &[MatrixSeries]) -> Result<(), String> {
    check(found.is_sorted_by(|a, b| a.labels < b.labels), || {
        "not sorted".to_owned()
    })?;
    let expected: Vec<_> = eval
        .series
        .iter()
        .map(|(labels, cells)| {
            let points: Vec<(i64, f64)> = cells
                .iter()
                .enumerate()
                .filter_map(|(step, cell)| match cell {
                    Cell::Value(value) => {
                        Some((eval.start_ms + step as i64 * eval.step_ms, *value))
                    }
                    _ => None,
                })
                .collect();
            (labels, points)
        })
        .collect();
    let scalar = eval.scalar.map(|value| {
        let steps = (eval.end_ms - eval.start_ms) / eval.step_ms;
        (0..=steps)
            .map(|step| (eval.start_ms + step * eval.step_ms, value))
            .collect()
    });
    let empty = Labels::empty();
    let expected: Vec<(&Labels, Vec<(i64, f64)>)> =
        scalar.map_or(expected, |points| vec![(&empty, points)]);
    let text = || format!("expected {expected:?}, found {found:?}");
    check(expected.len() == found.len(), text)?;
    for (labels, points) in &expected {
        let Some(series) = found.iter().find(|series| series.labels == **labels) else {
            return Err(text());
        };
        let same = series.samples.len() == points.len()
            && series
                .samples
                .iter()
                .zip(points)
                .all(|(sample, (time, value))| {
                    sample.timestamp_ms == *time && almost_equal(sample.value, *value)
                });
        check(same, text)?;
    }
    Ok(())
}
