//! What must hold for every text: parsing ends in a tree or an error with a
//! place, a tree's canonical text is read as the same tree, and evaluation ends
//! in an answer or an error.

use promql::{Context, Interrupt, Limits};
use std::sync::Arc;

use series::histogram::{Buckets, CUSTOM_BUCKETS_SCHEMA};
use series::{Histogram, Labels, stale_nan};

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
    for (series, schema) in [3, -2, CUSTOM_BUCKETS_SCHEMA].into_iter().enumerate() {
        let labels = Labels::from_pairs([("__name__", "h"), ("x", &series.to_string())]);
        let floats = (0..9_usize).map(|at| (at as i64 * 30_000 + 7, at as f64));
        store.add(labels.clone(), floats);
        let histograms = (0..30_usize).map(|at| (at as i64 * 15_000, histogram(schema, at)));
        store.add_histograms(labels, histograms);
    }
    store
}

/// Histograms that grow, with a gauge, a reset and a staleness marker among them.
fn histogram(schema: i32, at: usize) -> Arc<Histogram> {
    if at == 17 {
        return Arc::new(Histogram::stale());
    }
    let counts: Vec<f64> = (0..4_usize)
        .map(|bucket| (at % 13 * bucket) as f64)
        .collect();
    let custom = schema == CUSTOM_BUCKETS_SCHEMA;
    Arc::new(Histogram {
        schema: schema - i32::from(!custom && at > 20),
        zero_threshold: if custom { 0.0 } else { 0.01 * (at / 8) as f64 },
        count: counts.iter().sum(),
        sum: if at == 5 { f64::NAN } else { at as f64 },
        positive: Buckets::contiguous(0, counts),
        custom_values: if custom {
            [1.0, 2.0, 5.0].into()
        } else {
            [].into()
        },
        ..Histogram::default()
    })
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
