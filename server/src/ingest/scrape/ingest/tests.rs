//! Pages into a store in memory, at times that the test chooses.

use std::path::Path;

use exposition::{Format, PageFormat};
use series::{Labels, Matcher, MetricKind, SampleColumns, SeriesStore, TimeRange, is_stale_nan};
use storage::Options;

use super::super::config::ScrapeSettings;
use super::*;

pub(super) struct Rig {
    pub(super) store: Store,
    job: Job,
    target: Target,
    series: TargetSeries,
}

impl Rig {
    pub(super) fn new(keys: &str) -> Self {
        let toml = format!("[[scrape_configs]]\njob_name = \"j\"\n{keys}");
        let settings: ScrapeSettings = toml::from_str(&toml).unwrap();
        let job = settings.jobs(Path::new("/")).unwrap().remove(0);
        let target = Target {
            labels: Labels::from_pairs([("job", "j"), ("instance", "h:1")]),
            discovered: Labels::empty(),
            url: "http://h:1/metrics".parse().unwrap(),
            interval: job.interval,
            timeout: job.timeout,
        };
        Self {
            store: Store::open(&Options::default(), |_| {}).unwrap(),
            job,
            target,
            series: TargetSeries::default(),
        }
    }

    pub(super) fn scrape(&mut self, page: &str, at_s: i64) -> Report {
        self.ingest(
            Ok(Page {
                body: page.as_bytes().to_vec().into(),
                format: PageFormat::Text(Format::Text),
                content_type: "text/plain".to_owned(),
            }),
            at_s,
        )
    }

    pub(super) fn ingest(&mut self, page: Result<Page, ScrapeError>, at_s: i64) -> Report {
        let to = Destination {
            store: &self.store,
            job: &self.job,
            target: &self.target,
        };
        let duration = Duration::from_millis(20);
        self.series.ingest(to, page, at_s * 1000, duration)
    }

    /// What is stored of metric `name`: `labels: value@seconds …`, without
    /// `job` and `instance` where they are the target's.
    pub(super) fn stored(&self, name: &str) -> Vec<String> {
        let matcher = Matcher::equal(METRIC_NAME, name);
        let found = self.store.select(&[matcher], TimeRange::ALL).unwrap();
        let mut lines: Vec<String> = found
            .iter()
            .map(|reader| {
                let own = [("job", "j"), ("instance", "h:1"), (METRIC_NAME, name)];
                let labels = reader.labels();
                let rest = labels.filtered(|l| !own.contains(&(l, labels.get(l).unwrap_or(""))));
                let mut columns = SampleColumns::default();
                reader.read(TimeRange::ALL, &mut columns).unwrap();
                let samples: Vec<_> = columns.iter().map(show).collect();
                format!("{rest} {}", samples.join(" "))
            })
            .collect();
        lines.sort();
        lines
    }
}

fn show(sample: Sample) -> String {
    let seconds = sample.timestamp_ms as f64 / 1e3;
    if is_stale_nan(sample.value) {
        return format!("stale@{seconds}");
    }
    format!("{}@{seconds}", sample.value)
}

#[test]
fn stores_a_page_and_what_the_scrape_was_like() {
    let mut rig = Rig::new("");
    rig.scrape("a{b=\"c\"} 1\na{b=\"d\"} 2\n", 100);
    let report = rig.scrape("a{b=\"c\"} 3\na{b=\"d\"} 4\na{b=\"e\"} 5\n", 110);
    assert_eq!(report.warning, None);
    assert_eq!(
        rig.stored("a"),
        [
            r#"{b="c"} 1@100 3@110"#,
            r#"{b="d"} 2@100 4@110"#,
            r#"{b="e"} 5@110"#
        ]
    );
    assert_eq!(rig.stored("up"), ["{} 1@100 1@110"]);
    assert_eq!(
        rig.stored("scrape_duration_seconds"),
        ["{} 0.02@100 0.02@110"]
    );
    assert_eq!(rig.stored("scrape_samples_scraped"), ["{} 2@100 3@110"]);
    assert_eq!(rig.stored("scrape_series_added"), ["{} 2@100 1@110"]);
}

