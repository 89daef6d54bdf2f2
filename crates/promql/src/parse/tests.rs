//! What queries are read as, and what is said of those that are none.

use super::*;

fn check(text: &str, canonical: &str) {
    match parse(text) {
        Ok(expr) => assert_eq!(expr.to_string(), canonical, "{text}"),
        Err(error) => panic!("{text}: {error}"),
    }
}

const SPELLINGS: &[(&str, &str)] = &[
    ("  foo # comment\n", "foo"),
    ("foo{b='2',a=\"1\",}", r#"foo{a="1",b="2"}"#),
    (r#"{"foo"}"#, "foo"),
    (r#"{"foo.bar", "a.b"=~"x"}"#, r#"{"foo.bar","a.b"=~"x"}"#),
    (r#"{__name__="foo"}"#, r#"{__name__="foo"}"#),
    ("foo[300]", "foo[5m]"),
    ("foo[90s] offset -1m30s", "foo[1m30s] offset -1m30s"),
    ("foo @ 1.5 offset 5m", "foo @ 1.500 offset 5m"),
    ("foo offset 300 @ end()", "foo @ end() offset 5m"),
    ("sum(x)by(a)", "sum by (a) (x)"),
    ("SUM without() (x)", "sum without () (x)"),
    ("sum by (\"a.b\", on) (x)", "sum by (\"a.b\", on) (x)"),
    ("topk(5,x)", "topk(5, x)"),
    ("a+b*c^d", "a + b * c ^ d"),
    ("-1^2", "-1 ^ 2"),
    (
        "a==bool on(x)group_left(y)b",
        "a == bool on (x) group_left (y) b",
    ),
    ("a and ignoring(x) b", "a and ignoring (x) b"),
    ("rate(a[5m])[1h:]", "rate(a[5m])[1h:]"),
    ("0x1F + 1e3 + 017 + Inf", "31 + 1000 + 15 + +Inf"),
    ("vector(5m)", "vector(5m)"),
    ("\"a\\tb\"", r#""a\tb""#),
    ("sum + count + offset + by", "sum + count + offset + by"),
    ("start + end", "start + end"),
    ("job:rate:sum{x=\"ä\"}", "job:rate:sum{x=\"ä\"}"),
];

#[test]
fn spells_queries_in_one_way() {
    for (text, canonical) in SPELLINGS {
        check(text, canonical);
    }
}

fn check_error(text: &str, message: &str) {
    match parse(text) {
        Ok(expr) => panic!("{text} is read as {expr}"),
        Err(error) => assert_eq!(error.to_string(), message, "{text}"),
    }
}

const ERRORS: &[(&str, &str)] = &[
    ("", "1:1: parse error: no expression found in input"),
    ("foo bar", "1:5: parse error: unexpected identifier \"bar\""),
    ("foo +", "1:6: parse error: unexpected end of input"),
    (
        "foo\n  + )",
        "2:5: parse error: unexpected right parenthesis ')'",
    ),
    ("(foo", "1:5: parse error: unclosed left parenthesis"),
    (
        "foo{a=1}",
        "1:7: parse error: unexpected character inside braces: '1'",
    ),
    (
        "foo{a=\"1\"",
        "1:10: parse error: unexpected end of input inside braces",
    ),
    ("foo[5]m", "1:7: parse error: unexpected identifier \"m\""),
    (
        "foo[0]",
        "1:5: parse error: duration must be greater than 0",
    ),
    (
        "foo[1m1h]",
        "1:5: parse error: not a valid duration string: \"1m1h\"",
    ),
    (
        "1x",
        "1:1: parse error: bad number or duration syntax: \"1x\"",
    ),
    ("\"a", "1:1: parse error: unterminated quoted string"),
    (
        "nope(x)",
        "1:1: parse error: unknown function with name \"nope\"",
    ),
    (
        "rate(x)",
        "1:6: parse error: expected type range vector in call to function \"rate\", got instant vector",
    ),
    (
        "rate()",
        "1:1: parse error: expected 1 argument(s) in call to \"rate\", got 0",
    ),
    (
        "label_join(x)",
        "1:1: parse error: expected at least 3 argument(s) in call to \"label_join\", got 1",
    ),
    (
        "round(x, 1, 2)",
        "1:1: parse error: expected at most 2 argument(s) in call to \"round\", got 3",
    ),
    (
        "sum(x[5m])",
        "1:5: parse error: expected type instant vector in aggregation expression, got range vector",
    ),
    (
        "topk(x)",
        "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1",
    ),
    (
        "1 > 2",
        "1:3: parse error: comparisons between scalars must use BOOL modifier",
    ),
    (
        "a + bool b",
        "1:3: parse error: bool modifier can only be used on comparison operators",
    ),
    (
        "a and 1",
        "1:1: parse error: set operator \"and\" not allowed in binary scalar expression",
    ),
    (
        "a + on (x) group_left (x) b",
        "1:3: parse error: label \"x\" must not occur in ON and GROUP clause at once",
    ),
    (
        "a or on (x) group_left b",
        "1:13: parse error: no grouping allowed for \"or\" operation",
    ),
    (
        "{a=\"\"}",
        "1:1: parse error: vector selector must contain at least one non-empty matcher",
    ),
    (
        "foo{__name__=\"bar\"}",
        "1:1: parse error: metric name must not be set twice: \"foo\" or \"bar\"",
    ),
    (
        "(a + b)[5m]",
        "1:8: parse error: ranges only allowed for vector selectors",
    ),
    (
        "a offset 1m offset 2m",
        "1:13: parse error: offset may not be set multiple times",
    ),
    (
        "limitk(1, a)",
        "1:1: parse error: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions",
    ),
    (
        "info(a)",
        "1:1: parse error: function \"info\" is not enabled",
    ),
    (
        "a[5m + 1m]",
        "1:6: parse error: experimental duration expression is not enabled",
    ),
];

#[test]
fn says_what_is_wrong_and_where() {
    for (text, message) in ERRORS {
        check_error(text, message);
    }
}

#[test]
fn splits_long_queries_into_lines() {
    let long = "sum by (job) (rate(a_rather_long_metric_name_total{job=\"api\"}[5m])) / sum by (job) (rate(another_long_metric_name_total[5m]))";
    let pretty = "  sum by (job) (rate(a_rather_long_metric_name_total{job=\"api\"}[5m]))\n/\n  sum by (job) (rate(another_long_metric_name_total[5m]))";
    assert_eq!(parse(long).unwrap().pretty(), pretty);
}

#[test]
fn reads_selectors_alone() {
    assert_eq!(parse_selector("up{a=\"b\"}").unwrap().len(), 2);
    assert!(parse_selector("up offset 5m").is_err());
    assert!(parse_selector("sum(up)").is_err());
}
