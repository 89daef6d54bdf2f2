//! Prometheus text: what is read, how leniently, and what is refused where.

use crate::{Entry, Format, Parser, Sample};

fn samples(document: &str) -> Vec<Sample<'_>> {
    Parser::new(document.as_bytes(), Format::Text)
        .unwrap()
        .map(|entry| entry.unwrap_or_else(|error| panic!("{document:?}: {error}")))
        .filter_map(|entry| match entry {
            Entry::Sample(sample) => Some(sample),
            _ => None,
        })
        .collect()
}

/// One line gives one sample, written as `series value [timestamp]`.
fn check(line: &str, expected: &str) {
    let samples = samples(line);
    assert_eq!(samples.len(), 1, "{line:?}");
    let timestamp = samples[0].timestamp_ms;
    let read = format!(
        "{} {}{}",
        samples[0].series.to_labels(),
        samples[0].value,
        timestamp.map_or(String::new(), |ms| format!(" {ms}"))
    );
    assert_eq!(read, expected, "{line:?}");
}

fn check_error(document: &str, expected: &str) {
    let error = Parser::new(document.as_bytes(), Format::Text)
        .and_then(|parser| parser.collect::<Result<Vec<_>, _>>())
        .expect_err(document);
    assert_eq!(error.to_string(), expected, "{document:?}");
}