#[test]
fn marks_series_that_leave_as_stale_once() {
    let mut rig = Rig::new("");
    rig.scrape("a 1\nb 1\n", 100);
    rig.scrape("a 2\n", 110);
    rig.scrape("a 3\n", 120);
    rig.scrape("a 4\nb 4\n", 130);
    assert_eq!(rig.stored("a"), ["{} 1@100 2@110 3@120 4@130"]);
    assert_eq!(rig.stored("b"), ["{} 1@100 stale@110 4@130"]);
}

#[test]
fn a_failed_scrape_marks_everything_but_itself_as_stale() {
    let mut rig = Rig::new("");
    rig.scrape("a 1\n", 100);
    let refused = rig.scrape("a 2\nb{ 1\n", 110);
    assert!(
        refused
            .error
            .unwrap()
            .to_string()
            .contains("line 2, column")
    );
    rig.ingest(Err(ScrapeError::Internal("x".to_owned())), 120);
    rig.scrape("a 4\n", 130);
    assert_eq!(rig.stored("a"), ["{} 1@100 stale@110 4@130"]);
    assert_eq!(rig.stored("b"), [""; 0]);
    assert_eq!(rig.stored("up"), ["{} 1@100 0@110 0@120 1@130"]);
}

#[test]
fn a_target_that_goes_leaves_only_marks() {
    let mut rig = Rig::new("");
    rig.scrape("a 1\n", 100);
    rig.series.end(&rig.store, 110_000).unwrap();
    assert_eq!(rig.stored("a"), ["{} 1@100 stale@110"]);
    assert_eq!(rig.stored("up"), ["{} 1@100 stale@110"]);
}

#[test]
fn samples_with_times_of_their_own_are_not_marked() {
    let mut rig = Rig::new("");
    rig.scrape("a 1 99000\nb 1\n", 100);
    rig.scrape("", 110);
    assert_eq!(rig.stored("a"), ["{} 1@99"]);
    assert_eq!(rig.stored("b"), ["{} 1@100 stale@110"]);

    let mut tracked = Rig::new("track_timestamps_staleness = true");
    tracked.scrape("a 1 99000\n", 100);
    tracked.scrape("", 110);
    assert_eq!(tracked.stored("a"), ["{} 1@99 stale@110"]);

    let mut ignored = Rig::new("honor_timestamps = false");
    ignored.scrape("a 1 99000\n", 100);
    ignored.scrape("", 110);
    assert_eq!(ignored.stored("a"), ["{} 1@100 stale@110"]);
}

#[test]
fn refuses_times_far_in_the_future() {
    let mut rig = Rig::new("");
    let report = rig.scrape("a 1 9999999\nb 2\n", 100);
    assert!(report.error.is_none());
    assert!(
        report
            .warning
            .unwrap()
            .starts_with("1 samples of the page were not stored")
    );
    assert_eq!(rig.stored("b"), ["{} 2@100"]);
}

