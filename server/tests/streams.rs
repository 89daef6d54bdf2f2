//! One connection that carries the event streams of several pages.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::Andon;
use wire::url::{LIVE, SNAPSHOT, encode};

/// A server that shows the simulated job system.
async fn demo() -> Andon {
    let andon = Andon::start(&["--demo"]).await;
    while snapshot(&andon, "").await["panels"] == json!([]) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    andon
}

/// What a page of `view` shows now.
async fn snapshot(andon: &Andon, view: &str) -> Value {
    andon.json(&format!("{SNAPSHOT}?{view}")).await
}

/// The address of one stream of all `views`.
fn address(andon: &Andon, views: &[&str]) -> String {
    let views: Vec<String> = views
        .iter()
        .map(|query| format!("view={}", encode(query)))
        .collect();
    format!("{}{LIVE}?{}", andon.url, views.join("&"))
}

/// Reads the stream until its text holds each of `parts`.
async fn read_until(url: &str, parts: &[&str]) {
    let mut stream = reqwest::get(url).await.unwrap();
    assert_eq!(stream.status(), 200, "{url}");
    let mut text = String::new();
    while !parts.iter().all(|part| text.contains(part)) {
        let chunk = stream.chunk().await.unwrap();
        assert!(chunk.is_some(), "{parts:?} not in {text}");
        text.push_str(&String::from_utf8_lossy(&chunk.unwrap()));
    }
}

#[tokio::test]
async fn every_event_says_whose_it_is_and_a_view_that_is_not_there_ends_no_other() {
    let andon = demo().await;
    let url = address(
        &andon,
        &["from=now-5m&to=now", "board=nowhere", "from=now-15m"],
    );
    let refused = "data: 1\nevent: refused\ndata: there is no board `nowhere`\n\n";
    read_until(
        &url,
        &["data: 0\nid: ", "data: 2\nid: ", refused, "event: append"],
    )
    .await;
}

#[tokio::test]
async fn a_view_goes_on_after_what_its_page_has_seen() {
    let andon = demo().await;
    let view = "from=now-5m&to=now&refresh=1s";
    let seen = snapshot(&andon, view).await;
    let after = format!("{view}&after={}", seen["event_id"].as_str().unwrap());
    let mut stream = reqwest::get(address(&andon, &[&after])).await.unwrap();
    let first = stream.chunk().await.unwrap().unwrap();
    let second = stream.chunk().await.unwrap().unwrap();
    let event = [first, second].concat();
    assert!(event.starts_with(b"data: 0\nid: "));
    assert!(String::from_utf8_lossy(&event).contains("event: append"));
}

#[tokio::test]
async fn wider_pages_get_more_points() {
    let andon = demo().await;
    let step_ms = async |query: &str, cookie: &str| {
        let url = format!("{}{SNAPSHOT}?from=now-1h&{query}", andon.url);
        let request = reqwest::Client::new().get(url).header("cookie", cookie);
        let bytes = request.send().await.unwrap().bytes().await.unwrap();
        let snapshot: Value = serde_json::from_slice(&bytes).unwrap();
        snapshot["window"]["step_ms"].as_i64().unwrap()
    };
    assert_eq!(step_ms("", "").await, 10_000);
    assert_eq!(step_ms("width=narrow", "andon-width=wide").await, 15_000);
    assert_eq!(step_ms("width=wide", "").await, 5_000);
    assert_eq!(step_ms("", "andon-width=wide").await, 5_000);
}

#[tokio::test]
async fn a_connection_carries_no_more_than_an_address_can_name() {
    let andon = demo().await;
    let answer = reqwest::get(address(&andon, &["from=now-5m"; 33]))
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("32 views"));
}

#[tokio::test]
async fn a_stream_too_many_is_refused_with_words() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("andon.toml");
    std::fs::write(&config, "[live]\nmax_streams_per_address = 1\n").unwrap();
    let andon = Andon::start(&["--demo", "--config", config.to_str().unwrap()]).await;
    let url = format!("{}{LIVE}", andon.url);
    let first = reqwest::get(&url).await.unwrap();
    assert_eq!(first.status(), 200);
    let second = reqwest::get(&url).await.unwrap();
    assert_eq!(second.status(), 429);
    assert_eq!(second.headers()["retry-after"], "30");
    let words = second.text().await.unwrap();
    assert!(words.contains("already has 1 live streams"), "{words}");
    drop(first);
    while reqwest::get(&url).await.unwrap().status() != 200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
