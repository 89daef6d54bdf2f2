//! Counter resets.

use super::super::*;
use super::{custom, mirrored, with, zero};

fn check_reset(before: &Histogram, after: &Histogram, expected: bool) {
    assert_eq!(
        after.is_reset_after(before),
        expected,
        "{before} to {after}"
    );
}

#[test]
fn resets_show_in_any_count_but_the_sum() {
    let before = zero(with(1, 0, &[1.0, 0.0, 3.0]), 0.1, 2.0);
    check_reset(&before, &before, false);
    check_reset(
        &before,
        &zero(with(1, 0, &[1.0, 0.0, 4.0]), 0.1, 2.0),
        false,
    );
    check_reset(
        &before,
        &zero(with(1, -1, &[9.0, 1.0, 0.0, 3.0]), 0.1, 2.0),
        false,
    );
    // More observations, and less in one bucket, or one bucket less.
    check_reset(&before, &zero(with(1, 0, &[0.0, 0.0, 9.0]), 0.1, 2.0), true);
    check_reset(&before, &zero(with(1, 1, &[0.0, 9.0]), 0.1, 2.0), true);
    check_reset(&before, &zero(with(1, 0, &[9.0, 0.0, 9.0]), 0.1, 1.0), true);
    let fewer = Histogram {
        count: 5.0,
        ..before.clone()
    };
    check_reset(&before, &fewer, true);
    check_reset(&mirrored(before.clone()), &mirrored(before), false);
}

#[test]
fn only_lower_resolution_and_a_wider_zero_bucket_come_without_reset() {
    let fine = with(1, 0, &[1.0, 2.0, 3.0]);
    check_reset(&fine, &with(0, 0, &[1.0, 5.0]), false);
    check_reset(&fine, &with(0, 0, &[1.0, 4.0, 9.0]), true);
    check_reset(&with(0, 0, &[1.0, 5.0]), &fine, true);
    let narrow = zero(with(0, 0, &[1.0, 2.0]), 0.1, 1.0);
    check_reset(&narrow, &zero(with(0, 1, &[2.0]), 1.0, 2.0), false);
    check_reset(&narrow, &zero(with(0, 1, &[9.0]), 1.0, 1.0), true);
    check_reset(&narrow, &zero(with(0, 1, &[9.0]), 0.7, 9.0), true);
    check_reset(&zero(with(0, 1, &[2.0]), 1.0, 2.0), &narrow, true);
    check_reset(&custom(&[1.0], &[1.0]), &custom(&[2.0], &[1.0]), true);
    check_reset(&custom(&[1.0], &[1.0]), &with(0, 0, &[1.0]), true);
}

#[test]
fn a_hint_settles_whether_there_was_a_reset() {
    let before = with(0, 0, &[5.0]);
    let hinted = |counter_reset_hint| Histogram {
        counter_reset_hint,
        ..with(0, 0, &[1.0])
    };
    check_reset(&before, &hinted(CounterResetHint::NotReset), false);
    check_reset(&before, &hinted(CounterResetHint::Gauge), true);
    let reset = Histogram {
        counter_reset_hint: CounterResetHint::Reset,
        ..before.clone()
    };
    check_reset(&before, &reset, true);
}
