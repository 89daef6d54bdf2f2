//! Whatever a request holds, as a block or uncompressed, it ends in entries or
//! an error: every series has a name and sorted labels, and there are no more
//! samples and histograms than bytes were sent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use remote_write::{Entry, Message, Request, decompress};

const MAX_BYTES: usize = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    if let Ok(request) = decompress(bytes, MAX_BYTES) {
        assert!(request.len() <= MAX_BYTES);
        read(&request);
    }
});

fn read(bytes: &[u8]) {
    for message in [Message::V1, Message::V2] {
        if let Ok(request) = Request::new(message, bytes) {
            walk(&request, bytes.len());
        }
    }
}

fn walk(request: &Request<'_>, bytes: usize) {
    let mut samples = 0;
    for entry in request.entries() {
        let Ok(Entry::Series(series)) = entry else {
            continue;
        };
        if let Ok(labels) = series.labels() {
            assert!(!labels.metric_name().is_empty());
            assert!(labels.iter().is_sorted_by(|a, b| a.name < b.name));
        }
        samples += series.samples().count() + series.histograms().count();
        for sample in series.histograms().flatten() {
            let histogram = &sample.histogram;
            assert!(histogram.is_stale() || histogram.validate().is_ok());
        }
        let _ = (series.metadata(), series.extras());
    }
    // A damaged end counts once for either kind.
    assert!(samples <= 2 * bytes);
}
