//! A source that misbehaves beside one that does not, on one board: the panel
//! says what happened, the other goes on, and all is well again by itself.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use dashboard::{Board, Panel, PanelQuery};
use futures_util::stream;
use http::StatusCode;
use parking_lot::Mutex;
use serde_json::json;
use server::boards::Boards;
use server::boards::variables::Resolved;
use server::clock::now_ms;
use server::live::admission::StreamLimits;
use server::live::hub::{Client, Hub, Purpose};
use server::live::view::Viewer;
use server::query::{ConcurrencyLimits, QueryFrontend, QueryFrontends};
use server::source::{PrometheusClient, Source, UpstreamConfig};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use wire::data::{PanelData, Status};
use wire::id::BoardId;
use wire::live::Snapshot;
use wire::url::LiveParams;

/// What the source does with a question.
#[derive(Clone, Copy)]
enum Mood {
    Well,
    Hangs,
    Drips,
    Fails,
    WritesHtml,
    NeverEnds,
    InPart,
}

type Shared = Arc<Mutex<Mood>>;

async fn answer(State(mood): State<Shared>, form: String) -> Response {
    let mood = *mood.lock();
    match mood {
        Mood::Well => Json(matrix(&form)).into_response(),
        Mood::Hangs => std::future::pending().await,
        Mood::Drips => body(b" ", Duration::from_millis(20), usize::MAX),
        Mood::Fails => (StatusCode::INTERNAL_SERVER_ERROR, "disk full\n").into_response(),
        Mood::WritesHtml => "<html><title>Sign in</title></html>".into_response(),
        Mood::NeverEnds => body(&[b' '; 1 << 20], Duration::ZERO, 1_024),
        Mood::InPart => {
            let mut part = matrix(&form);
            part["warnings"] = json!(["store 2 is away"]);
            Json(part).into_response()
        }
    }
}

/// `piece` again and again.
fn body(piece: &'static [u8], pause: Duration, pieces: usize) -> Response {
    let pieces = stream::unfold(0, move |sent| async move {
        tokio::time::sleep(pause).await;
        let piece = Ok::<_, Infallible>(Bytes::from_static(piece));
        (sent < pieces).then_some((piece, sent + 1))
    });
    Body::from_stream(pieces).into_response()
}

/// A series of every second that is asked for.
fn matrix(form: &str) -> serde_json::Value {
    let number = |name: &str| -> i64 {
        let found = wire::url::pairs(form).find(|(candidate, _)| candidate == name);
        found
            .and_then(|(_, value)| value.parse::<f64>().ok())
            .unwrap() as i64
    };
    let values: Vec<_> = (number("start")..=number("end"))
        .map(|second| json!([second, "1"]))
        .collect();
    let result = json!([{ "metric": {}, "values": values }]);
    json!({ "status": "success", "data": { "resultType": "matrix", "result": result } })
}

async fn frontend(mood: &Shared) -> QueryFrontend {
    let router = Router::new()
        .route("/api/v1/query_range", any(answer))
        .with_state(Arc::clone(mood));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    let mut config = UpstreamConfig::from_url(url.parse().unwrap());
    config.timeout = Duration::from_secs(1);
    config.max_response_bytes = 2 << 20;
    let source = Source::Upstream(PrometheusClient::new(config).unwrap().into());
    QueryFrontend::new(source, ConcurrencyLimits::default(), 1 << 20)
}

