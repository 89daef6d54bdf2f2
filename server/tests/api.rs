//! Prometheus' HTTP API of the real binary: over its own store, and of a second
//! Andon that reads from the first.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

mod support;

use std::process::Command;

use serde_json::{Value, json};
use support::{Andon, series, skipped};

const START_MS: i64 = 1_700_000_000_000;

/// A server that holds `jobs_total` of two kinds, ten samples each, 15 s apart.
async fn filled() -> Andon {
    let andon = Andon::start(&[]).await;
    let samples = |per_step: f64| -> Vec<(i64, f64)> {
        (0..10u32)
            .map(|step| {
                (
                    START_MS + i64::from(step) * 15_000,
                    f64::from(step) * per_step,
                )
            })
            .collect()
    };
    let status = andon
        .write(&[
            series(&[("__name__", "jobs_total"), ("kind", "a")], &samples(15.0)),
            series(&[("__name__", "jobs_total"), ("kind", "b")], &samples(30.0)),
        ])
        .await;
    assert_eq!(status, 204);
    andon
}

/// The answer of `path` at `andon` holds `expected` at the JSON pointer.
async fn check(andon: &Andon, path: &str, pointer: &str, expected: Value) {
    let answer = andon.json(path).await;
    assert_eq!(answer.pointer(pointer), Some(&expected), "{path}: {answer}");
}

/// Path, JSON pointer, and what stands there.
fn answers() -> Vec<(&'static str, &'static str, Value)> {
    let sum = json!([{ "metric": {}, "value": [1_700_000_135, "405"] }]);
    let range = json!([{
        "metric": { "__name__": "jobs_total", "kind": "a" },
        "values": [[1_700_000_000, "0"], [1_700_000_015, "15"]],
    }]);
    let of_a = "query_range?query=jobs_total{kind=\"a\"}&start=1700000000&end=1700000015&step=15.0";
    vec![
        (
            "query?query=sum(jobs_total)&time=1700000135",
            "/data/result",
            sum,
        ),
        ("query?query=up&time=1", "/data/resultType", json!("vector")),
        (of_a, "/data/result", range),
        (
            "query?query=1/0&time=1.5",
            "/data/result",
            json!([1.5, "+Inf"]),
        ),
        ("query?query=\"x\"&time=1", "/data/result", json!([1, "x"])),
        ("rules", "/data/groups", json!([])),
        ("query_exemplars?query=up", "/data", json!([])),
        (
            "format_query?query=sum(up)by(job)",
            "/data",
            json!("sum by (job) (up)"),
        ),
        (
            "format_query?query=sum(up{job=\"a_rather_long_name_of_a_job\"})/count(up{job=\"a_rather_long_name_of_a_job\",instance=\"b\"})",
            "/data",
            json!(
                "  sum(up{job=\"a_rather_long_name_of_a_job\"})\n/\n  count(up{instance=\"b\",job=\"a_rather_long_name_of_a_job\"})"
            ),
        ),
    ]
}

/// The same of what the store holds.
fn answers_about_series() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("labels", "/data", json!(["__name__", "kind"])),
        ("label/kind/values", "/data", json!(["a", "b"])),
        (
            "series?match[]={kind=\"b\"}",
            "/data/0/__name__",
            json!("jobs_total"),
        ),
        ("status/tsdb", "/data/headStats/numSeries", json!(2)),
        (
            "status/tsdb?limit=1",
            "/data/seriesCountByLabelValuePair",
            json!([{ "name": "__name__=jobs_total", "value": 2 }]),
        ),
        ("label/U__kind/values", "/data", json!(["a", "b"])),
        ("targets", "/data/activeTargets", json!([])),
        ("targets/metadata", "/data", json!([])),
        ("alertmanagers", "/data/activeAlertmanagers", json!([])),
        ("scrape_pools", "/data/scrapePools", json!([])),
        ("metadata?limit=0", "/data", json!({})),
        ("labels?start=2&end=1", "/data", json!([])),
    ]
}

#[tokio::test]
async fn answers_are_shaped_as_prometheus_shapes_them() {
    let first = filled().await;
    let second = Andon::start(&[&first.url]).await;
    for (path, pointer, expected) in answers().into_iter().chain(answers_about_series()) {
        let path = format!("/api/v1/{path}");
        check(&first, &path, pointer, expected.clone()).await;
        check(&second, &path, pointer, expected).await;
    }
}

/// Path, status, kind, and what the message holds.
const ERRORS: [(&str, u16, &str, &str); 11] = [
    (
        "query?query=sum(",
        400,
        "bad_data",
        "invalid parameter \"query\": 1:5: parse error: unclosed left parenthesis",
    ),
    (
        "query?query=up&time=x",
        400,
        "bad_data",
        "invalid parameter \"time\": invalid time value for 'time': cannot parse \"x\" to a valid timestamp",
    ),
    (
        "query_range?query=\"x\"&start=0&end=1&step=1",
        400,
        "bad_data",
        "invalid parameter \"query\": invalid expression type \"string\" for range query",
    ),
    (
        "query_range?query=up&start=1&end=0&step=1",
        400,
        "bad_data",
        "invalid parameter \"end\": end timestamp must not be before start time",
    ),
    (
        "query_range?query=up&start=0&end=1&step=0",
        400,
        "bad_data",
        "invalid parameter \"step\": zero or negative query resolution step widths",
    ),
    (
        "query_range?query=up&start=0&end=99999&step=1",
        400,
        "bad_data",
        "exceeded maximum resolution of 11,000 points per timeseries.",
    ),
    ("series", 400, "bad_data", "no match[] parameter provided"),
    (
        "metadata?limit=x",
        400,
        "bad_data",
        "limit must be a number",
    ),
    (
        "status/tsdb?limit=0",
        400,
        "bad_data",
        "limit must be a positive number",
    ),
    ("rules?type=x", 400, "bad_data", "not supported value \"x\""),
    (
        "query?query=jobs_total*on(none)jobs_total&time=1700000135",
        422,
        "execution",
        "found duplicate series for the match group",
    ),
];

