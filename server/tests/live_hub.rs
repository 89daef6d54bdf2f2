//! The live hub before a small server that speaks Prometheus' query API: how
//! often it is asked, and what viewers get.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

use std::future::ready;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use dashboard::{Board, Kind, Panel, PanelQuery, StatOptions};
use futures_util::{StreamExt, poll};
use serde_json::json;
use server::boards::Boards;
use server::boards::variables::Resolved;
use server::clock::now_ms;
use server::live::admission::StreamLimits;
use server::live::frame::EventId;
use server::live::hub::{Client, Hub, Purpose};
use server::live::stream::{Part, events};
use server::live::view::{ViewEnded, Viewer};
use server::query::{ConcurrencyLimits, QueryFrontend, QueryFrontends};
use server::source::{PrometheusClient, Source, UpstreamConfig};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use wire::data::{PanelData, Status};
use wire::id::{BoardId, PanelId};
use wire::live::Append;
use wire::url::LiveParams;

/// A source whose every value is its time in seconds.
#[derive(Default)]
struct FakePrometheus {
    ranges: AtomicUsize,
    away: AtomicBool,
}

async fn query_range(State(fake): State<Arc<FakePrometheus>>, body: String) -> Response {
    fake.ranges.fetch_add(1, SeqCst);
    if fake.away.load(SeqCst) {
        return (http::StatusCode::SERVICE_UNAVAILABLE, "away").into_response();
    }
    let [start, end, step] = ["start", "end", "step"].map(|name| number(&body, name));
    let steps = ((end - start) / step).floor() as i64;
    let values: Vec<_> = (0..=steps)
        .map(|index| start + index as f64 * step)
        .map(|time| json!([time, time.to_string()]))
        .collect();
    let result = json!([{ "metric": { "kind": "a" }, "values": values }]);
    Json(json!({ "status": "success", "data": { "resultType": "matrix", "result": result } }))
        .into_response()
}

fn number(form: &str, name: &str) -> f64 {
    let found = wire::url::pairs(form).find(|(candidate, _)| candidate == name);
    found.and_then(|(_, value)| value.parse().ok()).unwrap()
}

struct Setup {
    fake: Arc<FakePrometheus>,
    hub: Hub,
    frontends: QueryFrontends,
    boards: Boards,
}

async fn setup() -> Setup {
    let fake = Arc::new(FakePrometheus::default());
    let app = Router::new()
        .route("/api/v1/query_range", any(query_range))
        .with_state(Arc::clone(&fake));
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, app).into_future());
    let config = UpstreamConfig::from_url(url.parse().unwrap());
    let source = Source::Upstream(PrometheusClient::new(config).unwrap().into());
    let boards = Boards::default();
    boards.put_found("", &BoardId::overview(), board());
    Setup {
        fake,
        hub: Hub::new(
            StreamLimits::default(),
            "test".into(),
            CancellationToken::new(),
        ),
        frontends: QueryFrontends::new(vec![(
            "fake".into(),
            QueryFrontend::new(source, ConcurrencyLimits::default(), 1 << 20),
        )]),
        boards,
    }
}

fn board() -> Board {
    let panel = |expr: &str| Panel {
        queries: vec![PanelQuery::promql(expr)],
        ..Panel::default()
    };
    let written = Panel {
        kind: Kind::Stat(StatOptions::default()),
        ..panel("a")
    };
    let board = Board {
        title: "test".into(),
        panels: vec![panel("a"), panel("b"), written],
        ..Board::default()
    };
    board.numbered()
}

impl Setup {
    fn enter(&self, from: &str) -> Viewer {
        self.enter_at(&LiveParams {
            from: from.into(),
            ..LiveParams::default()
        })
    }

    fn enter_at(&self, params: &LiveParams) -> Viewer {
        let entry = self.boards.get(&BoardId::overview()).unwrap();
        let request = entry.request(params, now_ms()).unwrap();
        let resolved = Resolved::default();
        let filled = entry.filled(&request, &resolved).unwrap();
        let shown = entry.resolve(&request, &resolved, filled, &1_000.into(), 450);
        self.hub
            .enter(shown.key, shown.spec, self.frontends.clone(), STREAM)
            .unwrap()
    }

