//! Looking after the real binary's data: snapshots, deletions, damage, neighbours that
//! read it.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

mod support;

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::routing::get;
use http::header::CONTENT_TYPE;
use prost::Message;
use serde_json::{Value, json};
use support::{Andon, TimeSeries, command, compress, series};

/// A server on a data folder that lets itself be administered, with a sample a minute
/// of the last ten minutes of two series.
async fn filled(folder: &Path) -> Andon {
    let folder = folder.to_str().unwrap();
    let andon = Andon::start(&["--data-dir", folder, "--enable-admin-api"]).await;
    let now_ms = now_ms();
    let samples: Vec<(i64, f64)> = (0..10)
        .map(|age| (now_ms - (9 - age) * 60_000, 1.0))
        .collect();
    let status = andon
        .write(&[
            series(&[("__name__", "m"), ("kind", "a")], &samples),
            series(&[("__name__", "m"), ("kind", "b")], &samples),
        ])
        .await;
    assert_eq!(status, 204);
    andon
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

async fn post(andon: &Andon, path: &str) -> (u16, String) {
    let url = format!("{}{path}", andon.url);
    let answer = reqwest::Client::new().post(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// How many samples of `m` there are, by kind.
async fn counts(andon: &Andon) -> Value {
    let path = "/api/v1/query?query=sort(sum by(kind)(count_over_time(m[1h])))";
    let data = andon.data(path).await;
    let found = data["result"].as_array().unwrap().iter();
    found
        .map(|one| {
            let kind = one["metric"]["kind"].as_str().unwrap().to_owned();
            (kind, one["value"][1].clone())
        })
        .collect()
}

#[tokio::test]
async fn the_admin_api_is_off_until_it_is_set() {
    let andon = Andon::start(&[]).await;
    for path in ["snapshot", "delete_series?match[]=m", "clean_tombstones"] {
        let (status, answer) = post(&andon, &format!("/api/v1/admin/tsdb/{path}")).await;
        assert_eq!(status, 403, "{answer}");
        assert!(answer.contains("enable_admin_api = true"), "{answer}");
    }
    let andon = Andon::start(&["--enable-admin-api"]).await;
    let (status, answer) = post(&andon, "/api/v1/admin/tsdb/snapshot").await;
    assert_eq!(status, 503, "{answer}");
    assert!(answer.contains("--data-dir"), "{answer}");
}

#[tokio::test]
async fn a_snapshot_is_a_data_folder_with_all_samples() {
    let folder = tempfile::tempdir().unwrap();
    let andon = filled(folder.path()).await;
    let (status, answer) = post(&andon, "/api/v1/admin/tsdb/snapshot").await;
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let name = answer["data"]["name"].as_str().unwrap();
    let copy = folder.path().join("snapshots").join(name);
    let restored = Andon::start(&["--data-dir", copy.to_str().unwrap()]).await;
    assert_eq!(counts(&restored).await, json!({"a": "10", "b": "10"}));
    let (status, answer) = post(&andon, "/api/v1/admin/tsdb/snapshot?skip_head=maybe").await;
    assert_eq!(status, 400, "{answer}");
    assert!(answer.contains("skip_head"), "{answer}");
}

#[tokio::test]
async fn deleted_series_are_found_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let andon = filled(folder.path()).await;
    let path = "/api/v1/admin/tsdb/delete_series";
    assert_eq!(post(&andon, path).await.0, 400);
    assert_eq!(post(&andon, &format!("{path}?match[]=m{{")).await.0, 400);
    let deleted = post(&andon, &format!("{path}?match[]={{kind=\"a\"}}")).await;
    assert_eq!(deleted, (204, String::new()));
    assert_eq!(counts(&andon).await, json!({"b": "10"}));
    let cleaned = post(&andon, "/api/v1/admin/tsdb/clean_tombstones").await;
    assert_eq!(cleaned, (204, String::new()));
    assert_eq!(counts(&andon).await, json!({"b": "10"}));
}

/// Status and everything said by `andon data`.
fn data(args: &[&str]) -> (i32, String) {
    let output = command(&[&["data"], args].concat()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(said).unwrap(),
    )
}

#[tokio::test]
async fn the_command_line_looks_at_a_folder_and_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let check = |args: &[&str], status: i32, words: &[&str]| {
        let (found, said) = data(args);
        assert_eq!(found, status, "{args:?}: {said}");
        for word in words {
            assert!(said.contains(word), "{args:?}: no {word:?} in {said}");
        }
    };
    let mut andon = filled(folder.path()).await;
    check(
        &["info", path],
        0,
        &["format 1, written by andon", "in use by process"],
    );
    check(&["check", path], 0, &["all of it can be read"]);
    let in_use = [
        "in use by another process: process",
        "api/v1/admin/tsdb/snapshot",
    ];
    check(&["repair", path], 2, &in_use);
    let copy = folder.path().join("copy");
    let copy = copy.to_str().unwrap();
    check(&["snapshot", path, "--to", copy], 2, &in_use);
    assert_eq!(andon.signal("-TERM"), Some(0));
    check(
        &["info", path],
        0,
        &["in use by nobody", "blocks: 1, 20 samples"],
    );
    check(&["snapshot", path, "--to", copy], 0, &["--data-dir"]);
    check(&["info", copy], 0, &["blocks: 1, 20 samples"]);
    let block = folder.path().join("blocks/0000000000000001.block");
    std::fs::write(&block, "no block").unwrap();
    check(&["info", path], 1, &["damaged: "]);
    check(
        &["check", path],
        1,
        &["0000000000000001.block: ", "andon data repair"],
    );
    // Who asks for its times is told.
    let andon = Andon::start(&["--data-dir", path]).await;
    let query = "/api/v1/query?query=count_over_time(m[1h])";
    let warned = andon.json(query).await["warnings"].to_string();
    assert!(warned.contains("are lost: "), "{warned}");
    let warned = andon.json("/api/v1/query?query=m%20offset%201d").await;
    assert_eq!(warned["warnings"], Value::Null, "of other times");
    drop(andon);
    check(
        &["repair", path],
        0,
        &["set aside: ", "damaged/0000000000000001.block"],
    );
    check(&["check", path], 0, &["all of it can be read"]);
    check(&["info", "/no/such/folder"], 2, &["no data folder"]);
    std::fs::write(
        folder.path().join("FORMAT"),
        "version 1000\nwritten_by andon 99\n",
    )
    .unwrap();
    check(&["info", path], 2, &["format 1000, written by andon 99"]);
    let output = command(&["--data-dir", path, "--listen", "127.0.0.1:0"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("this build reads up to 1"), "{said}");
}

/// `prometheus.ReadRequest`
#[derive(Clone, PartialEq, Message)]
struct ReadRequest {
    #[prost(message, repeated, tag = "1")]
    queries: Vec<ReadQuery>,
}

/// `prometheus.Query`
#[derive(Clone, PartialEq, Message)]
struct ReadQuery {
    #[prost(int64, tag = "1")]
    start_ms: i64,
    #[prost(int64, tag = "2")]
    end_ms: i64,
    #[prost(message, repeated, tag = "3")]
    matchers: Vec<ReadMatcher>,
}

/// `prometheus.LabelMatcher`
#[derive(Clone, PartialEq, Message)]
struct ReadMatcher {
    #[prost(int32, tag = "1")]
    kind: i32,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(string, tag = "3")]
    value: String,
}

/// `prometheus.ReadResponse`
#[derive(Clone, PartialEq, Message)]
struct ReadResponse {
    #[prost(message, repeated, tag = "1")]
    results: Vec<ReadResult>,
}

/// `prometheus.QueryResult`
#[derive(Clone, PartialEq, Message)]
struct ReadResult {
    #[prost(message, repeated, tag = "1")]
    timeseries: Vec<TimeSeries>,
}

#[tokio::test]
async fn remote_read_gives_raw_samples() {
    let folder = tempfile::tempdir().unwrap();
    let andon = filled(folder.path()).await;
    let request = ReadRequest {
        queries: vec![ReadQuery {
            start_ms: now_ms() - 5 * 60_000 - 30_000,
            end_ms: now_ms(),
            matchers: vec![ReadMatcher {
                kind: 2,
                name: "kind".to_owned(),
                value: "a|c".to_owned(),
            }],
        }],
    };
    let client = reqwest::Client::new();
    let url = format!("{}/api/v1/read", andon.url);
    let body = compress(&request.encode_to_vec());
    let answer = client.post(&url).body(body.clone()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-encoding"], "snappy");
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/x-protobuf");
    let block = answer.bytes().await.unwrap();
    let bytes = snap::raw::Decoder::new().decompress_vec(&block).unwrap();
    let response = ReadResponse::decode(bytes.as_slice()).unwrap();
    let found = &response.results[0].timeseries;
    assert_eq!((found.len(), found[0].samples.len()), (1, 6));
    let refused = client.post(&url).body("x").send().await.unwrap();
    assert_eq!(refused.status(), 400);
    // In front of another server its samples are read there.
    let second = Andon::start(&[&andon.url]).await;
    let url = format!("{}/api/v1/read", second.url);
    let refused = client.post(&url).body(body).send().await.unwrap();
    assert_eq!(refused.status(), 404);
    assert!(refused.text().await.unwrap().contains("read them there"));
}

const PAGE: &str = "# TYPE jobs counter\n\
    jobs_total{kind=\"a\"} 5 # {trace_id=\"t1\"} 0.5 1700000000.25\n\
    jobs_total{kind=\"b\"} 6 # {trace_id=\"t2\"} +Inf\n\
    # EOF\n";

#[tokio::test(flavor = "multi_thread")]
async fn exemplars_of_scrapes_are_kept_for_a_while() {
    let media_type = "application/openmetrics-text; version=1.0.0";
    let page = get(async move || ([(CONTENT_TYPE, media_type)], PAGE));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/metrics", listener.local_addr().unwrap());
    let router = Router::new().route("/metrics", page);
    tokio::spawn(axum::serve(listener, router).into_future());
    let andon = Andon::start(&[&url]).await;
    let path = "/api/v1/query_exemplars?query=sum(rate(jobs_total[5m]))/vector(1)";
    let mut found = andon.data(path).await;
    while found.as_array().unwrap().len() < 2 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        found = andon.data(path).await;
    }
    assert_eq!(found[0]["seriesLabels"]["kind"], "a");
    let expected =
        json!([{"labels": {"trace_id": "t1"}, "value": "0.5", "timestamp": 1_700_000_000.25}]);
    assert_eq!(found[0]["exemplars"], expected);
    assert_eq!(found[1]["exemplars"][0]["value"], "+Inf");
    let none = andon
        .data("/api/v1/query_exemplars?query=jobs_total{kind='c'}")
        .await;
    assert_eq!(none, json!([]));
    let early = format!("{path}&start=1&end=2");
    assert_eq!(andon.data(&early).await, json!([]));
    // An upstream's are passed through.
    let second = Andon::start(&[&andon.url]).await;
    assert_eq!(second.data(path).await, andon.data(path).await);
}

#[tokio::test]
async fn federation_gives_the_newest_samples_with_their_times() {
    let folder = tempfile::tempdir().unwrap();
    let andon = filled(folder.path()).await;
    let second = Andon::start(&[&andon.url]).await;
    for server in [&andon, &second] {
        let url = format!("{}/federate?match[]={{kind=\"a\"}}", server.url);
        let page = reqwest::get(url).await.unwrap().text().await.unwrap();
        let lines: Vec<&str> = page.lines().collect();
        assert_eq!(lines[0], "# TYPE m untyped");
        assert!(
            lines[1].starts_with("m{kind=\"a\",instance=\"\"} 1 1"),
            "{page}"
        );
        assert_eq!(lines.len(), 2, "{page}");
        let wrong = format!("{}/federate?match[]=m{{", server.url);
        assert_eq!(reqwest::get(wrong).await.unwrap().status(), 400);
    }
}
