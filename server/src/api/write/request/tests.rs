//! Requests, well-formed and not, into a store in memory.

use series::{SampleColumns, SeriesStore, TimeRange};
use storage::Options;

use super::*;

const NOW_MS: i64 = 1_700_000_000_000;

fn store(max_series: usize) -> Store {
    let options = Options {
        max_series,
        ..Options::default()
    };
    Store::open(&options, |_| {}).unwrap()
}

/// A length-delimited field.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![number << 3 | 2];
    let mut length = bytes.len();
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend(bytes);
    out
}

/// One series with samples at these times.
fn series(labels: &[(&str, &str)], times_ms: &[i64]) -> Vec<u8> {
    let mut message = Vec::new();
    for (name, value) in labels {
        let label = [field(1, name.as_bytes()), field(2, value.as_bytes())].concat();
        message.extend(field(1, &label));
    }
    for time_ms in times_ms {
        let mut sample = vec![0x09];
        sample.extend(1f64.to_le_bytes());
        sample.push(0x10);
        let mut rest = time_ms.cast_unsigned();
        while rest >= 0x80 {
            sample.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        sample.push(rest as u8);
        message.extend(field(2, &sample));
    }
    field(1, &message)
}

fn stored(store: &Store) -> usize {
    let mut columns = SampleColumns::default();
    for reader in store.select(&[], TimeRange::ALL).unwrap() {
        reader.read(TimeRange::ALL, &mut columns).unwrap();
    }
    columns.len()
}

/// What is wrong with one series does not touch the one after it.
fn check(bad: &[(&str, &str)], times_ms: &[i64], expected: &str) {
    let store = store(10);
    let good = series(&[("__name__", "good")], &[NOW_MS]);
    let request = [series(bad, times_ms), good].concat();
    let error = Receiver::new(&store, NOW_MS).take(&request).unwrap_err();
    assert_eq!(error.status(), http::StatusCode::BAD_REQUEST);
    assert!(error.to_string().contains(expected), "{error}");
    assert_eq!(stored(&store), 1, "{expected}");
}

#[test]
fn what_no_series_can_have_is_refused() {
    let long = "x".repeat(17 << 10);
    let name = ("__name__", "up");
    check(&[("job", "a")], &[NOW_MS], "no metric name");
    check(&[name, ("", "a")], &[NOW_MS], "no name");
    check(&[name, ("a", "1"), ("a", "2")], &[NOW_MS], "two labels");
    check(&[("a", "1"), name, ("a", "")], &[NOW_MS], "two labels");
    check(&[name, ("a", &long)], &[NOW_MS], "17408 bytes");
    check(&[name, (&long, "a")], &[NOW_MS], "17408 bytes");
    check(&[("job", "a")], &[], "no metric name");
    check(&[name], &[NOW_MS + 3_600_000], "out of bounds");
}

#[test]
fn known_series_go_on_at_the_series_limit() {
    let store = store(1);
    let known = |time_ms| series(&[("__name__", "known")], &[time_ms]);
    Receiver::new(&store, NOW_MS).take(&known(1_000)).unwrap();
    let new = series(&[("__name__", "new")], &[1_000, 2_000]);
    let request = [new, known(2_000)].concat();
    let error = Receiver::new(&store, NOW_MS).take(&request).unwrap_err();
    assert!(error.to_string().starts_with("2 samples"), "{error}");
    assert_eq!(stored(&store), 2);
}

#[test]
fn one_series_of_many_samples_is_stored_in_batches() {
    let store = store(1);
    let times_ms: Vec<i64> = (0..2 * BATCH_SAMPLES as i64 + 1).collect();
    let request = series(&[("__name__", "long")], &times_ms);
    let mut receiver = Receiver::new(&store, NOW_MS);
    for entry in entries(&request) {
        let Ok(Entry::Series(series)) = entry else {
            panic!("{entry:?}");
        };
        receiver.series(series).unwrap();
    }
    assert_eq!(receiver.batch.len(), 1);
    assert!(receiver.batch.capacity() < 2 * BATCH_SAMPLES);
    receiver.flush().unwrap();
    assert_eq!(stored(&store), times_ms.len());
}

#[test]
fn damaged_requests_are_refused_or_stored_and_never_worse() {
    let mut random = fastrand::Rng::with_seed(1);
    let labels = [("__name__", "up"), ("job", "a")];
    let whole = [series(&labels, &[1_000, 2_000]), series(&labels, &[3_000])].concat();
    for _ in 0..20_000 {
        let store = store(10);
        let mut request = whole.clone();
        for _ in 0..random.usize(1..4) {
            let index = random.usize(..request.len());
            match random.u8(..3) {
                0 => request[index] = random.u8(..),
                1 => request.truncate(index.max(1)),
                _ => request.insert(index, random.u8(..)),
            }
        }
        // Either answer is right; what is stored is readable.
        let _ = Receiver::new(&store, NOW_MS).take(&request);
        assert!(stored(&store) <= request.len());
    }
}

#[test]
fn a_label_that_is_no_utf8_costs_its_series_alone() {
    let label = [field(1, b"job"), field(2, b"caf\xe9")].concat();
    let name = [field(1, b"__name__"), field(2, b"up")].concat();
    let bad = field(1, &[field(1, &name), field(1, &label)].concat());
    let good = series(&[("__name__", "good")], &[NOW_MS]);
    let store = store(10);
    let error = Receiver::new(&store, NOW_MS)
        .take(&[bad, good].concat())
        .unwrap_err();
    assert_eq!(error.status(), http::StatusCode::BAD_REQUEST);
    assert!(
        error
            .to_string()
            .contains("job=\"caf\u{fffd}\" is no UTF-8"),
        "{error}"
    );
    assert_eq!(stored(&store), 1);
}

#[test]
fn native_histograms_are_refused_and_the_rest_is_stored() {
    let name = [field(1, b"__name__"), field(2, b"latency")].concat();
    let histogram = field(1, &[field(1, &name), field(4, b""), field(4, b"")].concat());
    let good = series(&[("__name__", "good")], &[NOW_MS]);
    let store = store(10);
    let error = Receiver::new(&store, NOW_MS)
        .take(&[histogram, good].concat())
        .unwrap_err();
    assert_eq!(error.status(), http::StatusCode::BAD_REQUEST);
    assert!(
        error.to_string().starts_with("2 native histograms"),
        "{error}"
    );
    assert_eq!(stored(&store), 1);
}
