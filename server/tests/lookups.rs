//! What is asked of a source besides a panel's samples, before a small server
//! that speaks Prometheus' API: how often it is asked, what is made of its
//! answers, and that one that hangs holds up nobody.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use futures_util::future::join_all;
use query::{InstantQuery, Question, Take};
use serde_json::{Value, json};
use server::boards::Boards;
use server::boards::discover::{self, Discovery, DiscoverySettings};
use server::boards::packs::PackFiles;
use server::live::admission::StreamLimits;
use server::live::hub::Hub;
use server::query::{ConcurrencyLimits, MissingMetric, QueryFrontend, QueryFrontends};
use server::source::{PrometheusClient, Source, UpstreamConfig};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use wire::id::BoardId;

/// Longer than any test takes: who is told of it sooner did not wait for it.
const TIME_OUT: Duration = Duration::from_secs(20);

/// What the job system exports.
const EXPORTED: [&str; 5] = [
    "libvirt_volume_provisioner_requests_total",
    "libvirt_volume_provisioner_jobs_total",
    "libvirt_volume_provisioner_active_jobs",
    "libvirt_volume_provisioner_job_duration_seconds_bucket",
    "libvirt_volume_provisioner_request_duration_seconds_bucket",
];

/// A source that exports a job system, and once exported another metric.
#[derive(Default)]
struct FakePrometheus {
    /// Questions about instants, and about values.
    instants: AtomicUsize,
    values: AtomicUsize,
    hangs: AtomicBool,
    is_away: AtomicBool,
    /// Whether somebody who was kept waiting has given up.
    was_left: AtomicBool,
}

/// Notes that the caller has left.
struct Waiting(Arc<FakePrometheus>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.was_left.store(true, SeqCst);
    }
}

type Fake = State<Arc<FakePrometheus>>;

fn success(data: Value) -> Response {
    Json(json!({ "status": "success", "data": data })).into_response()
}

async fn instant(State(fake): Fake) -> Response {
    fake.instants.fetch_add(1, SeqCst);
    if fake.is_away.load(SeqCst) {
        return (http::StatusCode::BAD_GATEWAY, "away").into_response();
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    success(json!({ "resultType": "vector", "result": [] }))
}

async fn values(State(fake): Fake, Path(_name): Path<String>, uri: http::Uri) -> Response {
    fake.values.fetch_add(1, SeqCst);
    if fake.hangs.load(SeqCst) {
        let _waiting = Waiting(Arc::clone(&fake));
        std::future::pending::<()>().await;
    }
    let query = uri.query().unwrap_or_default();
    let selector = wire::url::pairs(query).find(|(name, _)| name == "match[]");
    success(match selector {
        None => json!(EXPORTED),
        Some((_, selector)) if selector.contains("exported_last_week") => {
            json!(["exported_last_week"])
        }
        Some(_) => json!([]),
    })
}

async fn start(fake: &Arc<FakePrometheus>) -> QueryFrontend {
    let series = any(async || success(json!([])));
    let router = Router::new()
        .route("/api/v1/query", any(instant))
        .route("/api/v1/label/{name}/values", any(values))
        .route("/api/v1/series", series)
        .route("/api/v1/metadata", any(async || success(json!({}))))
        .with_state(Arc::clone(fake));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    let mut config = UpstreamConfig::from_url(url.parse().unwrap());
    config.timeout = TIME_OUT;
    let source = Source::Upstream(PrometheusClient::new(config).unwrap().into());
    QueryFrontend::new(source, ConcurrencyLimits::default(), 1 << 20)
}

fn question() -> InstantQuery {
    InstantQuery {
        expr: "jobs".into(),
        at_ms: 1_000,
        options: Default::default(),
    }
}

#[tokio::test]
async fn equal_questions_under_way_are_one() {
    let fake = Arc::default();
    let frontend = start(&fake).await;
    let answers = join_all((0..20).map(|_| frontend.instant_query(question()))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(fake.instants.load(SeqCst), 1);
}

#[tokio::test]
async fn a_source_that_is_away_is_not_asked_again_and_again() {
    let fake = Arc::new(FakePrometheus::default());
    let frontend = start(&fake).await;
    fake.is_away.store(true, SeqCst);
    for _ in 0..20 {
        let error = frontend.instant_query(question()).await.unwrap_err();
        assert!(error.to_string().contains("HTTP 502"), "{error}");
    }
    let asked = fake.instants.load(SeqCst);
    assert!(asked < 10, "{asked} of 20 were sent");
}

async fn check_missing(frontend: &QueryFrontend, metric: &str, expected: Option<&str>) {
    let question = Question::promql(metric, Take::EveryMs(1_000));
    let missing = frontend.missing_metric(&question).await;
    let expected = expected.map(|metric| MissingMetric::NeverExported(metric.to_owned()));
    assert_eq!(missing, expected);
}

#[tokio::test]
async fn what_was_exported_long_ago_was_exported() {
    let frontend = start(&Arc::default()).await;
    check_missing(&frontend, "libvirt_volume_provisioner_active_jobs", None).await;
    check_missing(&frontend, "exported_last_week", None).await;
    check_missing(&frontend, "libvirt_typo", Some("libvirt_typo")).await;
}

#[tokio::test]
async fn empty_panels_wait_for_no_names() {
    let fake = Arc::new(FakePrometheus::default());
    let frontend = start(&fake).await;
    fake.hangs.store(true, SeqCst);
    let metrics: Vec<String> = (0..20).map(|index| format!("jobs_{index}")).collect();
    let asked = metrics.iter();
    join_all(asked.map(|metric| check_missing(&frontend, metric, None))).await;
    assert_eq!(fake.values.load(SeqCst), 1, "all share one question");
    assert!(!fake.was_left.load(SeqCst), "it is still under way");
}

#[tokio::test]
async fn a_source_that_hangs_holds_up_no_other_ones_boards() {
    let (hanging, well) = (Arc::new(FakePrometheus::default()), Arc::default());
    hanging.hangs.store(true, SeqCst);
    let frontends = QueryFrontends::new(vec![
        ("hanging".into(), start(&hanging).await),
        ("well".into(), start(&well).await),
    ]);
    let shutdown = CancellationToken::new();
    let boards = Boards::default();
    let settings = DiscoverySettings {
        job_models: Vec::new(),
        packs: tokio::sync::Mutex::new(PackFiles::load(&[]).unwrap()),
    };
    let settings = tokio::sync::watch::Sender::new(Arc::new(settings));
    let discovery = Discovery {
        frontends,
        settings: settings.subscribe(),
        boards: boards.clone(),
        hub: Hub::new(StreamLimits::default(), String::new(), shutdown.clone()),
        scraper: Arc::default(),
        booted: tokio::time::Instant::now(),
        shutdown: shutdown.clone(),
    };
    let looking = tokio::spawn(discover::run(discovery));
    boards.ready().await;
    assert_eq!(hanging.values.load(SeqCst), 1);
    assert!(!hanging.was_left.load(SeqCst), "it is still being asked");
    let overview = boards.get(&BoardId::overview()).unwrap();
    assert!(
        overview
            .board
            .panels
            .iter()
            .any(|panel| panel.source == "well")
    );
    shutdown.cancel();
    looking.await.unwrap();
}
