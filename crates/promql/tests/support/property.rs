//! What must hold for every text: parsing ends in a tree or an error with a
//! place, a tree's canonical text is read as the same tree, and evaluation ends
//! in an answer or an error.

use promql::{Context, Interrupt, Limits};
use series::{Labels, stale_nan};

use super::store::MemoryStore;

/// A few series of every kind of value.
pub fn store() -> MemoryStore {
    let mut store = MemoryStore::default();
    let odd = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -0.0,
        f64::MAX,
        stale_nan(),
    ];
    for (index, name) in ["a", "b", "a_total", "h_bucket"].into_iter().enumerate() {
        for series in 0..3_usize {
            let le = ["0.1", "+Inf", "no number"][series];
            let pairs = [("__name__", name), ("x", &series.to_string()), ("le", le)];
            let samples = (0..60_usize).map(|at| {
                let value = match at * 7 % 23 {
                    pick @ 0..6 if index == 0 => odd[pick],
                    _ => (at * (series + 1)) as f64,
                };
                ((at as i64 - 10) * 15_000, value)
            });
            store.add(Labels::from_pairs(pairs), samples);
        }
    }
    store
}

/// Checks one text against `store`.
pub fn check(text: &str, store: &MemoryStore) {
    let expr = match promql::parse(text) {
        Ok(expr) => expr,
        Err(error) => {
            assert!(
                error.span.start <= text.len(),
                "{error} lies outside {text:?}"
            );
            return;
        }
    };
    for canonical in [expr.to_string(), expr.pretty()] {
        match promql::parse(&canonical) {
            Ok(again) => assert_eq!(again.to_string(), expr.to_string(), "of {text:?}"),
            Err(error) => panic!("{text:?} becomes {canonical:?}: {error}"),
        }
    }
    let interrupt = Interrupt::default();
    let mut context = Context::new(store, &interrupt);
    context.limits = Limits {
        max_samples: 20_000,
        ..Limits::default()
    };
    // Whether there is an answer does not matter, only that it ends.
    drop(promql::instant(&expr, 300_000, &context));
    drop(promql::range(&expr, -60_000, 600_000, 60_000, &context));
    drop(promql::range(
        &expr,
        i64::MIN,
        i64::MAX,
        i64::MAX / 8,
        &context,
    ));
}
