//! Requests, well-formed and not, into a store in memory.

use remote_write::Message;
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

/// Stores a request of 1.0.
fn take(store: &Store, bytes: &[u8]) -> Result<Taken, WriteError> {
    let request = Request::new(Message::V1, bytes).unwrap();
    Receiver::new(store, NOW_MS).take(&request)
}

/// Why a part of a request of 1.0 was not taken.
fn refusal(store: &Store, bytes: &[u8]) -> String {
    let taken = take(store, bytes).unwrap();
    assert!(!taken.rejection.is_empty(), "{taken:?}");
    taken.rejection.to_string()
}

fn stored(store: &Store) -> usize {
    let mut columns = SampleColumns::default();
    for reader in store.select(&[], TimeRange::ALL).unwrap() {
        reader.read(TimeRange::ALL, &mut columns).unwrap();
    }
    columns.lengths().floats + columns.lengths().histograms
}

/// What is wrong with one series does not touch the one after it.
fn check(bad: &[(&str, &str)], times_ms: &[i64], expected: &str) {
    let store = store(10);
    let good = series(&[("__name__", "good")], &[NOW_MS]);
    let request = [series(bad, times_ms), good].concat();
    let error = refusal(&store, &request);
    assert!(error.contains(expected), "{error}");
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
    take(&store, &known(1_000)).unwrap();
    let new = series(&[("__name__", "new")], &[1_000, 2_000]);
    let request = [new, known(2_000)].concat();
    let error = refusal(&store, &request);
    assert!(error.starts_with("2 samples were"), "{error}");
    assert_eq!(stored(&store), 2);
}

#[test]
fn one_series_of_many_samples_is_stored_in_batches() {
    let store = store(1);
    let times_ms: Vec<i64> = (0..2 * BATCH_SAMPLES as i64 + 1).collect();
    let request = series(&[("__name__", "long")], &times_ms);
    let mut receiver = Receiver::new(&store, NOW_MS);
    for entry in Request::new(Message::V1, &request).unwrap().entries() {
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
        for message in [Message::V1, Message::V2] {
            if let Ok(request) = Request::new(message, &request) {
                let _ = Receiver::new(&store, NOW_MS).take(&request);
            }
        }
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
    let error = refusal(&store, &[bad, good].concat());
    let expected = "job=\"caf\u{fffd}\" is no UTF-8";
    assert!(error.contains(expected), "{error}");
    assert_eq!(stored(&store), 1);
}

/// A histogram of three observations in its one bucket, as integers, at a time
/// in milliseconds below 128.
fn histogram(time_ms: u8, schema: u8) -> Vec<u8> {
    let mut message = vec![0x08, 3, 0x20, schema << 1];
    message.extend(field(11, &[0x08, 0, 0x10, 1]));
    message.extend(field(12, &[6]));
    message.extend([0x78, time_ms]);
    message
}

fn latency(number: u8, histograms: &[Vec<u8>]) -> Vec<u8> {
    let name = [field(1, b"__name__"), field(2, b"latency")].concat();
    let histograms = histograms.iter().flat_map(|one| field(number, one));
    field(1, &[field(1, &name), histograms.collect()].concat())
}

#[test]
fn an_unsound_histogram_is_refused_and_the_rest_is_stored() {
    let store = store(10);
    let all = [histogram(1, 2), histogram(2, 20), histogram(3, 2)];
    let good = series(&[("__name__", "good")], &[NOW_MS]);
    let taken = take(&store, &[latency(4, &all), good].concat()).unwrap();
    assert_eq!((taken.samples, taken.histograms), (1, 2));
    assert_eq!(taken.rejection.histograms, 1);
    let error = taken.rejection.to_string();
    let start = "0 samples and 1 native histograms were not taken; the first: latency: \
                 histogram has an invalid schema";
    assert!(error.starts_with(start), "{error}");
    assert_eq!(stored(&store), 3);
    // The same once more is no error, another one at its time is.
    let again = take(&store, &latency(4, &all[..1])).unwrap();
    assert!(again.rejection.is_empty() && again.histograms == 1);
    let error = refusal(&store, &latency(4, &[histogram(3, 1)]));
    assert!(
        error.contains("duplicate sample for timestamp at 3 ms"),
        "{error}"
    );
}

#[test]
fn floats_that_follow_histograms_of_their_series_stay_in_order() {
    let options = Options {
        out_of_order_window_ms: 0,
        ..Options::default()
    };
    let store = Store::open(&options, |_| {}).unwrap();
    let name = [("__name__", "latency")];
    let request = [
        series(&name, &[1]),
        latency(4, &[histogram(2, 1), histogram(3, 1)]),
        series(&name, &[4]),
        latency(4, &[histogram(5, 1)]),
    ];
    let taken = take(&store, &request.concat()).unwrap();
    assert!(taken.rejection.is_empty(), "{}", taken.rejection);
    assert_eq!((taken.samples, taken.histograms), (2, 3));
}

#[test]
fn a_request_of_2_0_brings_series_by_symbols() {
    let symbols = ["", "__name__", "jobs_total", "latency", "job", "a", "Jobs."];
    let mut request: Vec<u8> = symbols
        .iter()
        .flat_map(|s| field(4, s.as_bytes()))
        .collect();
    let sample = [&[0x09][..], &2f64.to_le_bytes(), &[0x10, 7]].concat();
    let jobs = [
        field(1, &[4, 5, 1, 2]),
        field(2, &sample),
        field(4, &[]),
        field(5, &[0x08, 1, 0x18, 6, 0x20, 0]),
    ];
    request.extend(field(5, &jobs.concat()));
    let latency = [field(1, &[1, 3]), field(3, &histogram(7, 2))];
    request.extend(field(5, &latency.concat()));
    let missing = [field(1, &[1, 9]), field(2, &sample)];
    request.extend(field(5, &missing.concat()));
    let store = store(10);
    let request = Request::new(Message::V2, &request).unwrap();
    let taken = Receiver::new(&store, NOW_MS).take(&request).unwrap();
    assert_eq!(
        (taken.samples, taken.histograms, taken.exemplars),
        (1, 1, 1)
    );
    assert_eq!(store.counters().exemplars, 1);
    let error = taken.rejection.to_string();
    assert!(error.contains("symbol 9"), "{error}");
    let metadata = store.metadata(Some("jobs_total"));
    assert_eq!(metadata[0].1.help, "Jobs.");
    assert_eq!(metadata[0].1.kind, MetricKind::Counter);
    let labels = store.labels(&[], TimeRange::ALL, 10);
    let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
    assert!(
        labels.contains(&"jobs_total{job=\"a\"}".to_owned()),
        "{labels:?}"
    );
}