/// A board with a panel on the source `well` and one on `moody`.
async fn open(mood: &Shared) -> Viewer {
    let well = frontend(&Arc::new(Mutex::new(Mood::Well))).await;
    let frontends = vec![
        ("well".into(), well),
        ("moody".into(), frontend(mood).await),
    ];
    let panel = |source: &str| Panel {
        source: source.into(),
        queries: vec![PanelQuery::promql("a")],
        ..Panel::default()
    };
    let board = Board {
        panels: vec![panel("well"), panel("moody")],
        ..Board::default()
    };
    let boards = Boards::default();
    boards.put_found("", &BoardId::overview(), board.numbered());
    let params = LiveParams {
        from: "now-1m".into(),
        ..LiveParams::default()
    };
    let entry = boards.get(&BoardId::overview()).unwrap();
    let request = entry.request(&params, now_ms()).unwrap();
    let resolved = Resolved::default();
    let filled = entry.filled(&request, &resolved).unwrap();
    let shown = entry.resolve(&request, &resolved, filled, &1_000.into(), 450);
    let hub = Hub::new(
        StreamLimits::default(),
        String::new(),
        CancellationToken::new(),
    );
    let client = Client {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        purpose: Purpose::Stream,
    };
    hub.enter(
        shown.key,
        shown.spec,
        QueryFrontends::new(frontends),
        client,
    )
    .unwrap()
}

async fn wait_for(viewer: &Viewer, holds: impl Fn([&PanelData; 2]) -> bool) -> Snapshot {
    loop {
        let snapshot = viewer.view().snapshot();
        if let [(_, well), (_, moody)] = &snapshot.panels[..]
            && holds([well, moody])
        {
            return snapshot;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn end_ms(panel: &PanelData) -> i64 {
    panel.grid.time_ms(panel.grid.len)
}

/// The source falls into `mood` and out of it again; meanwhile its panel says `words`.
async fn check(mood: Mood, words: &str) {
    let shared: Shared = Arc::new(Mutex::new(Mood::Well));
    let viewer = open(&shared).await;
    wait_for(&viewer, |panels| {
        panels.iter().all(|panel| panel.status == Status::Ok)
    })
    .await;
    *shared.lock() = mood;
    let says = |panel: &PanelData| match &panel.status {
        Status::Failed { message } | Status::Partial { message } => message.contains(words),
        _ => false,
    };
    let then = wait_for(&viewer, |[_, moody]| says(moody)).await;
    assert!(!then.panels[1].1.series.is_empty(), "old data stays");
    let then_ms = end_ms(&then.panels[0].1);
    wait_for(&viewer, |[well, moody]| {
        assert_eq!(well.status, Status::Ok, "the other panel goes on");
        assert_ne!(moody.status, Status::Ok);
        end_ms(well) > then_ms
    })
    .await;
    *shared.lock() = Mood::Well;
    wait_for(&viewer, |[_, moody]| {
        let values = moody.series.iter().flat_map(|series| &series.values.0);
        moody.status == Status::Ok && values.clone().all(Option::is_some)
    })
    .await;
}

#[tokio::test]
async fn a_source_that_hangs() {
    check(Mood::Hangs, "did not answer within").await;
}

#[tokio::test]
async fn a_source_that_drips() {
    check(Mood::Drips, "did not answer within").await;
}

#[tokio::test]
async fn a_source_that_fails() {
    check(Mood::Fails, "HTTP 500: disk full").await;
}

#[tokio::test]
async fn a_source_that_writes_html() {
    check(Mood::WritesHtml, "is no Prometheus API").await;
}

#[tokio::test]
async fn a_source_that_answers_with_a_gibibyte() {
    check(Mood::NeverEnds, "is larger than 2097152 bytes").await;
}

#[tokio::test]
async fn a_source_that_answers_in_part() {
    check(Mood::InPart, "store 2 is away").await;
}

#[tokio::test]
async fn a_name_that_leads_nowhere() {
    let config = UpstreamConfig::from_url("http://nowhere.invalid:9090".parse().unwrap());
    let source = Source::Upstream(PrometheusClient::new(config).unwrap().into());
    let error = source.ping().await.unwrap_err();
    assert!(error.is_outage(), "{error:?}");
    assert!(
        error
            .to_string()
            .starts_with("http://nowhere.invalid:9090/ cannot be reached"),
        "{error}"
    );
}
