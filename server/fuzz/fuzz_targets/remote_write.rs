//! Whatever an uncompressed request holds, it is stored or refused: every
//! series has a name, every sample can be read, and there are no more of them
//! than bytes were sent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use series::{SampleColumns, SeriesStore, TimeRange};
use server::api::Receiver;
use storage::{Options, Store};

const NOW_MS: i64 = 1_700_000_000_000;

fuzz_target!(|request: &[u8]| {
    let options = Options {
        max_series: 100,
        ..Options::default()
    };
    let store = Store::open(&options, |_| {}).unwrap();
    let _ = Receiver::new(&store, NOW_MS).take(request);
    let mut samples = SampleColumns::default();
    for series in store.select(&[], TimeRange::ALL).unwrap() {
        assert!(!series.labels().metric_name().is_empty());
        series.read(TimeRange::ALL, &mut samples).unwrap();
    }
    assert!(samples.len() <= request.len());
});
