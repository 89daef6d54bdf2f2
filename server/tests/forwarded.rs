//! What only an upstream knows passes through the API of the real binary as it is.

mod support;

use axum::Router;
use axum::routing::any;
use support::Andon;
use tokio::net::TcpListener;

const SCALAR: &str = r#"{"status":"success","data":{"resultType":"scalar","result":[0,"1"]}}"#;
const EXEMPLARS: &str = r#"{"status":"success","data":[{"seriesLabels":{"__name__":"a"},
    "exemplars":[{"labels":{"trace_id":"t1"},"value":"0.5","timestamp":1700000000.5}]}]}"#;

// Starting the binary blocks a thread until it listens, while its source must answer.
#[tokio::test(flavor = "multi_thread")]
async fn exemplars() {
    let router = Router::new()
        .route("/api/v1/query", any(|| async { SCALAR }))
        .route("/api/v1/query_exemplars", any(|| async { EXEMPLARS }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    let andon = Andon::start(&[&url]).await;
    let found = andon
        .data("/api/v1/query_exemplars?query=a&start=0&end=1")
        .await;
    let trace = found.pointer("/0/exemplars/0/labels/trace_id").unwrap();
    assert_eq!(trace, "t1");
}
