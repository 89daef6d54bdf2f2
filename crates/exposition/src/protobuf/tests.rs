//! Pages built of bytes, well-formed and not.

use crate::{Entry, Format, Parser};

use super::*;

fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let key = match number {
        0..16 => vec![number << 3 | 2],
        _ => vec![number << 3 | 0x82, number >> 4],
    };
    let length = match u8::try_from(bytes.len()) {
        Ok(length @ 0..0x80) => vec![length],
        _ => vec![bytes.len() as u8 | 0x80, (bytes.len() >> 7) as u8],
    };
    [key, length, bytes.to_vec()].concat()
}

fn double(number: u8, value: f64) -> Vec<u8> {
    [&[number << 3 | 1][..], &value.to_le_bytes()].concat()
}

fn varint(number: u8, value: u8) -> Vec<u8> {
    vec![number << 3, value]
}

fn label(name: &str, value: &str) -> Vec<u8> {
    field(
        1,
        &[field(1, name.as_bytes()), field(2, value.as_bytes())].concat(),
    )
}

/// A family of this type whose metrics are these messages.
fn family(name: &str, kind: u8, metrics: &[Vec<u8>]) -> Vec<u8> {
    let mut message = [
        field(1, name.as_bytes()),
        field(2, b"What\nit is."),
        varint(3, kind),
    ]
    .concat();
    metrics
        .iter()
        .for_each(|metric| message.extend(field(4, metric)));
    let delimited = field(0, &message);
    delimited[1..].to_vec()
}

fn exemplar() -> Vec<u8> {
    [
        label("trace_id", "x"),
        double(2, 0.7),
        field(3, &varint(1, 9)),
    ]
    .concat()
}

/// The native part of a histogram: 3 observations in (1, 2].
fn native() -> Vec<u8> {
    [
        varint(5, 0),
        double(6, 0.5),
        field(12, &[0x08, 2, 0x10, 1]),
        field(13, &[6]),
        field(16, &exemplar()),
    ]
    .concat()
}

fn classic() -> Vec<u8> {
    let bucket = |upper, count| [varint(1, count), double(2, upper)].concat();
    [
        varint(1, 3),
        double(2, 4.5),
        field(3, &bucket(1.0, 0)),
        field(3, &[bucket(2.0, 3), field(3, &exemplar())].concat()),
    ]
    .concat()
}

fn read(page: &[u8], native_histograms: bool, classic_histograms: bool) -> ProtobufPage {
    let options = ProtobufOptions {
        native_histograms,
        classic_histograms,
    };
    ProtobufPage::read(page, options).unwrap()
}

/// The samples of the text, read as any text.
fn samples(page: &ProtobufPage) -> Vec<String> {
    let entries = Parser::new(&page.text, Format::Text).unwrap();
    let samples = entries.filter_map(|entry| match entry.unwrap() {
        Entry::Sample(sample) => {
            let time = sample
                .timestamp_ms
                .map_or(String::new(), |ms| format!(" @{ms}"));
            Some(format!(
                "{} {}{time}",
                sample.series.to_labels(),
                sample.value
            ))
        }
        _ => None,
    });
    samples.collect()
}

