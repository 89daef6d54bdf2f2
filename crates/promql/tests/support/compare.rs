//! Expected values against found ones, as Prometheus' own tests compare.

use promql::VectorSample;
use series::{LabeledSeries, Labels};

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

type Points = Vec<(i64, f64)>;

/// Compares a matrix with what the case expects.
pub fn matrix(eval: &Eval, found: &[LabeledSeries]) -> Result<(), String> {
    check(found.is_sorted_by(|a, b| a.labels < b.labels), || {
        "not sorted".to_owned()
    })?;
    let expected = expected_matrix(eval);
    let text = || format!("expected {expected:?}, found {found:?}");
    check(expected.len() == found.len(), text)?;
    for (labels, points) in &expected {
        let Some(series) = found.iter().find(|series| series.labels == *labels) else {
            return Err(text());
        };
        let same = |(sample, (time, value)): (series::Sample, &(i64, f64))| {
            sample.timestamp_ms == *time && almost_equal(sample.value, *value)
        };
        let samples = &series.samples;
        check(
            samples.len() == points.len() && samples.iter().zip(points).all(same),
            text,
        )?;
    }
    Ok(())
}

fn expected_matrix(eval: &Eval) -> Vec<(Labels, Points)> {
    let time = |step: usize| eval.start_ms + step as i64 * eval.step_ms;
    if let Some(value) = eval.scalar {
        let steps = (eval.end_ms - eval.start_ms) / eval.step_ms;
        let points = (0..=steps as usize).map(|step| (time(step), value));
        return vec![(Labels::empty(), points.collect())];
    }
    let points = |cells: &[Cell]| {
        let values = cells
            .iter()
            .enumerate()
            .filter_map(|(step, cell)| match cell {
                Cell::Value(value) => Some((time(step), *value)),
                _ => None,
            });
        values.collect()
    };
    eval.series
        .iter()
        .map(|(labels, cells)| (labels.clone(), points(cells)))
        .collect()
}
