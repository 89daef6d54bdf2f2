//! Histogram literals of the `.test` format:
//! `{{schema:0 sum:5 count:4 buckets:[1 2 1]}}`, and series of them.

use std::sync::Arc;

use series::histogram::{Buckets, CUSTOM_BUCKETS_SCHEMA};
use series::{CounterResetHint, Histogram};

/// The histograms of `{{…}}`, `{{…}}x3`, `{{…}}+{{…}}x4` at the start of a text,
/// and what follows them.
pub fn histograms(text: &str) -> (Vec<Arc<Histogram>>, &str) {
    let (first, mut rest) = literal(text);
    let mut step = None;
    if let Some(behind) = rest.strip_prefix(['+', '-']) {
        let is_minus = rest.starts_with('-');
        let (mut change, behind) = literal(behind);
        if is_minus {
            change.mul(-1.0);
        }
        (step, rest) = (Some(change), behind);
    }
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let times = rest[..end].strip_prefix('x');
    let times: usize = times.map_or(0, |times| times.parse().unwrap());
    let mut all = vec![Arc::new(first)];
    for _ in 0..times {
        let mut next = Histogram::clone(&all[all.len() - 1]);
        if let Some(step) = &step {
            next.add(step).unwrap();
        }
        all.push(Arc::new(next));
    }
    (all, &rest[end..])
}

/// One literal, and what follows it.
fn literal(text: &str) -> (Histogram, &str) {
    let (body, rest) = text[2..].split_once("}}").unwrap();
    let mut histogram = Histogram::default();
    let (mut first, mut first_negative) = (0, 0);
    let (mut positive, mut negative) = (Vec::new(), Vec::new());
    for (key, value) in fields(body) {
        match key {
            "schema" => histogram.schema = value.parse().unwrap(),
            "sum" => histogram.sum = value.parse().unwrap(),
            "count" => histogram.count = value.parse().unwrap(),
            "z_bucket" => histogram.zero_count = value.parse().unwrap(),
            "z_bucket_w" => histogram.zero_threshold = value.parse().unwrap(),
            "offset" => first = value.parse().unwrap(),
            "n_offset" => first_negative = value.parse().unwrap(),
            "buckets" => positive = numbers(value),
            "n_buckets" => negative = numbers(value),
            "custom_values" => histogram.custom_values = numbers(value).into(),
            "counter_reset_hint" => histogram.counter_reset_hint = hint(value),
            _ => panic!("{key} in {body}"),
        }
    }
    histogram.positive = Buckets::contiguous(first, positive);
    histogram.negative = Buckets::contiguous(first_negative, negative);
    assert!(
        histogram.custom_values.is_empty() || histogram.schema == CUSTOM_BUCKETS_SCHEMA,
        "{body}"
    );
    (histogram, rest)
}

/// `key:value` and `key:[values]`, in order of the text.
fn fields(body: &str) -> Vec<(&str, &str)> {
    let mut fields = Vec::new();
    let mut rest = body.trim();
    while !rest.is_empty() {
        let (key, behind) = rest.split_once(':').unwrap();
        let behind = behind.trim_start();
        let end = match behind.strip_prefix('[') {
            Some(list) => list.find(']').unwrap() + 2,
            None => behind.find(char::is_whitespace).unwrap_or(behind.len()),
        };
        fields.push((key, &behind[..end]));
        rest = behind[end..].trim_start();
    }
    fields
}

fn numbers(list: &str) -> Vec<f64> {
    let inside = list.trim_start_matches('[').trim_end_matches(']');
    let words = inside.split_whitespace();
    words.map(|word| word.parse().unwrap()).collect()
}

fn hint(word: &str) -> CounterResetHint {
    match word {
        "unknown" => CounterResetHint::Unknown,
        "reset" => CounterResetHint::Reset,
        "not_reset" => CounterResetHint::NotReset,
        "gauge" => CounterResetHint::Gauge,
        _ => panic!("{word}"),
    }
}
