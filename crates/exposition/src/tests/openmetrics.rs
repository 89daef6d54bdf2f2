//! OpenMetrics: documents that follow the grammar are read, all others are
//! refused where they break it; other broken rules are said.

use crate::{Entry, Format, Parser};

fn parse(document: &str) -> Result<Vec<Entry<'_>>, String> {
    Parser::new(document.as_bytes(), Format::OpenMetrics)
        .and_then(Iterator::collect)
        .map_err(|error| error.to_string())
}

/// The first broken rule of a document that is read to its end.
fn violation(document: &str) -> Option<String> {
    let mut parser = Parser::new(document.as_bytes(), Format::OpenMetrics).unwrap();
    for entry in parser.by_ref() {
        if let Err(error) = entry {
            panic!("{document}{error}");
        }
    }
    let first = parser.violations().first.as_ref();
    assert_eq!(first.is_some(), parser.violations().count > 0);
    first.map(ToString::to_string)
}

fn check(body: &str) {
    let document = format!("{body}# EOF\n");
    assert_eq!(violation(&document), None, "{document}");
}

/// `at` is the line and column of the rule that is broken.
fn check_violation(body: &str, at: (usize, usize), rule: &str) {
    let document = format!("{body}# EOF\n");
    let (line, column) = at;
    let expected = format!("line {line}, column {column}: {rule}");
    assert_eq!(violation(&document), Some(expected), "{document}");
}

/// `at` is the line and column of the fault.
fn check_error(body: &str, at: (usize, usize), problem: &str) {
    let document = format!("{body}# EOF\n");
    let (line, column) = at;
    assert_eq!(
        parse(&document).expect_err(&document),
        format!("line {line}, column {column}: {problem}"),
        "{document}"
    );
}

#[test]
fn reads_every_type() {
    check("");
    check("a 1\nb{c=\"d\"} 2\n");
    check("# TYPE a counter\n# HELP a \\\"help\\\"\na_total 1\na_created 1.5e9\n");
    check("# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds -1\n");
    check(
        "# TYPE a histogram\na_bucket{le=\"1\"} 0\na_bucket{le=\"+Inf\"} 2\na_count 2\na_sum 3\n\
         a_created 1\na_bucket{x=\"1\",le=\"+Inf\"} 0\n",
    );
    check("# TYPE a gaugehistogram\na_bucket{le=\"+Inf\"} 2\na_gcount 2\na_gsum 3\n");
    check("# TYPE a summary\na{quantile=\"0.5\"} 1\na_count 2\na_sum 3\na_count{x=\"1\"} 2\n");
    check("# TYPE a info\na_info{version=\"1\"} 1\na_info{version=\"2\"} 1\n");
    check("# TYPE a stateset\na{a=\"on\"} 1\na{a=\"off\"} 0\n");
    check("# TYPE a unknown\na{b=\"c\"} NaN\n");
    check("# TYPE \"a.b\" gauge\n{\"a.b\",c=\"d\"} 1\n");
}

#[test]
fn reads_timestamps_and_exemplars() {
    let document = "# TYPE a counter\na_total 3 1520879607.789 # {trace=\"x\"} 0.5 1520879607.1\n\
                    # EOF\n";
    let entries = parse(document).unwrap();
    let Entry::Sample(sample) = &entries[1] else {
        panic!("{entries:?}");
    };
    let exemplar = sample.exemplar.unwrap();
    assert_eq!(sample.timestamp_ms, Some(1_520_879_607_789));
    assert_eq!(exemplar.timestamp_ms, Some(1_520_879_607_100));
    assert_eq!(exemplar.value, 0.5);
    let labels: Vec<_> = exemplar.labels().collect();
    assert_eq!(labels, [("trace".into(), "x".into())]);
}

#[test]
fn a_document_ends_with_its_marker() {
    assert_eq!(
        parse("a 1\n").unwrap_err(),
        "line 2, column 1: expected # EOF, found the end of the document"
    );
    assert!(parse("a 1\n# EOF").is_ok());
    for document in ["# EOF\na 1\n", "# EOF \n", "# EOF\n\n", "# EOFa\n"] {
        assert!(parse(document).is_err(), "{document:?}");
    }
}

