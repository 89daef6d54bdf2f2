//! Whatever the bytes, parsing ends in entries or an error, and what was
//! accepted can be decoded; as protobuf, native histograms are sound.
#![no_main]

use exposition::{Entry, Format, Parser, ProtobufOptions, ProtobufPage};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    for format in [Format::Text, Format::OpenMetrics] {
        let Ok(parser) = Parser::new(document, format) else {
            continue;
        };
        for entry in parser {
            match entry {
                Ok(Entry::Sample(sample)) => {
                    let labels = sample.series.to_labels();
                    assert_eq!(labels.metric_name(), sample.series.name());
                }
                Ok(Entry::Help { text, .. }) => drop(text.decode()),
                Ok(_) => {}
                Err(error) => assert!(error.line > 0 && error.column > 0),
            }
        }
    }
    protobuf(document);
});

fn protobuf(document: &[u8]) {
    for native_histograms in [false, true] {
        let options = ProtobufOptions {
            native_histograms,
            classic_histograms: true,
        };
        let Ok(page) = ProtobufPage::read(document, options) else {
            continue;
        };
        for histogram in &page.histograms {
            assert!(histogram.histogram.validate().is_ok());
            let _ = histogram.series();
        }
        if let Ok(text) = Parser::new(&page.text, Format::Text) {
            let _ = text.count();
        }
    }
}
