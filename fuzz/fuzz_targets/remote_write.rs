//! Whatever a request holds, as a block or uncompressed, it ends in entries or
//! an error: every series has a name and sorted labels, and there are no more
//! samples than bytes were sent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use remote_write::{Entry, decompress, entries};

const MAX_BYTES: usize = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    if let Ok(request) = decompress(bytes, MAX_BYTES) {
        assert!(request.len() <= MAX_BYTES);
        read(&request);
    }
});

fn read(request: &[u8]) {
    let mut samples = 0;
    for entry in entries(request) {
        let Ok(Entry::Series(series)) = entry else {
            continue;
        };
        if let Ok(labels) = series.labels() {
            assert!(!labels.metric_name().is_empty());
            assert!(labels.iter().is_sorted_by(|a, b| a.name < b.name));
        }
        samples += series.samples().count();
    }
    assert!(samples <= request.len());
}