/// A document's body, where it is no grammar, and what belongs there.
const NOT_IN_THE_GRAMMAR: &[(&str, (usize, usize), &str)] = &[
    (
        "\n",
        (1, 1),
        "expected a metric name, found the end of the line",
    ),
    (
        "a 1\r\n",
        (1, 4),
        "expected the end of the line, found '\\r'",
    ),
    ("a  1\n", (1, 3), "expected a number, found ' '"),
    (
        "a 1 \n",
        (1, 5),
        "expected a timestamp in seconds, found the end of the line",
    ),
    (
        "a{b=\"c\",} 1\n",
        (1, 9),
        "expected a label name, found '}'",
    ),
    (
        "a{b=\"c\"}1\n",
        (1, 9),
        "expected a space before the value, found '1'",
    ),
    (
        "a 1 NaN\n",
        (1, 5),
        "expected a timestamp in seconds, found 'N'",
    ),
    (
        "# FOO a b\n",
        (1, 1),
        "expected # HELP, # TYPE, # UNIT or # EOF, found '#'",
    ),
    (
        "# TYPE a untyped\n",
        (1, 10),
        "expected a metric type, found 'u'",
    ),
    (
        "# TYPE a gauge \n",
        (1, 15),
        "expected the end of the line, found ' '",
    ),
    (
        "# HELP a\n",
        (1, 9),
        "expected a space after the name, found the end of the line",
    ),
    (
        "# TYPE a counter\na_total 1 # {} 1 \n",
        (2, 18),
        "expected a timestamp in seconds, found the end of the line",
    ),
    (
        "# TYPE a counter\na_total 1 # 1\n",
        (2, 13),
        "expected the exemplar's labels, found '1'",
    ),
];

#[test]
fn refuses_what_the_grammar_does_not_know() {
    for (body, at, problem) in NOT_IN_THE_GRAMMAR {
        check_error(body, *at, problem);
    }
}

#[test]
fn families_that_do_not_stand_together_are_said() {
    let taken = "its name is taken by an earlier family, or its lines do not stand together";
    check_violation(
        "a 1\nb 1\na{c=\"d\"} 1\n",
        (3, 1),
        &format!("metric family \"a\": {taken}"),
    );
    check_violation(
        "# TYPE a counter\na_total 1\n# TYPE a_total gauge\na_total 1\n",
        (3, 1),
        &format!("metric family \"a_total\": {taken}"),
    );
    check_violation(
        "# TYPE a_created gauge\n# TYPE a counter\n",
        (2, 1),
        "metric family \"a\": one of its sample names is taken by an earlier family",
    );
    check_violation(
        "a 1\n# TYPE a gauge\n",
        (2, 1),
        "metric family \"a\": metadata comes before the samples",
    );
    check_violation(
        "# TYPE a gauge\n# TYPE a gauge\n",
        (2, 1),
        "metric family \"a\": HELP, TYPE and UNIT occur once each",
    );
}

#[test]
fn refuses_a_unit_that_the_name_does_not_end_with() {
    check_error(
        "# TYPE a gauge\n# UNIT a seconds\n",
        (2, 7),
        "metric family \"a\": the name ends with an underscore and the unit",
    );
}

/// Families whose first sample does not fit their type, and the rule.
const UNFIT_VALUES: &[(&str, &str)] = &[
    (
        "# TYPE a counter\na_total -1\n",
        "what counts is a number from zero up",
    ),
    (
        "# TYPE a counter\na_total NaN\n",
        "what counts is a number from zero up",
    ),
    (
        "# TYPE a summary\na_count 1.5\n",
        "a count is a whole number",
    ),
    (
        "# TYPE a summary\na 1\n",
        "a quantile has a label quantile from 0 to 1",
    ),
    (
        "# TYPE a summary\na{quantile=\"2\"} 1\n",
        "a quantile has a label quantile from 0 to 1",
    ),
    ("# TYPE a info\na_info 2\n", "an info's value is 1"),
    (
        "# TYPE a stateset\na{a=\"b\"} 2\n",
        "a state's value is 0 or 1",
    ),
    (
        "# TYPE a stateset\na 1\n",
        "a state has a label named as its family",
    ),
    (
        "# TYPE a histogram\na_bucket 1\n",
        "a bucket has a label le that is a number or +Inf",
    ),
    (
        "# TYPE a histogram\na_bucket{le=\"inf\"} 1\n",
        "a bucket has a label le that is a number or +Inf",
    ),
    (
        "# TYPE a gauge\na 1 # {} 1\n",
        "only counters and buckets have exemplars",
    ),
    (
        "# TYPE a histogram\na_sum 1 # {} 1\n",
        "only counters and buckets have exemplars",
    ),
];