#[test]
fn holds_the_values_of_a_page_that_empties_itself() {
    let mut rig = Rig::new("hold_values_for = \"5m\"");
    rig.scrape("ping{peer=\"a\"} 60\n", 0);
    rig.scrape("# TYPE ping gauge\n", 100);
    rig.scrape("# TYPE ping gauge\n", 200);
    rig.scrape("ping{peer=\"a\"} 61\n", 250);
    rig.ingest(Err(ScrapeError::Internal("x".to_owned())), 400);
    assert_eq!(rig.stored("ping"), [r#"{peer="a"} 60@0 61@250"#]);
    rig.scrape("", 550);
    assert_eq!(rig.stored("ping"), [r#"{peer="a"} 60@0 61@250 stale@550"#]);
}

#[test]
fn takes_the_first_of_two_identical_series() {
    let mut rig = Rig::new("");
    let report = rig.scrape("a{b=\"c\",} 1\na{b=\"c\",} 2\n", 100);
    assert!(report.error.is_none() && report.warning.is_some());
    rig.scrape("a{b=\"c\",} 3\na{b=\"c\",} 3\n", 110);
    assert_eq!(rig.stored("a"), [r#"{b="c"} 1@100 3@110"#]);
    assert_eq!(rig.stored("scrape_series_added"), ["{} 1@100 0@110"]);
}

#[test]
fn a_series_written_in_another_order_is_the_same() {
    let mut rig = Rig::new("");
    rig.scrape("a{b=\"1\",c=\"2\"} 1\n", 100);
    rig.scrape("a{c=\"2\",b=\"1\"} 2\n", 110);
    assert_eq!(rig.stored("a"), [r#"{b="1", c="2"} 1@100 2@110"#]);
}

#[test]
fn relabelling_drops_and_renames_series() {
    let mut rig = Rig::new(
        r#"metric_relabel_configs = [
  { action = "drop", source_labels = ["__name__"], regex = "go_.*" },
  { action = "labeldrop", regex = "pod" },
]"#,
    );
    rig.scrape("go_x 1\na{pod=\"1\"} 2\n", 100);
    let report = rig.scrape("go_x 1\na{pod=\"1\"} 3\n", 110);
    assert_eq!((report.samples_scraped, report.samples_kept), (2, 1));
    assert_eq!(rig.stored("go_x"), [""; 0]);
    assert_eq!(rig.stored("a"), ["{} 2@100 3@110"]);
}

#[test]
fn a_limit_exceeded_refuses_the_whole_page() {
    for (keys, page, expected) in [
        ("sample_limit = 1", "a 1\nb 2\n", "more than 1 samples"),
        (
            "label_limit = 3",
            "a 1\nb{c=\"d\"} 2\n",
            "label_limit exceeded (metric: b, number of labels: 4, limit: 3)",
        ),
        (
            "label_name_length_limit = 8",
            "a 1\nb{too_long_=\"d\"} 2\n",
            "label_name_length_limit exceeded (metric: b",
        ),
        (
            "label_value_length_limit = 5",
            "a 1\nb{c=\"123456\"} 2\n",
            "label_value_length_limit exceeded (metric: b",
        ),
    ] {
        let mut rig = Rig::new(keys);
        let error = rig.scrape(page, 100).error.expect(keys).to_string();
        assert!(error.contains(expected), "{keys}: {error}");
        assert_eq!(rig.stored("a"), [""; 0]);
        assert_eq!(rig.stored("up"), ["{} 0@100"]);
    }
}

#[test]
fn keeps_metadata_of_merged_families() {
    let mut rig = Rig::new("");
    rig.scrape(
        "# HELP a First.\n# TYPE a gauge\na 1\n# HELP a First.\n# TYPE a gauge\n",
        100,
    );
    let metadata = rig.store.metadata(Some("a"));
    assert_eq!(metadata.len(), 1);
    assert_eq!(metadata[0].1.kind, MetricKind::Gauge);
    assert_eq!(metadata[0].1.help, "First.");
}

#[test]
fn families_without_samples_are_bounded() {
    let mut rig = Rig::new("");
    let lines = |count: usize| -> String {
        let families = 0..count;
        families.map(|one| format!("# HELP m{one} x\n")).collect()
    };
    let report = rig.scrape(&lines(MAX_FAMILIES + 1), 10);
    let error = report.error.unwrap().to_string();
    assert!(error.contains("100000 metric families"), "{error}");
    assert!(rig.store.metadata(None).is_empty());
    for (at_s, count) in [(20, 9), (30, 2)] {
        assert!(rig.scrape(&lines(count), at_s).error.is_none());
        assert_eq!(rig.series.families.count(), count);
    }
}

#[test]
fn a_page_that_bends_its_format_is_stored_and_said() {
    let mut rig = Rig::new("");
    let page = "# K\na{b=\"x\ny\"} 1\nc 2\n";
    for at_s in [10, 20] {
        let report = rig.scrape(page, at_s);
        assert_eq!(report.samples_kept, 2);
        assert!(report.error.is_none(), "{:?}", report.error);
        let warning = report.warning.unwrap();
        assert!(warning.contains("1 places"), "{warning}");
        assert!(
            warning.contains("a line ends inside a label value"),
            "{warning}"
        );
    }
}

#[test]
fn a_counter_that_begins_while_its_target_is_scraped_counts_from_zero() {
    let page = |lines: &str| format!("# TYPE jobs_total counter\n{lines}");
    let mut rig = Rig::new("");
    rig.scrape(&page("jobs_total{result=\"ok\"} 5\n"), 10);
    let both = page("jobs_total{result=\"ok\"} 6\njobs_total{result=\"failed\"} 4\n");
    rig.scrape(&both, 20);
    let expected = ["{result=\"failed\"} 0@10 4@20", "{result=\"ok\"} 5@10 6@20"];
    assert_eq!(rig.stored("jobs_total"), expected);
}

#[test]
fn of_other_series_that_appear_no_zero_is_claimed() {
    let check = |before: Option<&str>, after: &str, name: &str, expected: &[&str]| {
        let mut rig = Rig::new("");
        match before {
            Some(page) => rig.scrape(page, 10),
            None => rig.ingest(
                Err(ScrapeError::Status(reqwest::StatusCode::BAD_GATEWAY)),
                10,
            ),
        };
        rig.scrape(after, 20);
        assert_eq!(rig.stored(name), expected);
    };
    let gauge = "# TYPE a gauge\na 4\n";
    check(Some(""), gauge, "a", &["{} 4@20"]);
    check(Some(""), "a_total 4\n", "a_total", &["{} 4@20"]);
    let counter = "# TYPE a_total counter\na_total 4\n";
    check(Some(""), counter, "a_total", &["{} 0@10 4@20"]);
    check(None, counter, "a_total", &["{} 4@20"]);
    let dated = "# TYPE a_total counter\na_total 4 15000\n";
    check(Some(""), dated, "a_total", &["{} 4@15"]);
    let old = "# TYPE a_total counter\na_total 444444\n";
    check(Some(""), old, "a_total", &["{} 444444@20"]);
    let collector: Vec<String> = (0..3)
        .map(|n| format!("# TYPE c{n}_total counter\nc{n}_total 4\n"))
        .collect();
    check(Some(""), &collector.concat(), "c0_total", &["{} 4@20"]);
}

#[test]
fn a_counter_that_comes_back_counts_on() {
    let mut rig = Rig::new("");
    let page = "# TYPE a_total counter\na_total 4\n";
    rig.scrape(page, 10);
    rig.scrape("", 20);
    rig.scrape(page, 30);
    assert_eq!(rig.stored("a_total"), ["{} 4@10 stale@20 4@30"]);
}

#[test]
fn a_histogram_that_begins_counts_from_zero_as_a_whole() {
    let page = |count: u32| {
        format!("# TYPE h histogram\nh_bucket{{le=\"+Inf\"}} {count}\nh_sum 900\nh_count {count}\n")
    };
    let mut rig = Rig::new("");
    rig.scrape("", 10);
    rig.scrape(&page(3), 20);
    assert_eq!(rig.stored("h_sum"), ["{} 0@10 900@20"]);
    assert_eq!(rig.stored("h_count"), ["{} 0@10 3@20"]);
    let mut rig = Rig::new("");
    rig.scrape("", 10);
    rig.scrape(&page(3_000), 20);
    assert_eq!(rig.stored("h_sum"), ["{} 900@20"]);
    assert_eq!(rig.stored("h_bucket"), ["{le=\"+Inf\"} 3000@20"]);
}