    fn asked(&self) -> usize {
        self.fake.ranges.load(SeqCst)
    }
}

/// Somebody with a stream.
const STREAM: Client = Client {
    address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    purpose: Purpose::Stream,
};

/// The next append event of a stream that has columns for panels.
async fn next_points(
    frames: &mut tokio::sync::broadcast::Receiver<server::live::frame::Frame>,
) -> Append {
    loop {
        let frame = frames.recv().await.unwrap();
        let text = std::str::from_utf8(&frame.bytes).unwrap();
        let Some(data) = text.split("data: ").nth(1) else {
            continue;
        };
        let append: Append = serde_json::from_str(data.trim()).unwrap();
        if !append.panels.is_empty() {
            return append;
        }
    }
}

#[tokio::test]
async fn a_hundred_viewers_cost_the_source_what_one_costs() {
    let setup = setup().await;
    let viewers: Vec<Viewer> = (0..100).map(|_| setup.enter("now-1m")).collect();
    let mut streams = Vec::new();
    for viewer in &viewers {
        streams.push(viewer.view().subscribe(None).await.unwrap().frames);
    }
    viewers[0].view().loaded().await.unwrap();
    assert_eq!(setup.asked(), 2, "one query a panel");
    next_points(&mut streams[0]).await;
    next_points(&mut streams[0]).await;
    assert_eq!(setup.asked() % 2, 0);
    let frame = streams[1].recv().await.unwrap();
    for stream in &mut streams[2..] {
        let other = stream.recv().await.unwrap();
        assert_eq!(
            other.bytes.as_ptr(),
            frame.bytes.as_ptr(),
            "encoded once, shared by all"
        );
    }
}

#[tokio::test]
async fn a_page_that_applies_what_it_missed_holds_what_the_view_holds() {
    let setup = setup().await;
    let viewer = setup.enter("now-1m");
    let view = viewer.view();
    view.loaded().await.unwrap();
    let mut page = view.snapshot();
    let seen: EventId = page.event_id.parse().unwrap();
    let mut live = view.subscribe(None).await.unwrap().frames;
    next_points(&mut live).await;
    next_points(&mut live).await;
    let missed = view.subscribe(Some(seen)).await.unwrap();
    let held = view.snapshot();
    for bytes in &missed.first {
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(text.contains("event: append"), "{text}");
        let append: Append = serde_json::from_str(text.split("data: ").nth(1).unwrap()).unwrap();
        for change in &append.panels {
            let panel = page
                .panels
                .iter_mut()
                .find(|(id, _)| *id == change.id)
                .unwrap();
            panel
                .1
                .apply(change, panel.1.window(append.window).capacity());
        }
        for (_, change) in append.rendered {
            page.rendered[0].1.apply(change);
        }
    }
    assert!(missed.first.len() >= 2);
    assert_eq!(page.panels, held.panels);
    assert_eq!(page.rendered, held.rendered);
    let html = held.rendered[0].1.html.as_deref();
    assert!(
        html.is_some_and(|html| html.contains("class=\"figure\"")),
        "{html:?}"
    );
}

#[tokio::test]
async fn what_a_view_takes_is_known() {
    let setup = setup().await;
    let viewer = setup.enter("now-1m");
    viewer.view().loaded().await.unwrap();
    let held = viewer.view().snapshot();
    let series = held.panels.iter().flat_map(|(_, panel)| &panel.series);
    let points: usize = series.map(|series| series.values.0.len()).sum();
    let least = points * size_of::<Option<f64>>();
    let bytes = setup.hub.view_bytes();
    assert!((least..least + (32 << 10)).contains(&bytes), "{bytes}");
}

#[tokio::test]
async fn an_unknown_past_gets_a_snapshot() {
    let setup = setup().await;
    let viewer = setup.enter("now-1m");
    viewer.view().loaded().await.unwrap();
    for seen in [
        None,
        Some(EventId {
            epoch: 1,
            sequence: 1,
        }),
    ] {
        let first = viewer.view().subscribe(seen).await.unwrap().first;
        assert_eq!(first.len(), 1);
        assert!(first[0].windows(15).any(|part| part == b"event: snapshot"));
    }
}