#[test]
fn reads_series_values_and_timestamps() {
    check("up 1", "up 1");
    check("a:b:rate5m 1.5\n", "a:b:rate5m 1.5");
    check("a{b=\"c\"} 3 1700000000123\n", "a{b=\"c\"} 3 1700000000123");
    check("a{b=\"c\"} 3 -5\n", "a{b=\"c\"} 3 -5");
    check("a{} 3\n", "a 3");
    check("a{b=\"\",c=\"d\"} 3\n", "a{c=\"d\"} 3");
    check("a{b=\"x,y}z # w\"} 3\n", "a{b=\"x,y}z # w\"} 3");
    check("a{b=\"\\\\ \\\" \\n \\d\"} 3\n", r#"a{b="\\ \" \n \\d"} 3"#);
    check("a{b=\"ä日本\"} 3\n", "a{b=\"ä日本\"} 3");
}

#[test]
fn is_lenient_where_old_exporters_are_sloppy() {
    check("a{b=\"c\",} 3.8613075E7\r\n", "a{b=\"c\"} 38613075");
    check(
        "  a  {  b = \"c\" , d=\"e\" }\t3  12 \n",
        "a{b=\"c\", d=\"e\"} 3 12",
    );
    check("\n\r\n\t\na 1", "a 1");
    check("# remark\n#\n#TYPES of things\n# EOF\na 1\n", "a 1");
    check("a +Inf\n", "a inf");
    check("a -inf\n", "a -inf");
    check("a nan\n", "a NaN");
    check("a{b=\"c\"}1\n", "a{b=\"c\"} 1");
}

/// A document of one sample `a` that bends a rule, its value of label `b`, and
/// what is said of it.
const SLOPPY: &[(&[u8], &str, &str)] = &[
    (
        b"a{b=\"disk full\non /srv\"} 1\n",
        "disk full\non /srv",
        "line 1, column 1: a line ends inside a label value",
    ),
    (
        b"\na{b=\"disk full\r\non /srv\"} 1\n",
        "disk full\r\non /srv",
        "line 2, column 1: a line ends inside a label value",
    ),
    (
        b"# K\xe4fer\n# \xe4\na{b=\"c\"} 1\n",
        "c",
        "line 1, column 1: a remark is no UTF-8",
    ),
    (
        b"# ok\na{b=\"c\"} 1\n  # \xff",
        "c",
        "line 3, column 1: a remark is no UTF-8",
    ),
];

#[test]
fn bent_rules_are_read_and_said() {
    for (document, value, said) in SLOPPY {
        let shown = String::from_utf8_lossy(document);
        let mut parser = Parser::new(document, Format::Text).unwrap();
        let entries: Vec<_> = parser.by_ref().map(Result::unwrap).collect();
        let [Entry::Sample(sample)] = entries.as_slice() else {
            panic!("{shown:?}: {entries:?}");
        };
        let label = sample.series.labels().next().unwrap();
        assert_eq!(label, ("b".into(), (*value).into()), "{shown:?}");
        let first = parser.violations().first.clone().unwrap();
        assert_eq!(first.to_string(), *said, "{shown:?}");
    }
}

#[test]
fn a_keyword_alone_is_a_remark() {
    check("# HELP\n# TYPE\n# HELP\r\na 1\n", "a 1");
    check_error(
        "# TYPE \na 1\n",
        "line 1, column 8: expected a metric name, found the end of the line",
    );
}

#[test]
fn reads_quoted_names() {
    check("{\"my.metric\"} 1\n", "my.metric 1");
    check(
        "{\"my.metric\",\"label.ä\"=\"v\",b=\"c\"} 1\n",
        "my.metric{b=\"c\", label.ä=\"v\"} 1",
    );
    check("{\"quote\\\"d\"} 1\n", "quote\"d 1");
}

#[test]
fn spells_bounds_of_buckets_and_quantiles_in_one_way() {
    let page = "# TYPE h histogram\nh_bucket{le=\"5\"} 1\n# TYPE s summary\n\
                s{quantile=\"0.50\"} 1\n# TYPE g gauge\ng{le=\"5\"} 1\n";
    let labels: Vec<_> = samples(page)
        .iter()
        .map(|sample| sample.series.to_labels().to_string())
        .collect();
    assert_eq!(
        labels,
        ["h_bucket{le=\"5.0\"}", "s{quantile=\"0.5\"}", "g{le=\"5\"}"]
    );
}

#[test]
fn the_raw_series_is_the_key_of_a_cache() {
    let page = "a{b=\"c\"} 1 2\na  {b=\"c\"}  3\nplain 4\n";
    let raw: Vec<_> = samples(page)
        .iter()
        .map(|sample| sample.series.raw())
        .collect();
    assert_eq!(raw, ["a{b=\"c\"}", "a  {b=\"c\"}", "plain"]);
}

#[test]
fn reads_metadata_of_repeated_and_interleaved_families() {
    let page = "# HELP a First \\\\ \\n line\n# TYPE a gauge\na 1\n# TYPE b untyped\nb 1\n\
                # HELP a First\n# TYPE a gauge\na{x=\"1\"} 2\n# HELP \"q.n\" quoted\n# HELP c\n";
    let read: Vec<String> = Parser::new(page.as_bytes(), Format::Text)
        .unwrap()
        .map(|entry| match entry.unwrap() {
            Entry::Sample(sample) => format!("sample {}", sample.series.raw()),
            Entry::Type { family, kind } => format!("type {family} {kind}"),
            Entry::Help { family, text } => format!("help {family} {:?}", text.decode()),
            Entry::Unit { .. } => "unit".to_owned(),
        })
        .collect();
    assert_eq!(
        read,
        [
            "help a \"First \\\\ \\n line\"",
            "type a gauge",
            "sample a",
            "type b unknown",
            "sample b",
            "help a \"First\"",
            "type a gauge",
            "sample a{x=\"1\"}",
            "help q.n \"quoted\"",
            "help c \"\"",
        ]
    );
}

/// A document, and what is said of it.
const FAULTS: &[(&str, &str)] = &[
    (
        "<!DOCTYPE html>\n",
        "line 1, column 1: expected a metric name, found '<'",
    ),
    (
        "a 1\nb one\n",
        "line 2, column 3: expected a number, found 'o'",
    ),
    (
        "a 1\nb",
        "line 2, column 2: expected a number, found the end of the document",
    ),
    (
        "a{ä=\"1\"} 1\n",
        "line 1, column 3: expected a label name, found 'ä'",
    ),
    (
        "a{b=\"ä} 1\n",
        "line 2, column 1: expected a closing quote, found the end of the document",
    ),
    (
        "a{b=\"1\"c=\"2\"} 1\n",
        "line 1, column 8: expected a comma or a closing brace, found 'c'",
    ),
    (
        "a{b=\"1\",b=\"2\"} 1\n",
        "line 1, column 2: label \"b\" occurs twice",
    ),
    (
        "a{__name__=\"b\"} 1\n",
        "line 1, column 1: label \"__name__\" occurs twice",
    ),
    (
        "a 1 soon\n",
        "line 1, column 5: expected a timestamp in milliseconds, found 's'",
    ),
    (
        "a 1 2 3\n",
        "line 1, column 7: expected an exemplar or the end of the line, found '3'",
    ),
    (
        "# TYPE a graph\n",
        "line 1, column 10: expected a metric type, found 'g'",
    ),
    (
        "{a=\"b\"} 1\n",
        "line 1, column 1: expected one metric name, found '{'",
    ),
    (
        "a{\"b\"} 1\n",
        "line 1, column 1: expected one metric name, found 'a'",
    ),
];

#[test]
fn says_where_and_what_is_wrong() {
    for (document, expected) in FAULTS {
        check_error(document, expected);
    }
}

#[test]
fn refuses_bytes_that_are_no_utf8() {
    let error = Parser::new(b"a 1\nb{c=\"\xff\"} 1\n", Format::Text).unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 6: invalid UTF-8");
    let error = Parser::new(b"\x1f\x8b\x08\x00\x00", Format::Text).unwrap_err();
    let expected = "the page is gzip, which its header Content-Encoding does not say";
    assert_eq!(error.kind.to_string(), expected);
    // A description is shown, unlike a remark; the place counts from the start.
    let error = Parser::new(b"# \xff\n# HELP a \xff\n", Format::Text)
        .and_then(|parser| parser.collect::<Result<Vec<_>, _>>())
        .unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 10: invalid UTF-8");
}

#[test]
fn finds_a_duplicate_among_thousands_of_labels() {
    let mut labels: Vec<String> = (0..5_000).map(|index| format!("l{index}=\"v\"")).collect();
    let complete = format!("a{{{}}} 1\n", labels.join(","));
    assert_eq!(samples(&complete)[0].series.labels().count(), 5_000);
    labels.push("l7=\"w\"".to_owned());
    check_error(
        &format!("a{{{}}} 1\n", labels.join(",")),
        "line 1, column 2: label \"l7\" occurs twice",
    );
}
