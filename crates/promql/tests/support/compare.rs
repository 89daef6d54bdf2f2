//! Expected values against found ones, as Prometheus' own tests compare.

use promql::VectorSample;
use series::histogram::Buckets;
use series::{Histogram, LabeledSeries, Labels, SampleColumns};

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

fn same(a: &Cell, b: &Cell) -> bool {
    match (a, b) {
        (Cell::Value(a), Cell::Value(b)) => almost_equal(*a, *b),
        (Cell::Histogram(a), Cell::Histogram(b)) => same_histogram(a, b),
        (a, b) => a == b,
    }
}

/// The same counts in the same buckets; empty ones and hints do not count.
fn same_histogram(a: &Histogram, b: &Histogram) -> bool {
    let (mut a, mut b) = (a.clone(), b.clone());
    a.compact();
    b.compact();
    let numbers = |one: &Histogram| [one.count, one.sum, one.zero_count, one.zero_threshold];
    let same_numbers = numbers(&a)
        .iter()
        .zip(numbers(&b))
        .all(|(a, b)| almost_equal(*a, b));
    let bounds = a.custom_values.iter().zip(&*b.custom_values);
    a.schema == b.schema
        && same_numbers
        && a.custom_values.len() == b.custom_values.len()
        && bounds.clone().all(|(a, b)| almost_equal(*a, *b))
        && same_buckets(&a.positive, &b.positive)
        && same_buckets(&a.negative, &b.negative)
}

fn same_buckets(a: &Buckets, b: &Buckets) -> bool {
    let mut pairs = a.indexed().zip(b.indexed());
    a.counts.len() == b.counts.len() && pairs.all(|((i, a), (j, b))| i == j && almost_equal(a, b))
}

fn check(condition: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(message()) }
}

/// Compares an instant vector with what the case expects.
pub fn vector(eval: &Eval, found: &[(Labels, Cell)], ordered: bool) -> Result<(), String> {
    let expected: Vec<(&Labels, &Cell)> = eval
        .series
        .iter()
        .map(|(labels, cells)| match cells.first() {
            Some(cell) => (labels, cell),
            None => panic!("line {}: no value", eval.line),
        })
        .collect();
    let text = || format!("expected {expected:?}, found {found:?}");
    check(expected.len() == found.len(), text)?;
    for (index, (labels, cell)) in expected.iter().enumerate() {
        let place = if ordered {
            found.get(index).filter(|(found, _)| found == *labels)
        } else {
            found.iter().find(|(found, _)| found == *labels)
        };
        check(place.is_some_and(|(_, found)| same(cell, found)), text)?;
    }
    Ok(())
}

/// An instant vector as pairs.
pub fn pairs(samples: &[VectorSample]) -> Vec<(Labels, Cell)> {
    let cell = |sample: &VectorSample| match &sample.histogram {
        Some(histogram) => Cell::Histogram(histogram.clone()),
        None => Cell::Value(sample.value),
    };
    samples
        .iter()
        .map(|sample| (sample.labels.clone(), cell(sample)))
        .collect()
}

type Points = Vec<(i64, Cell)>;

/// The samples in order of time.
pub fn points(samples: &SampleColumns) -> Points {
    let floats = samples
        .iter()
        .map(|one| (one.timestamp_ms, Cell::Value(one.value)));
    let histograms = samples.iter_histograms();
    let histograms = histograms.map(|(time, one)| (time, Cell::Histogram(one.clone())));
    let mut points: Points = floats.chain(histograms).collect();
    points.sort_by_key(|(time, _)| *time);
    points
}

/// Compares a matrix with what the case expects.
pub fn matrix(eval: &Eval, found: &[LabeledSeries]) -> Result<(), String> {
    check(found.is_sorted_by(|a, b| a.labels < b.labels), || {
        "not sorted".to_owned()
    })?;
    let expected = expected_matrix(eval);
    let text = || format!("expected {expected:?}, found {found:?}");
    check(expected.len() == found.len(), text)?;
    for (labels, expected) in &expected {
        let Some(series) = found.iter().find(|series| series.labels == *labels) else {
            return Err(text());
        };
        let found = points(&series.samples);
        let mut both = found.iter().zip(expected);
        check(
            found.len() == expected.len() && both.all(|(a, b)| a.0 == b.0 && same(&a.1, &b.1)),
            text,
        )?;
    }
    Ok(())
}

fn expected_matrix(eval: &Eval) -> Vec<(Labels, Points)> {
    let time = |step: usize| eval.start_ms + step as i64 * eval.step_ms;
    if let Some(value) = eval.scalar {
        let steps = (eval.end_ms - eval.start_ms) / eval.step_ms;
        let points = (0..=steps as usize).map(|step| (time(step), Cell::Value(value)));
        return vec![(Labels::empty(), points.collect())];
    }
    let points = |cells: &[Cell]| {
        let cells = cells.iter().enumerate();
        let present = cells.filter(|(_, cell)| **cell != Cell::Omitted);
        present
            .map(|(step, cell)| (time(step), cell.clone()))
            .collect()
    };
    eval.series
        .iter()
        .map(|(labels, cells)| (labels.clone(), points(cells)))
        .collect()
}
