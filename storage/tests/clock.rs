//! A clock that jumps by years: appends, queries and maintenance go on.
#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

#[expect(dead_code, reason = "each test uses a part of it")]
mod common;

use common::{labels, options, read_one, sample};
use series::TimeRange;
use storage::Store;

const HOUR_MS: i64 = 3_600_000;
const NOW_MS: i64 = 1_700_000_000_000;
const YEARS_MS: i64 = 10 * 365 * 24 * HOUR_MS;
const AHEAD_MS: i64 = 10 * 60_000;

/// A sample a minute for two hours by a clock that starts at `from_ms`; all are
/// taken.
fn scrape(store: &Store, from_ms: i64) {
    let series = store.series_ref(&labels("up", 0)).unwrap();
    for minute in 0..120 {
        let now_ms = from_ms + minute * 60_000;
        let batch = [(series, sample(now_ms, 1.0))];
        let outcome = store.append(&batch, now_ms + AHEAD_MS).unwrap();
        assert_eq!(outcome.accepted, 1, "at {now_ms}: {outcome:?}");
    }
    store.maintain().unwrap();
}

fn check(store: &Store, from_ms: i64) {
    let found = read_one(store, &labels("up", 0));
    let range = TimeRange {
        start_ms: from_ms,
        end_ms: from_ms + 119 * 60_000,
    };
    let times = found.timestamps_ms.iter();
    let count = times.filter(|time_ms| range.contains(**time_ms)).count();
    assert_eq!(count, 120, "from {from_ms}");
}

#[test]
fn a_clock_that_was_years_ahead_ends_no_series() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&options(folder.path()), |_| {}).unwrap();
    scrape(&store, NOW_MS);
    scrape(&store, NOW_MS + YEARS_MS);
    check(&store, NOW_MS + YEARS_MS);
    let back_ms = NOW_MS + 2 * HOUR_MS;
    for hours in [0, 2, 4] {
        let from_ms = back_ms + hours * HOUR_MS;
        scrape(&store, from_ms);
        check(&store, from_ms);
    }
    // Hours go on to leave the memory for blocks.
    assert!(
        store.counters().blocks_written >= 4,
        "{:?}",
        store.counters()
    );
    drop(store);
    check(
        &Store::open(&options(folder.path()), |_| {}).unwrap(),
        back_ms,
    );
}

#[test]
fn a_clock_that_was_years_behind_ends_no_series() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&options(folder.path()), |_| {}).unwrap();
    scrape(&store, NOW_MS - YEARS_MS);
    scrape(&store, NOW_MS);
    check(&store, NOW_MS);
}

#[test]
fn in_memory_as_well() {
    let options = storage::Options::default();
    let store = Store::open(&options, |_| {}).unwrap();
    scrape(&store, NOW_MS + YEARS_MS);
    scrape(&store, NOW_MS);
    check(&store, NOW_MS);
}