#[tokio::test]
async fn a_viewer_that_falls_behind_gets_a_snapshot_and_goes_on() {
    let setup = setup().await;
    let viewer = setup.enter("now-1m");
    viewer.view().loaded().await.unwrap();
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let admitted = setup.hub.admission().admit(here).unwrap();
    let part = ready(Part::View(setup.enter("now-1m"), Some(newest(&viewer))));
    let mut events = pin!(events(part, admitted, &setup.hub));
    tokio::task::yield_now().await;
    assert!(poll!(events.next()).is_pending(), "it has everything");
    for _ in 0..100 {
        viewer.view().reload("nobody reads this");
    }
    let mut kinds = Vec::new();
    while kinds.len() < 3 {
        let event = events.next().await.unwrap().unwrap();
        let text = std::str::from_utf8(&event).unwrap();
        let kind = text.split("event: ").nth(1).unwrap().lines().next();
        kinds.push(kind.unwrap().to_owned());
    }
    assert_eq!(kinds, ["snapshot", "append", "append"]);
}

/// The newest event of a view.
fn newest(viewer: &Viewer) -> EventId {
    viewer.view().snapshot().event_id.parse().unwrap()
}

#[tokio::test]
async fn an_outage_is_said_and_ends_by_itself() {
    let setup = setup().await;
    let viewer = setup.enter("now-1m");
    let view = viewer.view();
    view.loaded().await.unwrap();
    let before = view.snapshot();
    setup.fake.away.store(true, SeqCst);
    let away = wait_for(view, |snapshot| snapshot.source_error.is_some()).await;
    assert!(
        matches!(&away.panels[0].1.status, Status::Failed { message } if message.contains("503"))
    );
    assert_eq!(
        away.panels[0].1.series[0].name, before.panels[0].1.series[0].name,
        "old data stays"
    );
    setup.fake.away.store(false, SeqCst);
    let recovered = |panels: &[(PanelId, PanelData)]| {
        panels.iter().all(|(_, panel)| panel.status == Status::Ok)
    };
    let back = wait_for(view, |now| {
        now.source_error.is_none() && recovered(&now.panels)
    })
    .await;
    let values = &back.panels[0].1.series[0].values.0;
    assert!(
        values.iter().all(Option::is_some),
        "what was missed is fetched afterwards"
    );
}

#[tokio::test]
async fn a_past_range_is_asked_for_once() {
    let setup = setup().await;
    let params = LiveParams {
        from: "1700000000000".into(),
        to: "1700000060000".into(),
        ..LiveParams::default()
    };
    let viewer = setup.enter_at(&params);
    viewer.view().loaded().await.unwrap();
    assert!(!viewer.view().snapshot().window.live);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(setup.asked(), 2);
}

#[tokio::test]
async fn a_view_that_panics_tells_who_waits_and_leaves_the_next_viewer_a_new_one() {
    let setup = setup().await;
    let entry = setup.boards.get(&BoardId::overview()).unwrap();
    let params = LiveParams {
        from: "now-1m".into(),
        ..LiveParams::default()
    };
    let request = entry.request(&params, now_ms()).unwrap();
    let resolved = Resolved::default();
    let filled = entry.filled(&request, &resolved).unwrap();
    let mut view = entry.resolve(&request, &resolved, filled, &1_000.into(), 450);
    view.spec.panels[0].queries[0].name = Arc::new(|_| panic!("on purpose"));
    let frontends = setup.frontends.clone();
    let viewer = setup
        .hub
        .enter(view.key, view.spec, frontends, STREAM)
        .unwrap();
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let admitted = setup.hub.admission().admit(here).unwrap();
    let part = ready(Part::View(setup.enter("now-1m"), None));
    let stream = events(part, admitted, &setup.hub).collect::<Vec<_>>();
    assert_eq!(viewer.view().loaded().await, Err(ViewEnded));
    stream.await; // it ends, so that the page asks anew
    assert_eq!(setup.hub.view_count(), 0);
    let viewer = setup.enter("now-1m");
    viewer.view().loaded().await.unwrap();
}

async fn wait_for(
    view: &server::live::view::View,
    holds: impl Fn(&wire::live::Snapshot) -> bool,
) -> wire::live::Snapshot {
    loop {
        let snapshot = view.snapshot();
        if holds(&snapshot) {
            return snapshot;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
