//! Pages with histograms, native and classic, into a store in memory.

use exposition::PageFormat;
use series::{METRIC_NAME, Matcher, SampleColumns, SeriesStore, TimeRange};

use super::super::super::fetch::Page;
use super::super::tests::Rig;

fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, bytes.len() as u8], bytes].concat()
}

fn double(number: u8, value: f64) -> Vec<u8> {
    [&[number << 3 | 1][..], &value.to_le_bytes()].concat()
}

/// A page of one histogram that has counted `count` observations in (1, 2] of
/// schema 0, as a classic bucket too, and one more series.
fn page(count: u8) -> Page {
    let bucket = [&[0x08, count][..], &double(2, 2.0)].concat();
    let exemplar = double(2, 1.5);
    let histogram = [
        vec![0x08, count],
        double(2, 3.0),
        field(3, &bucket),
        vec![0x28, 0],
        double(6, 0.001),
        field(12, &[0x08, 2, 0x10, 1]),
        field(13, &[2 * count]),
        [&[0x82, 0x01, exemplar.len() as u8][..], &exemplar].concat(),
    ];
    let metric = field(7, &histogram.concat());
    let latency = [field(1, b"latency"), vec![0x18, 4], field(4, &metric)].concat();
    let gauge = field(2, &double(1, 7.0));
    let depth = [field(1, b"depth"), vec![0x18, 1], field(4, &gauge)].concat();
    let body: Vec<u8> = [latency, depth]
        .iter()
        .flat_map(|family| [&[family.len() as u8][..], family].concat())
        .collect();
    Page {
        body: body.into(),
        format: PageFormat::Protobuf,
        content_type: "protobuf".to_owned(),
    }
}

/// Seconds and counts of the histograms of metric `name`, and their schema.
fn histograms(rig: &Rig, name: &str) -> Vec<(i64, f64, i32)> {
    let matcher = Matcher::equal(METRIC_NAME, name);
    let found = rig.store.select(&[matcher], TimeRange::ALL).unwrap();
    let mut columns = SampleColumns::default();
    for reader in found {
        reader.read(TimeRange::ALL, &mut columns).unwrap();
    }
    let all = columns.iter_histograms();
    all.map(|(ms, one)| (ms / 1000, one.count, one.schema))
        .collect()
}

#[test]
fn native_histograms_are_stored_where_they_are_wanted() {
    let mut rig = Rig::new("scrape_native_histograms = true");
    let report = rig.ingest(Ok(page(3)), 100);
    assert!(
        report.error.is_none() && report.warning.is_none(),
        "{report:?}"
    );
    assert_eq!(
        (
            report.samples_scraped,
            report.series_added,
            report.unstored_exemplars
        ),
        (2, 2, 0)
    );
    assert_eq!(rig.store.counters().exemplars, 1);
    rig.ingest(Ok(page(5)), 110);
    assert_eq!(histograms(&rig, "latency"), [(100, 3.0, 0), (110, 5.0, 0)]);
    assert_eq!(rig.stored("latency_count"), [""; 0]);
    assert_eq!(rig.stored("depth"), ["{} 7@100 7@110"]);
    // The family is gone: its series ends.
    rig.scrape("depth 8\n", 120);
    assert_eq!(rig.stored("latency"), ["{} stale@120"]);
    assert_eq!(rig.stored("depth"), ["{} 7@100 7@110 8@120"]);
}

#[test]
fn without_native_histograms_their_classic_buckets_are_stored() {
    let mut rig = Rig::new("");
    rig.ingest(Ok(page(3)), 100);
    assert!(histograms(&rig, "latency").is_empty());
    assert_eq!(
        rig.stored("latency_bucket"),
        [r#"{le="+Inf"} 3@100"#, r#"{le="2.0"} 3@100"#]
    );
    let mut both =
        Rig::new("scrape_native_histograms = true\nalways_scrape_classic_histograms = true");
    both.ingest(Ok(page(3)), 100);
    assert_eq!(histograms(&both, "latency"), [(100, 3.0, 0)]);
    assert_eq!(both.stored("latency_count"), ["{} 3@100"]);
}

const CLASSIC: &str = "# TYPE size histogram\nsize_bucket{le=\"1\"} 1\nsize_bucket{le=\"+Inf\"} 4\n\
                       size_sum 9\nsize_count 4\ndepth 7\n";

#[test]
fn classic_histograms_of_any_page_become_native_ones() {
    let mut rig = Rig::new("convert_classic_histograms_to_nhcb = true");
    for at_s in [100, 110] {
        let report = rig.scrape(CLASSIC, at_s);
        assert!(
            report.error.is_none() && report.warning.is_none(),
            "{report:?}"
        );
    }
    assert_eq!(histograms(&rig, "size"), [(100, 4.0, -53), (110, 4.0, -53)]);
    assert_eq!(rig.stored("size_count"), [""; 0]);
    assert_eq!(rig.stored("depth"), ["{} 7@100 7@110"]);
    let report = rig.scrape(&CLASSIC.replace("\"} 1", "\"} 9"), 120);
    let warning = report.warning.unwrap();
    assert!(
        warning.starts_with("1 classic histograms could not"),
        "{warning}"
    );
    let keys = "convert_classic_histograms_to_nhcb = true\nalways_scrape_classic_histograms = true";
    let mut rig = Rig::new(keys);
    rig.scrape(CLASSIC, 100);
    assert_eq!(histograms(&rig, "size"), [(100, 4.0, -53)]);
    assert_eq!(rig.stored("size_count"), ["{} 4@100"]);
}

#[test]
fn buckets_are_joined_to_what_the_job_allows() {
    let keys = "scrape_native_histograms = true\nnative_histogram_min_bucket_factor = 4.0";
    let mut rig = Rig::new(keys);
    rig.ingest(Ok(page(3)), 100);
    assert_eq!(histograms(&rig, "latency"), [(100, 3.0, -1)]);
    let keys = "convert_classic_histograms_to_nhcb = true\nnative_histogram_bucket_limit = 1";
    let mut rig = Rig::new(keys);
    let error = rig.scrape(CLASSIC, 100).error.unwrap().to_string();
    assert!(error.contains("native_histogram_bucket_limit"), "{error}");
    assert_eq!(rig.stored("depth"), [""; 0]);
}

#[test]
fn a_page_that_is_no_protobuf_is_refused_as_a_whole() {
    let mut rig = Rig::new("scrape_native_histograms = true");
    let mut damaged = page(3);
    damaged.body = vec![9, 1].into();
    let error = rig.ingest(Ok(damaged), 100).error.unwrap().to_string();
    assert!(error.contains("message 1"), "{error}");
    assert_eq!(rig.stored("up"), ["{} 0@100"]);
}