#[test]
fn numbers_and_their_families_come_as_text() {
    let counter = field(
        3,
        &[
            double(1, 2.5),
            field(2, &exemplar()),
            field(3, &varint(1, 7)),
        ]
        .concat(),
    );
    let jobs = [label("a", "b\"\\\n"), label("none", ""), counter].concat();
    let gauge = [
        label("d.c", "é"),
        field(2, &double(1, f64::INFINITY)),
        varint(6, 5),
    ]
    .concat();
    let page = [
        family("jobs_total", 0, &[jobs]),
        family("depth", 1, &[gauge]),
        family(
            "odd.name",
            3,
            &[
                field(5, &double(1, f64::NAN)),
                [label("x", "y"), field(5, &[])].concat(),
            ],
        ),
    ];
    let page = read(&page.concat(), true, false);
    assert_eq!(
        samples(&page),
        [
            r#"jobs_total{a="b\"\\\n"} 2.5"#,
            r#"depth{d.c="é"} inf @5"#,
            "odd.name NaN",
            r#"odd.name{x="y"} 0"#,
        ]
    );
    let mut entries = Parser::new(&page.text, Format::Text).unwrap();
    let help = entries.next().unwrap().unwrap();
    assert!(matches!(help, Entry::Help { text, .. } if text.decode() == "What\nit is."));
    let kind = entries.next().unwrap().unwrap();
    assert!(matches!(
        kind,
        Entry::Type {
            kind: MetricKind::Counter,
            ..
        }
    ));
    assert_eq!(page.exemplars[0].labels.to_string(), r#"{trace_id="x"}"#);
    assert_eq!(
        (page.exemplars[0].value, page.exemplars[0].timestamp_ms),
        (0.7, Some(9000))
    );
    assert_eq!(page.starts[0].start_ms, 7000);
}

#[test]
fn summaries_have_quantiles_sum_and_count() {
    let quantile = |q, v| field(3, &[double(1, q), double(2, v)].concat());
    let summary = [
        varint(1, 9),
        double(2, 4.0),
        quantile(0.5, 1.0),
        quantile(1.0, 2.0),
    ]
    .concat();
    let page = read(&family("size", 2, &[field(4, &summary)]), true, false);
    assert_eq!(
        samples(&page),
        [
            r#"size{quantile="0.5"} 1"#,
            r#"size{quantile="1.0"} 2"#,
            "size_sum 4",
            "size_count 9",
        ]
    );
}

const CLASSIC: [&str; 5] = [
    r#"latency_bucket{le="1.0"} 0"#,
    r#"latency_bucket{le="2.0"} 3"#,
    r#"latency_bucket{le="+Inf"} 3"#,
    "latency_sum 4.5",
    "latency_count 3",
];

#[test]
fn a_histogram_is_native_or_classic_as_is_wanted() {
    let both = family("latency", 4, &[field(7, &[classic(), native()].concat())]);
    let page = read(&both, true, false);
    assert!(samples(&page).is_empty());
    let histogram = &page.histograms[0].histogram;
    assert_eq!(page.histograms[0].raw(), "latency");
    assert_eq!(
        (histogram.count, histogram.sum, histogram.zero_threshold),
        (3.0, 4.5, 0.5)
    );
    assert_eq!(histogram.positive.indexed().collect::<Vec<_>>(), [(1, 3.0)]);
    assert_eq!(page.exemplars.len(), 1);
    let page = read(&both, true, true);
    assert_eq!(
        (samples(&page), page.histograms.len()),
        (CLASSIC.map(str::to_owned).to_vec(), 1)
    );
    let page = read(&both, false, false);
    assert_eq!(
        (samples(&page), page.histograms.len()),
        (CLASSIC.map(str::to_owned).to_vec(), 0)
    );
    let only_classic = family("latency", 4, &[field(7, &classic())]);
    let page = read(&only_classic, true, false);
    assert_eq!(
        (samples(&page), page.histograms.len()),
        (CLASSIC.map(str::to_owned).to_vec(), 0)
    );
}

#[test]
fn a_gauge_histogram_is_no_counter_and_floats_count_where_they_are() {
    let floats = [
        double(4, 2.5),
        varint(5, 0),
        field(12, &[0x08, 2, 0x10, 1]),
        field(14, &2.5_f64.to_le_bytes()),
    ];
    let page = family(
        "depth",
        5,
        &[[label("a", "b"), field(7, &floats.concat())].concat()],
    );
    let page = read(&page, true, false);
    let histogram = &page.histograms[0].histogram;
    assert_eq!(
        histogram.counter_reset_hint,
        series::CounterResetHint::Gauge
    );
    assert_eq!((histogram.count, histogram.positive.counts[0]), (2.5, 2.5));
    let series = page.histograms[0].series().unwrap();
    assert_eq!(series.to_labels().to_string(), r#"depth{a="b"}"#);
}

#[test]
fn what_is_no_page_says_where() {
    let good = family("up", 1, &[field(2, &double(1, 1.0))]);
    let check = |bad: &[u8], expected: &str| {
        let page = [good.as_slice(), bad].concat();
        let options = ProtobufOptions {
            native_histograms: true,
            classic_histograms: false,
        };
        let error = ProtobufPage::read(&page, options).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    check(&[9, 1], "message 2: ");
    check(&family("", 0, &[]), "message 2: ");
    let unsound = [varint(1, 9), native()].concat();
    let unsound = family("latency", 4, &[field(7, &unsound)]);
    check(
        &unsound,
        "metric family \"latency\": 3 observations found in buckets",
    );
}

#[test]
fn damaged_pages_are_an_error_or_other_pages() {
    let mut random = fastrand::Rng::with_seed(2);
    let histogram = [label("a", "b"), field(7, &[classic(), native()].concat())].concat();
    let whole = [
        family("latency", 4, &[histogram]),
        family("jobs_total", 0, &[field(3, &double(1, 2.5))]),
    ]
    .concat();
    for _ in 0..20_000 {
        let mut bytes = whole.clone();
        for _ in 0..random.usize(1..4) {
            let index = random.usize(..bytes.len());
            bytes[index] = random.u8(..);
        }
        bytes.truncate(random.usize(..=whole.len()));
        let options = ProtobufOptions {
            native_histograms: random.bool(),
            classic_histograms: random.bool(),
        };
        if let Ok(page) = ProtobufPage::read(&bytes, options) {
            // Names may be any text, which text can write.
            let entries = Parser::new(&page.text, Format::Text).unwrap();
            let _ = entries.count();
            for histogram in &page.histograms {
                let _ = histogram.series();
            }
        }
    }
}
