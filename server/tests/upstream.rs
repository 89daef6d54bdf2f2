//! The upstream source before real servers: Debian's Prometheus and
//! VictoriaMetrics; and before small ones that misbehave.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

mod support;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use query::{InstantQuery, QueryOptions, Question, SeriesQuery, Span, Take};
use server::net::SecretSource;
use server::net::config::Auth;
use server::source::{
    ApiErrorKind, InstantValue, PrometheusClient, Source, SourceError, UpstreamConfig,
};
use support::{Andon, compress, series, skipped, wait_for};

const START_MS: i64 = 1_700_000_000_000;

/// A real server with a folder of its own; both go with the handle.
struct Peer {
    child: Child,
    folder: PathBuf,
    url: String,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

/// Starts a program that takes remote write; `None` where it is not installed.
async fn start(
    program: &str,
    ready: &str,
    args: impl Fn(&str, &str) -> Vec<String>,
) -> Option<Peer> {
    let address = free_address().to_string();
    let folder = std::env::temp_dir().join(format!("andon-{program}-{address}"));
    std::fs::create_dir_all(&folder).unwrap();
    let config = folder.join("prometheus.yml");
    std::fs::write(&config, "scrape_configs: []\n").unwrap();
    let spawned = Command::new(program)
        .args(args(&address, folder.to_str().unwrap()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(child) = spawned else {
        skipped(&format!("{program} is not installed"));
        return None;
    };
    let url = format!("http://{address}");
    wait_for(&format!("{url}{ready}")).await;
    Some(Peer { child, folder, url })
}

async fn prometheus() -> Option<Peer> {
    let args = |address: &str, folder: &str| {
        vec![
            format!("--config.file={folder}/prometheus.yml"),
            format!("--storage.tsdb.path={folder}/data"),
            format!("--web.listen-address={address}"),
            "--web.enable-remote-write-receiver".to_owned(),
            "--storage.tsdb.retention.time=100y".to_owned(),
        ]
    };
    start("prometheus", "/-/ready", args).await
}

async fn victoria_metrics() -> Option<Peer> {
    let args = |address: &str, folder: &str| {
        vec![
            format!("-storageDataPath={folder}/data"),
            format!("-httpListenAddr={address}"),
            "-retentionPeriod=100y".to_owned(),
            "-search.latencyOffset=0s".to_owned(),
        ]
    };
    start("victoria-metrics", "/health", args).await
}

fn source(url: &str) -> Source {
    let config = UpstreamConfig::from_url(url.parse().unwrap());
    Source::Upstream(PrometheusClient::new(config).unwrap().into())
}

fn instant(expr: &str, at_ms: i64) -> InstantQuery {
    InstantQuery {
        expr: expr.to_owned(),
        at_ms,
        options: QueryOptions::default(),
    }
}

async fn fill(url: &str) {
    let samples: Vec<_> = (0..10u32)
        .map(|step| (START_MS + i64::from(step) * 15_000, f64::from(step)))
        .collect();
    let request = support::WriteRequest {
        timeseries: vec![series(
            &[("__name__", "jobs_total"), ("kind", "a")],
            &samples,
        )],
    };
    let body = compress(&prost::Message::encode_to_vec(&request));
    let client = reqwest::Client::new();
    let sent = client
        .post(format!("{url}/api/v1/write"))
        .header("content-encoding", "snappy")
        .header("content-type", "application/x-protobuf")
        .body(body);
    assert!(sent.send().await.unwrap().status().is_success());
}

/// Every typed question has its answer.
async fn check_questions(peer: &Peer) {
    fill(&peer.url).await;
    let source = source(&peer.url);
    check_values(&source).await;
    check_names(&source).await;
    source.metadata(None).await.unwrap();
    source.ping().await.unwrap();
    let refused = source.instant_query(&instant("sum(", START_MS)).await;
    let refused = refused.unwrap_err();
    let kinds = [ApiErrorKind::BadData, ApiErrorKind::Execution];
    assert!(kinds.contains(&refused.api_kind()), "{refused:?}");
    assert!(!refused.is_outage(), "{refused:?}");
}

async fn check_values(source: &Source) {
    let end_ms = START_MS + 135_000;
    let jobs = Question::promql("jobs_total", Take::EveryMs(15_000));
    let span = Span {
        start_ms: START_MS,
        end_ms,
    };
    let options = QueryOptions::default();
    // VictoriaMetrics shows what was written a moment later.
    let answer = loop {
        let answer = source.range_query(&jobs, span, &options);
        let answer = answer.await.unwrap();
        if !answer.series().is_empty() {
            break answer;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let series = &answer.series()[0];
    assert_eq!(series.labels.to_string(), r#"jobs_total{kind="a"}"#);
    assert_eq!(series.samples.values[9], 9.0);
    assert_eq!(series.samples.timestamps_ms[9], end_ms);
    let sum = instant("sum(jobs_total)", end_ms);
    let InstantValue::Vector(vector) = source.instant_query(&sum).await.unwrap().value else {
        unreachable!("a sum is a vector");
    };
    assert_eq!(vector[0].sample.value, 9.0);
}

async fn check_names(source: &Source) {
    let query = SeriesQuery {
        selectors: vec!["jobs_total".to_owned()],
        range: ::series::TimeRange {
            start_ms: START_MS,
            end_ms: START_MS + 135_000,
        },
        limit: 0,
    };
    assert_eq!(source.series(&query).await.unwrap().items.len(), 1);
    let names = source.label_names(&query).await.unwrap().items;
    assert_eq!(names, ["__name__", "kind"]);
    let values = source.label_values("kind", &query).await.unwrap().items;
    assert_eq!(values, ["a"]);
}

#[tokio::test]
async fn prometheus_answers() {
    let Some(peer) = prometheus().await else {
        return;
    };
    check_questions(&peer).await;
    let andon = Andon::start(&[&peer.url]).await;
    let answer = andon
        .data("/api/v1/query?query=jobs_total&time=1700000135")
        .await;
    assert_eq!(answer["result"][0]["value"][1], "9");
    andon.data("/api/v1/targets").await;
    andon.data("/api/v1/status/tsdb").await;
    andon.data("/api/v1/rules").await;
}

#[tokio::test]
async fn victoria_metrics_answers() {
    let Some(peer) = victoria_metrics().await else {
        return;
    };
    check_questions(&peer).await;
    let andon = Andon::start(&[&peer.url]).await;
    andon
        .data("/api/v1/query?query=jobs_total&time=1700000135")
        .await;
}

#[tokio::test]
async fn an_upstream_that_goes_away_is_said_so_and_found_again() {
    let Some(mut peer) = prometheus().await else {
        return;
    };
    let source = source(&peer.url);
    source.ping().await.unwrap();
    peer.child.kill().unwrap();
    peer.child.wait().unwrap();
    let away = source.ping().await.unwrap_err();
    assert!(away.is_outage(), "{away:?}");
    assert!(matches!(away, SourceError::Unreachable { .. }), "{away:?}");
}

/// Serves `router` for the test's time.
async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    url
}

/// A server that answers every query with `answer` leads to an error that says `words`.
async fn check_error(answer: (StatusCode, &'static str), words: &str, is_outage: bool) {
    let route = post(move || async move { answer });
    let url = serve(Router::new().route("/api/v1/query", route)).await;
    let error = source(&url)
        .instant_query(&instant("up", 0))
        .await
        .unwrap_err();
    assert!(error.to_string().contains(words), "{error}");
    assert_eq!(error.is_outage(), is_outage, "{error:?}");
}

#[tokio::test]
async fn each_failure_has_its_sentence() {
    let refusal = r#"{"status":"error","errorType":"execution","error":"many-to-many"}"#;
    check_error(
        (StatusCode::UNPROCESSABLE_ENTITY, refusal),
        "many-to-many",
        false,
    )
    .await;
    check_error((StatusCode::OK, "<html>"), "is no Prometheus API", true).await;
    check_error(
        (StatusCode::OK, r#"{"status":"success"}"#),
        "is no Prometheus API",
        true,
    )
    .await;
    check_error((StatusCode::UNAUTHORIZED, ""), "other credentials", true).await;
    check_error(
        (StatusCode::BAD_GATEWAY, "no backend\n"),
        "HTTP 502: no backend",
        true,
    )
    .await;
}

#[tokio::test]
async fn answers_are_bounded_in_bytes_and_time() {
    let huge = post(|| async { Body::from(vec![b' '; 4 << 20]) });
    let slow = get(|| async { tokio::time::sleep(Duration::from_secs(3_600)).await });
    let router = Router::new().route("/api/v1/query", huge);
    let url = serve(router.route("/api/v1/metadata", slow)).await;
    let mut config = UpstreamConfig::from_url(url.parse().unwrap());
    config.max_response_bytes = 1 << 20;
    config.timeout = Duration::from_millis(500);
    let client = PrometheusClient::new(config).unwrap();
    let error = client.instant_query(&instant("up", 0)).await.unwrap_err();
    assert!(matches!(error, SourceError::TooLarge { .. }), "{error:?}");
    let error = client.metadata(None).await.unwrap_err();
    assert!(matches!(error, SourceError::Timeout { .. }), "{error:?}");
}

const SCALAR: &str = r#"{"status":"success","data":{"resultType":"scalar","result":[0,"1"]}}"#;

#[tokio::test]
async fn get_serves_where_post_is_refused() {
    let url = serve(Router::new().route("/prefix/api/v1/query", get(|| async { SCALAR }))).await;
    let source = source(&format!("{url}/prefix/"));
    for _ in 0..2 {
        source.instant_query(&instant("1", 0)).await.unwrap();
    }
}

#[tokio::test]
async fn a_source_is_asked_through_the_proxy_that_it_names() {
    // A proxy is asked for whole URLs; the router looks at their paths.
    let proxy = serve(Router::new().route("/api/v1/query", post(|| async { SCALAR }))).await;
    let mut config = UpstreamConfig::from_url("http://prometheus.invalid".parse().unwrap());
    config.http.proxy.url = Some(proxy.parse().unwrap());
    let client = PrometheusClient::new(config).unwrap();
    client.instant_query(&instant("1", 0)).await.unwrap();
}

#[tokio::test]
async fn credentials_and_headers_are_sent() {
    let echo = |headers: HeaderMap| async move {
        let header = |name: &str| {
            headers
                .get(name)
                .map_or("-", |value| value.to_str().unwrap())
        };
        let text = format!("{} {}", header("authorization"), header("x-scope-orgid"));
        (StatusCode::BAD_REQUEST, text)
    };
    let url = serve(Router::new().route("/api/v1/query", post(echo))).await;
    let secret = std::env::temp_dir().join(format!("andon-token-{}", std::process::id()));
    std::fs::write(&secret, "from-file\n").unwrap();
    let check = async |url: &str, auth: Option<Auth>, words: &str| {
        let mut config = UpstreamConfig::from_url(url.parse().unwrap());
        let tenant = SecretSource::inline("tenant");
        config
            .http
            .headers
            .push(("x-scope-orgid".parse().unwrap(), tenant));
        if let Some(auth) = auth {
            config.http.auth = auth;
        }
        let client = PrometheusClient::new(config).unwrap();
        let error = client.instant_query(&instant("up", 0)).await.unwrap_err();
        assert!(error.to_string().ends_with(words), "{error}");
    };
    check(&url, None, "- tenant").await;
    let with_user = url.replace("http://", "http://me:p%40ss@");
    check(&with_user, None, "Basic bWU6cEBzcw== tenant").await;
    let token = Auth::Scheme {
        scheme: "Bearer".to_owned(),
        credentials: SecretSource::File(secret.clone()),
    };
    check(&url, Some(token), "Bearer from-file tenant").await;
    std::fs::remove_file(&secret).unwrap();
}

#[tokio::test]
async fn a_label_name_leads_to_no_other_path() {
    let stray = get(|| async { r#"{"status":"success","data":["stray"]}"# });
    let url = serve(Router::new().fallback(stray)).await;
    let query = SeriesQuery::all_recent(0, 0);
    for name in ["", ".", ".."] {
        let refused = source(&url).label_values(name, &query).await.unwrap_err();
        assert_eq!(refused.api_kind(), ApiErrorKind::BadData, "{name:?}");
    }
    for (name, path) in [
        ("job", "/api/v1/label/job/values"),
        ("a/../b", "/api/v1/label/a%2F..%2Fb/values"),
        ("a?b#c", "/api/v1/label/a%3Fb%23c/values"),
        ("%2e%2e", "/api/v1/label/%252e%252e/values"),
    ] {
        let echo = |uri: http::Uri| async move {
            format!(r#"{{"status":"success","data":["{}"]}}"#, uri.path())
        };
        let url = serve(Router::new().fallback(get(echo))).await;
        let asked = source(&url).label_values(name, &query).await.unwrap();
        assert_eq!(asked.items, [path], "{name:?}");
    }
}

#[tokio::test]
async fn another_host_gets_nothing_of_a_source() {
    let echo = |headers: HeaderMap| async move {
        let secrets = ["authorization", "x-scope-orgid"].map(|name| headers.get(name).cloned());
        (StatusCode::BAD_REQUEST, format!("asked with {secrets:?}"))
    };
    let other = serve(Router::new().fallback(echo)).await;
    let to = format!("{other}/api/v1/query");
    let away = post(move || async move { axum::response::Redirect::temporary(&to) });
    let url = serve(Router::new().route("/api/v1/query", away)).await;
    let with_user = url.replace("http://", "http://me:hush@");
    let mut config = UpstreamConfig::from_url(with_user.parse().unwrap());
    let tenant = SecretSource::inline("hush");
    let header = ("x-scope-orgid".parse().unwrap(), tenant);
    config.http.headers.push(header);
    let client = PrometheusClient::new(config).unwrap();
    let error = client.instant_query(&instant("up", 0)).await.unwrap_err();
    let seen = error.to_string();
    assert!(seen.contains("asked with [None, None]"), "{seen}");
}