#[test]
fn values_that_do_not_fit_the_type_are_said() {
    for (body, rule) in UNFIT_VALUES {
        check_violation(body, (2, 1), &format!("metric family \"a\": {rule}"));
    }
}

/// Lines of a histogram, which of them is at fault, and the rule.
const UNFIT_POINTS: &[(&str, usize, &str)] = &[
    (
        "a_count 1\na_sum 1\n",
        2,
        "a histogram has a bucket le=\"+Inf\"",
    ),
    (
        "a_bucket{le=\"+Inf\"} 2\na_count 1\na_sum 1\n",
        2,
        "the count equals the bucket le=\"+Inf\"",
    ),
    (
        "a_bucket{le=\"+Inf\"} 2\na_sum 1\n",
        2,
        "count and sum come together",
    ),
    (
        "a_bucket{le=\"2\"} 0\na_bucket{le=\"1\"} 0\n",
        3,
        "the bounds of buckets ascend",
    ),
    (
        "a_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\n",
        3,
        "buckets are cumulative: their counts do not fall",
    ),
    (
        "a_bucket{le=\"-1\"} 0\na_bucket{le=\"+Inf\"} 0\na_count 0\na_sum 0\n",
        2,
        "a histogram with negative bounds has no sum",
    ),
];

#[test]
fn incomplete_and_inconsistent_points_are_said() {
    for (lines, line, rule) in UNFIT_POINTS {
        let body = format!("# TYPE a histogram\n{lines}");
        check_violation(&body, (*line, 1), &format!("metric family \"a\": {rule}"));
    }
}

#[test]
fn metrics_that_are_torn_apart_are_said() {
    check_violation(
        "a{b=\"1\"} 0\na{b=\"2\"} 0\na{b=\"1\"} 0\n",
        (3, 1),
        "metric family \"a\": the samples of one metric stand together",
    );
    check_violation(
        "a 0 2\na 0 1\n",
        (2, 1),
        "metric family \"a\": the times of one metric ascend",
    );
    check_violation(
        "a 0\na 0 1\n",
        (2, 1),
        "metric family \"a\": all samples of one metric have a time, or none has",
    );
}

#[test]
fn an_exemplar_is_short() {
    let counter = |value: String| format!("# TYPE a counter\na_total 1 # {{t=\"{value}\"}} 1\n");
    check(&counter("ä".repeat(127)));
    check_violation(
        &counter("ä".repeat(128)),
        (2, 1),
        "metric family \"a\": an exemplar's labels have at most 128 characters",
    );
}

/// Pages of client libraries that Prometheus scrapes, and how many samples.
const AS_CLIENTS_WRITE_IT: &[(&str, usize)] = &[
    (
        "# TYPE a gauge\na 3 # {trace_id=\"a1\"} 1 1700000000.5\nprobe 1\n",
        2,
    ),
    (
        "# TYPE a_seconds histogram\na_seconds_bucket{le=\"-0.5\"} 1\n\
         a_seconds_bucket{le=\"+Inf\"} 4\na_seconds_count 4\na_seconds_sum 0.25\nprobe 1\n",
        5,
    ),
    (
        "# HELP a x\n# TYPE a gauge\na 4\n# HELP a y\n# TYPE a counter\na_total 3\nprobe 1\n",
        3,
    ),
    ("# TYPE a_total counter\na_total 3\nprobe 1\n", 2),
    (
        "# TYPE a summary\na{quantile=\"0.5\"} -0.01\na_count 4\na_sum -0.2\nprobe 1\n",
        4,
    ),
    ("# TYPE a counter\na_total NaN\nprobe 1\n", 2),
    (
        "# TYPE a gauge\na{q=\"1\"} 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na{q=\"2\"} 1\n",
        3,
    ),
];

#[test]
fn what_clients_write_is_read_whole() {
    for (body, expected) in AS_CLIENTS_WRITE_IT {
        let document = format!("{body}# EOF\n");
        assert!(violation(&document).is_some(), "{document}");
        let entries = parse(&document).unwrap();
        let samples = entries
            .iter()
            .filter(|entry| matches!(entry, Entry::Sample(_)));
        assert_eq!(samples.count(), *expected, "{document}");
    }
}
