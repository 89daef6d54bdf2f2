//! Rules over label sets, as Prometheus applies them.

use series::Labels;

use super::*;

const TARGET: &[(&str, &str)] = &[("a", "foo"), ("b", "bar"), ("c", "baz")];

fn rule(json: &str) -> Rule {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// `expected` is the resulting set as a selector, `None` where it is dropped.
fn check_on(labels: &[(&str, &str)], rules: &[&str], expected: Option<&str>) {
    let rules_read: Vec<Rule> = rules.iter().map(|json| rule(json)).collect();
    let mut builder = Labels::from_pairs(labels.iter().copied()).to_builder();
    let kept = apply(&rules_read, &mut builder);
    let result = kept.then(|| builder.build().to_string());
    assert_eq!(result.as_deref(), expected, "{rules:?}");
}

fn check(rule: &str, expected: Option<&str>) {
    check_on(TARGET, &[rule], expected);
}

fn check_error(json: &str, expected: &str) {
    let error = serde_json::from_str::<Rule>(json).expect_err(json);
    assert!(error.to_string().contains(expected), "{json}: {error}");
}

#[test]
fn replaces_by_template() {
    for (rule, expected) in [
        (
            r#"{"source_labels":["a"],"regex":"f(.*)","target_label":"d","replacement":"ch${1}-ch${1}"}"#,
            r#"{a="foo", b="bar", c="baz", d="choo-choo"}"#,
        ),
        (
            r#"{"source_labels":["a","b"],"regex":"f(.*);(.*)r","target_label":"a","replacement":"b${1}${2}m"}"#,
            r#"{a="boobam", b="bar", c="baz"}"#,
        ),
        // No match, no change.
        (
            r#"{"source_labels":["a"],"regex":"o","target_label":"d","replacement":"x"}"#,
            r#"{a="foo", b="bar", c="baz"}"#,
        ),
        // An empty result removes.
        (
            r#"{"source_labels":["a"],"regex":"f.*","target_label":"b","replacement":""}"#,
            r#"{a="foo", c="baz"}"#,
        ),
        // `$1x` is the group 1x, which does not exist.
        (
            r#"{"source_labels":["a"],"regex":"(f).*","target_label":"d","replacement":"$1x$$"}"#,
            r#"{a="foo", b="bar", c="baz", d="$"}"#,
        ),
        (
            r#"{"source_labels":["a"],"regex":"(?P<first>f).*","target_label":"d_${1}","replacement":"${first}"}"#,
            r#"{a="foo", b="bar", c="baz", d_f="f"}"#,
        ),
        (
            r#"{"target_label":"d","replacement":"static"}"#,
            r#"{a="foo", b="bar", c="baz", d="static"}"#,
        ),
        (
            r#"{"source_labels":["none","a"],"separator":"+","target_label":"d"}"#,
            r#"{a="foo", b="bar", c="baz", d="+foo"}"#,
        ),
    ] {
        check(rule, Some(expected));
    }
}

#[test]
fn keeps_and_drops_by_pattern() {
    let unchanged = Some(r#"{a="foo", b="bar", c="baz"}"#);
    for (rule, expected) in [
        (
            r#"{"action":"keep","source_labels":["a"],"regex":"foo"}"#,
            unchanged,
        ),
        (
            r#"{"action":"keep","source_labels":["a"],"regex":"o"}"#,
            None,
        ),
        (
            r#"{"action":"Drop","source_labels":["a"],"regex":"fo+"}"#,
            None,
        ),
        (
            r#"{"action":"drop","source_labels":["none"],"regex":"x"}"#,
            unchanged,
        ),
        (
            r#"{"action":"drop","source_labels":["none"],"regex":""}"#,
            None,
        ),
    ] {
        check(rule, expected);
    }
}

#[test]
fn keeps_and_drops_by_equality() {
    let unchanged = Some(r#"{a="foo", b="bar", c="baz"}"#);
    for (rule, expected) in [
        (
            r#"{"action":"keepequal","source_labels":["a"],"target_label":"b"}"#,
            None,
        ),
        (
            r#"{"action":"dropequal","source_labels":["a"],"target_label":"b"}"#,
            unchanged,
        ),
        (
            r#"{"action":"keepequal","source_labels":["a"],"target_label":"a"}"#,
            unchanged,
        ),
        (
            r#"{"action":"dropequal","source_labels":["a"],"target_label":"a"}"#,
            None,
        ),
    ] {
        check(rule, expected);
    }
}

#[test]
fn maps_and_removes_names() {
    let meta = &[
        ("__meta_kubernetes_node_label_zone", "eu"),
        ("job", "node"),
        ("z", "1"),
    ];
    check_on(
        meta,
        &[
            r#"{"action":"labelmap","regex":"__meta_kubernetes_node_label_(.+)"}"#,
            r#"{"action":"labeldrop","regex":"__meta_.*"}"#,
        ],
        Some(r#"{job="node", z="1", zone="eu"}"#),
    );
    check_on(
        meta,
        &[r#"{"action":"labelkeep","regex":"job|z"}"#],
        Some(r#"{job="node", z="1"}"#),
    );
}

#[test]
fn changes_case() {
    check_on(
        &[("a", "Köln")],
        &[
            r#"{"action":"lowercase","source_labels":["a"],"target_label":"lower"}"#,
            r#"{"action":"uppercase","source_labels":["a"],"target_label":"upper"}"#,
        ],
        Some(r#"{a="Köln", lower="köln", upper="KÖLN"}"#),
    );
}

/// The remainders were computed with `md5sum` and `bc`.
#[test]
fn hashes_as_prometheus_does() {
    check(
        r#"{"action":"hashmod","source_labels":["c"],"target_label":"d","modulus":1000}"#,
        Some(r#"{a="foo", b="bar", c="baz", d="976"}"#),
    );
}

#[test]
fn stops_at_the_rule_that_drops() {
    check_on(
        TARGET,
        &[
            r#"{"source_labels":["a"],"target_label":"d","replacement":"new"}"#,
            r#"{"action":"drop","source_labels":["d"],"regex":"new"}"#,
            r#"{"target_label":"e","replacement":"never"}"#,
        ],
        None,
    );
}

#[test]
fn names_the_key_of_an_invalid_rule() {
    for (json, expected) in [
        (
            r#"{"action":"replace"}"#,
            "target_label: the action replace needs one",
        ),
        (
            r#"{"action":"hashmod","target_label":"x"}"#,
            "modulus: the action hashmod",
        ),
        (r#"{"action":"keep","regex":"("}"#, "regex: "),
        (r#"{"action":"explode"}"#, "unknown variant `explode`"),
        (r#"{"taget_label":"x"}"#, "unknown field `taget_label`"),
        (
            r#"{"action":"labeldrop","regex":"x","source_labels":["a"]}"#,
            "source_labels: the action labeldrop does not use it",
        ),
        (
            r#"{"action":"keepequal","target_label":"x","regex":"y"}"#,
            "regex: the action keepequal does not use it",
        ),
        (
            r#"{"source_labels":[""],"target_label":"x"}"#,
            "source_labels: ",
        ),
        (r#"{"action":"labelmap","replacement":""}"#, "replacement: "),
    ] {
        check_error(json, expected);
    }
}

#[test]
fn writes_back_what_it_read() {
    let json = r#"{"source_labels":["a"],"separator":";","regex":"x","modulus":0,"target_label":"t","replacement":"$1","action":"replace"}"#;
    assert_eq!(serde_json::to_string(&rule(json)).unwrap(), json);
}
