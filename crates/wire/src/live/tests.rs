//! What a page holds after events, sensible and senseless ones.

use super::*;
use crate::data::{SeriesData, TimeGrid};

fn panel(values: &[f64]) -> PanelData {
    PanelData {
        grid: TimeGrid {
            start_ms: 1_000,
            step_ms: 1_000,
            len: values.len(),
        },
        span_ms: 0,
        series: vec![SeriesData {
            key: 0,
            name: "a".into(),
            query: RefId('A'),
            overrides: Vec::new(),
            values: Values(values.iter().copied().map(Some).collect()),
        }],
        status: Status::Ok,
    }
}

fn check(append: PanelAppend, capacity: usize, start_ms: i64, expected: &[&[Option<f64>]]) {
    let mut data = panel(&[1.0, 2.0, 3.0]);
    data.apply(&append, capacity);
    assert_eq!(data.grid.start_ms, start_ms);
    let got: Vec<_> = data
        .series
        .iter()
        .map(|series| series.values.0.as_slice())
        .collect();
    assert_eq!(got, expected);
    assert_eq!(data.grid.len, expected[0].len());
}

fn append(start_ms: i64, values: &[f64]) -> PanelAppend {
    PanelAppend {
        start_ms,
        len: values.len(),
        series: vec![(0, Values(values.iter().copied().map(Some).collect()))],
        ..PanelAppend::default()
    }
}

#[test]
fn a_panel_has_a_window_of_its_own() {
    let page = Window {
        from_ms: 1_000,
        to_ms: 10_000,
        step_ms: 1_000,
        live: true,
        ..Window::default()
    };
    let check = |step_ms: i64, span_ms: i64, expected: (i64, i64)| {
        let mut data = panel(&[1.0]);
        (data.grid.step_ms, data.span_ms) = (step_ms, span_ms);
        let window = data.window(page);
        assert_eq!((window.from_ms, window.to_ms), expected);
    };
    check(1_000, 0, (1_000, 10_000));
    check(0, 0, (1_000, 10_000));
    check(4_000, 0, (4_000, 8_000));
    check(1_000, 60_000, (-50_000, 10_000));
    check(60_000, 0, (0, 0));
}

#[test]
fn new_points_follow_the_old() {
    check(
        append(4_000, &[4.0]),
        9,
        1_000,
        &[&[Some(1.0), Some(2.0), Some(3.0), Some(4.0)]],
    );
}

#[test]
fn the_window_slides() {
    check(
        append(4_000, &[4.0]),
        3,
        2_000,
        &[&[Some(2.0), Some(3.0), Some(4.0)]],
    );
}

#[test]
fn recent_points_are_replaced() {
    check(
        append(3_000, &[9.0, 4.0]),
        9,
        1_000,
        &[&[Some(1.0), Some(2.0), Some(9.0), Some(4.0)]],
    );
}

#[test]
fn a_missed_step_is_a_gap() {
    check(
        append(5_000, &[5.0]),
        9,
        1_000,
        &[&[Some(1.0), Some(2.0), Some(3.0), None, Some(5.0)]],
    );
}

#[test]
fn a_series_that_appears_has_no_past() {
    let mut new = append(4_000, &[4.0]);
    new.added.push(SeriesHead {
        key: 7,
        name: "b".into(),
        query: RefId('B'),
        overrides: Vec::new(),
    });
    new.series.push((7, Values(vec![Some(70.0)])));
    check(
        new,
        9,
        1_000,
        &[
            &[Some(1.0), Some(2.0), Some(3.0), Some(4.0)],
            &[None, None, None, Some(70.0)],
        ],
    );
}

#[test]
fn a_gap_wider_than_the_window_starts_anew() {
    check(
        append(i64::MAX / 2, &[4.0]),
        5,
        i64::MAX / 2,
        &[&[Some(4.0)]],
    );
}

#[test]
fn more_columns_than_any_window_has_are_not_taken() {
    let mut senseless = append(4_000, &[4.0]);
    senseless.len = usize::MAX;
    let mut data = panel(&[1.0, 2.0, 3.0]);
    data.apply(&senseless, 3);
    assert_eq!((data.grid.start_ms, data.grid.len), (7_000, 3));
}

#[test]
fn points_older_than_the_window_are_ignored() {
    check(
        append(-9_000, &[4.0]),
        9,
        1_000,
        &[&[Some(1.0), Some(2.0), Some(3.0)]],
    );
}
