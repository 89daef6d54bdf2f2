//! Histograms against what Prometheus' own operations give.

mod resets;
mod sums;
mod validity;

use super::*;

/// A histogram of positive buckets from `first` on, with what else is asked for.
fn with(schema: i32, first: i32, counts: &[f64]) -> Histogram {
    Histogram {
        schema,
        count: counts.iter().sum(),
        sum: 1.0,
        positive: Buckets::contiguous(first, counts.to_vec()),
        ..Histogram::default()
    }
}

fn custom(bounds: &[f64], counts: &[f64]) -> Histogram {
    Histogram {
        custom_values: bounds.into(),
        ..with(CUSTOM_BUCKETS_SCHEMA, 0, counts)
    }
}

fn zero(histogram: Histogram, threshold: f64, count: f64) -> Histogram {
    Histogram {
        zero_threshold: threshold,
        zero_count: count,
        count: histogram.count + count,
        ..histogram
    }
}

fn mirrored(histogram: Histogram) -> Histogram {
    Histogram {
        negative: histogram.positive,
        positive: Buckets::default(),
        ..histogram
    }
}
