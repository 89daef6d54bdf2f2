//! Whatever bytes the WAL's file has, the store opens, reads what there is,
//! and goes on: a sample that is stored then is there after the next opening.
//! An even first byte gives raw bytes, an odd one records with right checksums.
#![no_main]

use libfuzzer_sys::fuzz_target;
use series::{Labels, Matcher, Sample, SampleColumns, SeriesStore, TimeRange};
use storage::{Options, SeriesRefused, Store};

fuzz_target!(|input: &[u8]| {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    let bytes = if kind % 2 == 0 {
        bytes.to_vec()
    } else {
        framed(bytes)
    };
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    std::fs::create_dir(&log).unwrap();
    std::fs::write(log.join("0000000000000001.log"), bytes).unwrap();
    let options = Options {
        data_dir: Some(folder.path().to_owned()),
        ..Options::default()
    };
    let store = Store::open(&options, |_| {}).unwrap();
    let name = Matcher::equal("__name__", "after the damage");
    read(&store, &[]);
    let before = read(&store, std::slice::from_ref(&name));
    let series = Labels::from_pairs([(name.name(), name.value())]);
    let series = match store.series_ref(&series) {
        Ok(series) => series,
        // What a record with a right checksum says is believed: one that no
        // writer wrote may take the last reference.
        Err(SeriesRefused::Limit(_)) => return,
        Err(refused) => panic!("{refused}"),
    };
    let sample = Sample {
        timestamp_ms: 1,
        value: 2.0,
    };
    let outcome = store.append(&[(series, sample)], i64::MAX).unwrap();
    drop(store);
    let store = Store::open(&options, |_| {}).unwrap();
    let after = read(&store, std::slice::from_ref(&name));
    assert_eq!(after, before + outcome.accepted as usize);
});

/// The lines of `bytes` as the payloads of whole frames.
fn framed(bytes: &[u8]) -> Vec<u8> {
    let mut log = Vec::new();
    for payload in bytes.split(|&byte| byte == b'\n') {
        let length = (payload.len() as u32).to_le_bytes();
        let checksum = crc32fast::hash(&[&length, payload].concat());
        log.extend([0xA9, 0xD0, 0x4E, 0x1F]);
        log.extend(length);
        log.extend(checksum.to_le_bytes());
        log.extend(payload);
    }
    log
}

/// How many samples the series with these matchers have.
fn read(store: &Store, matchers: &[Matcher]) -> usize {
    let mut samples = SampleColumns::default();
    for series in store.select(matchers, TimeRange::ALL).unwrap() {
        series.read(TimeRange::ALL, &mut samples).unwrap();
    }
    samples.len()
}
