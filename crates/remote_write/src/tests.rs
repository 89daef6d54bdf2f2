//! Histogram messages and symbols, well-formed and not.

use ::series::{CounterResetHint, HistogramSample};

use super::*;

/// A length-delimited field of less than 128 bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let key = match number {
        0..16 => vec![number << 3 | 2],
        _ => vec![number << 3 | 0x82, number >> 4],
    };
    [&key[..], &[bytes.len() as u8], bytes].concat()
}

fn double(number: u8, value: f64) -> Vec<u8> {
    [&[number << 3 | 1][..], &value.to_le_bytes()].concat()
}

fn doubles(number: u8, values: &[f64]) -> Vec<u8> {
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    field(number, &bytes)
}

fn read(message: &[Vec<u8>]) -> Result<HistogramSample, InvalidHistogramSample> {
    let series = field(1, &field(4, &message.concat()));
    let request = Request::new(Message::V1, &series).unwrap();
    let entry = request.entries().next().unwrap().unwrap();
    let Entry::Series(series) = entry else {
        panic!("{entry:?}");
    };
    let mut all: Vec<_> = series.histograms().collect();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn integer_histograms_have_differences_between_buckets() {
    let sample = read(&[
        vec![0x08, 13],
        double(3, 18.5),
        vec![0x20, 0x03],
        double(5, 0.001),
        vec![0x30, 2],
        field(8, &[0x08, 0x02, 0x10, 1]),
        field(9, &[0x08]),
        field(11, &[0x08, 0x01, 0x10, 2]),
        field(11, &[0x08, 0x06, 0x10, 1]),
        field(12, &[0x02, 0x02, 0x04]),
        vec![0x70, 1, 0x78, 9],
    ]);
    // A count of 13 where the buckets hold 2 + 4 + 1 + 2 + 4.
    let sample = sample.unwrap();
    let histogram = &sample.histogram;
    assert_eq!(sample.timestamp_ms, 9);
    assert_eq!(histogram.schema, -2);
    assert_eq!(histogram.counter_reset_hint, CounterResetHint::Reset);
    assert_eq!(
        (histogram.count, histogram.zero_count, histogram.sum),
        (13.0, 2.0, 18.5)
    );
    assert_eq!(histogram.negative.counts, [4.0]);
    let positive: Vec<_> = histogram.positive.indexed().collect();
    assert_eq!(positive, [(-1, 1.0), (0, 2.0), (4, 4.0)]);
}

#[test]
fn float_histograms_have_counts_and_custom_ones_bounds() {
    let custom = [
        double(2, 2.5),
        double(3, 7.0),
        vec![0x20, 105],
        field(11, &[0x08, 0, 0x10, 2]),
        doubles(13, &[0.5, 2.0]),
        doubles(16, &[0.25, 10.0]),
        vec![0x70, 3],
    ];
    let histogram = read(&custom).unwrap().histogram;
    assert_eq!(histogram.schema, -53);
    assert_eq!(histogram.positive.counts, [0.5, 2.0]);
    assert_eq!(histogram.custom_values[..], [0.25, 10.0]);
    assert_eq!(histogram.counter_reset_hint, CounterResetHint::Gauge);
}

#[test]
fn a_staleness_marker_needs_nothing_else() {
    let stale = read(&[double(3, ::series::stale_nan()), vec![0x20, 99, 0x78, 4]]);
    assert!(stale.unwrap().histogram.is_stale());
}

#[test]
fn what_does_not_go_together_is_refused_alone() {
    let cases: [(Vec<Vec<u8>>, &str); 4] = [
        (vec![vec![0x20, 20]], "invalid schema"),
        (vec![vec![0x08, 3]], "should equal the number"),
        (vec![field(11, &[0x10, 3])], "different number of buckets"),
        (vec![double(2, -1.0)], "is negative"),
    ];
    for (message, expected) in cases {
        let error = read(&message).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    let cut = read(&[vec![0x20]]).unwrap_err();
    assert_eq!(cut, InvalidHistogramSample::Malformed(Malformed));
}

#[test]
fn more_buckets_than_any_histogram_has_are_not_held() {
    let mut message = vec![12 << 3 | 2, 0x80, 0x80, 0x08];
    message.extend(vec![0; 1 << 17]);
    let mut series = vec![0x22, 0x84, 0x80, 0x08];
    series.extend(message);
    let mut request = vec![0x0a, 0x88, 0x80, 0x08];
    request.extend(series);
    let request = Request::new(Message::V1, &request).unwrap();
    let entry = request.entries().next().unwrap().unwrap();
    let Entry::Series(series) = entry else {
        panic!("{entry:?}");
    };
    let read: Vec<_> = series.histograms().collect();
    assert_eq!(read, [Err(InvalidHistogramSample::TooManyBuckets)]);
}

#[test]
fn symbols_begin_with_an_empty_one() {
    let check = |bytes: &[u8], expected| {
        let found = Request::new(Message::V2, bytes).map(drop);
        assert_eq!(found, expected);
    };
    check(&[], Ok(()));
    check(&field(4, b""), Ok(()));
    check(&field(4, b"a"), Err(InvalidSymbols::NoEmptyFirst));
    check(&[0x22, 9], Err(InvalidSymbols::Malformed(Malformed)));
}

#[test]
fn labels_of_2_0_come_in_pairs() {
    let symbols = [field(4, b""), field(4, b"__name__"), field(4, b"up")].concat();
    let check = |places: &[u8], expected: Result<&str, InvalidLabels>| {
        let request = [symbols.clone(), field(5, &field(1, places))].concat();
        let request = Request::new(Message::V2, &request).unwrap();
        let Some(Ok(Entry::Series(series))) = request.entries().next() else {
            panic!("no series");
        };
        let labels = series.labels().map(|labels| labels.to_string());
        assert_eq!(labels, expected.map(str::to_owned));
    };
    check(&[1, 2], Ok("up"));
    check(&[1, 2, 2], Err(InvalidLabels::OddReferences));
    check(&[1, 3], Err(InvalidLabels::NoSymbol { place: 3 }));
    check(&[], Err(InvalidLabels::NoMetricName));
}