async fn check_error(andon: &Andon, (path, status, kind, message): (&str, u16, &str, &str)) {
    let url = format!("{}/api/v1/{path}", andon.url);
    let answer = reqwest::get(&url).await.unwrap();
    assert_eq!(answer.status(), status, "{path}");
    let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(body["errorType"], kind, "{path}");
    let text = body["error"].as_str().unwrap();
    assert!(text.contains(message), "{path}: {body}");
}

#[tokio::test]
async fn errors_are_those_of_prometheus() {
    let first = filled().await;
    let second = Andon::start(&[&first.url]).await;
    for case in ERRORS {
        check_error(&first, case).await;
        check_error(&second, case).await;
    }
}

#[tokio::test]
async fn forms_limits_and_stats_are_understood() {
    let andon = filled().await;
    let client = reqwest::Client::new();
    let form = [
        ("query", "jobs_total"),
        ("time", "1700000135"),
        ("limit", "1"),
        ("stats", "all"),
    ];
    let request = client
        .post(format!("{}/api/v1/query", andon.url))
        .form(&form);
    let bytes = request.send().await.unwrap().bytes().await.unwrap();
    let answer: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(answer["data"]["result"].as_array().unwrap().len(), 1);
    assert_eq!(
        answer["warnings"],
        json!(["results truncated due to limit"])
    );
    assert_eq!(
        answer["data"]["stats"]["samples"]["totalQueryableSamples"],
        2
    );
    check(
        &andon,
        "/api/v1/query?query=count(jobs_total)&time=1700000200&lookback_delta=1m",
        "/data/result",
        json!([]),
    )
    .await;
}

#[tokio::test]
async fn nested_parentheses_are_refused_at_once() {
    let andon = Andon::start(&[]).await;
    let client = reqwest::Client::new();
    let expr = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
    let request = client
        .post(format!("{}/api/v1/query", andon.url))
        .form(&[("query", expr)]);
    assert_eq!(request.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn other_origins_may_read_only_where_configured() {
    let client = reqwest::Client::new();
    let folder = std::env::temp_dir().join(format!("andon-cors-{}.toml", std::process::id()));
    std::fs::write(&folder, "cors_origins = [\"https://a.example\"]\n").unwrap();
    let open = Andon::start(&["--config", folder.to_str().unwrap()]).await;
    let closed = Andon::start(&[]).await;
    std::fs::remove_file(&folder).unwrap();
    for (andon, origin, expected) in [
        (&open, "https://a.example", Some("https://a.example")),
        (&open, "https://b.example", None),
        (&closed, "https://a.example", None),
    ] {
        let request = client
            .get(format!("{}/api/v1/labels", andon.url))
            .header("origin", origin);
        let answer = request.send().await.unwrap();
        let allowed = answer.headers().get("access-control-allow-origin");
        assert_eq!(allowed.map(|value| value.to_str().unwrap()), expected);
    }
}

fn promtool(args: &[&str]) -> String {
    let output = Command::new("promtool").args(args).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn promtool_reads_it() {
    if Command::new("promtool").arg("--version").output().is_err() {
        skipped("promtool is not installed");
        return;
    }
    let andon = filled().await;
    let url = andon.url.as_str();
    let (start, end) = ("--start=1700000000", "--end=1700000135");
    let query = "sum(jobs_total)";
    let instant = promtool(&["query", "instant", "--time=1700000135", url, query]);
    assert!(instant.starts_with("{} => 405 @["), "{instant}");
    let range = promtool(&["query", "range", start, end, "--step=15s", url, query]);
    assert_eq!(range.lines().count(), 11, "{range}");
    let labels = promtool(&["query", "labels", start, url, "kind"]);
    assert_eq!(labels, "a\nb\n");
    let series = promtool(&["query", "series", start, "--match=jobs_total", url]);
    assert_eq!(series.lines().count(), 2, "{series}");
    // What newer ones ask for by `promtool check healthy` and `check ready`.
    for path in ["healthy", "ready"] {
        let answer = reqwest::get(format!("{url}/-/{path}")).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
}

/// What the PyPI package `prometheus-api-client` makes of our answers.
const PYTHON: &str = r#"
import datetime, sys
from prometheus_api_client import PrometheusConnect
client = PrometheusConnect(url=sys.argv[1])
assert client.check_prometheus_connection()
assert client.all_metrics() == ["jobs_total"]
assert client.get_label_values("kind") == ["a", "b"]
value = client.custom_query("sum(jobs_total)", params={"time": 1700000135})[0]["value"][1]
assert value == "405", value
time = lambda seconds: datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
matrix = client.custom_query_range("jobs_total", time(1700000000), time(1700000135), "15s")
assert len(matrix) == 2 and len(matrix[0]["values"]) == 10, matrix
"#;

#[tokio::test]
async fn the_python_client_reads_it() {
    let python = |args: &[&str]| Command::new("python3").args(args).output();
    let installed = python(&["-c", "import prometheus_api_client"]);
    if !installed.is_ok_and(|output| output.status.success()) {
        skipped("prometheus-api-client is not installed");
        return;
    }
    let andon = filled().await;
    let output = python(&["-c", PYTHON, &andon.url]).unwrap();
    assert!(output.status.success(), "{output:?}");
}
