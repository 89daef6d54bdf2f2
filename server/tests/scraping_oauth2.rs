//! Scraping with access tokens, before a server that gives them out.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

#[expect(dead_code, reason = "the other binaries use the rest of it")]
mod exporter;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use exporter::Rig;
use serde_json::json;
use server::ingest::scrape::Health;
use tokio::net::TcpListener;

/// A server of tokens and of a page that wants the latest of them.
struct Guard {
    /// Whether the secret is wanted in the body, and refused in the header.
    in_body: bool,
    /// What is said of a token's life.
    expires_in: u64,
    given: AtomicUsize,
    forms: Mutex<Vec<String>>,
}

async fn token(State(guard): State<Arc<Guard>>, headers: HeaderMap, body: String) -> Response {
    let in_header = headers.get(header::AUTHORIZATION);
    // "andon" and "a secret" with its space encoded, in Base64.
    let in_header = in_header.is_some_and(|value| value == "Basic YW5kb246YSUyMHNlY3JldA==");
    let in_body = body.contains("client_id=andon") && body.contains("client_secret=a+secret");
    guard.forms.lock().unwrap().push(body);
    if (guard.in_body && !in_body) || (!guard.in_body && !in_header) {
        let refusal = Json(json!({ "error": "invalid_client" }));
        return (StatusCode::UNAUTHORIZED, refusal).into_response();
    }
    let number = guard.given.fetch_add(1, Ordering::SeqCst) + 1;
    let token = format!("token{number}");
    Json(json!({ "access_token": token, "token_type": "Bearer", "expires_in": guard.expires_in }))
        .into_response()
}

async fn page(State(guard): State<Arc<Guard>>, headers: HeaderMap) -> Response {
    let latest = format!("Bearer token{}", guard.given.load(Ordering::SeqCst));
    match headers.get(header::AUTHORIZATION) {
        Some(value) if value == latest.as_str() => "a 1\n".into_response(),
        _ => StatusCode::FORBIDDEN.into_response(),
    }
}

async fn start(in_body: bool, expires_in: u64) -> (Arc<Guard>, SocketAddr) {
    let guard = Arc::new(Guard {
        in_body,
        expires_in,
        given: AtomicUsize::new(0),
        forms: Mutex::default(),
    });
    let router = Router::new()
        .route("/token", post(token))
        .route("/metrics", get(page))
        .with_state(Arc::clone(&guard));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router).into_future());
    (guard, address)
}

fn scrape(address: SocketAddr, secret: &str) -> Rig {
    Rig::start(&format!(
        "- {{job_name: j, scrape_interval: 200ms, static_configs: [{{targets: ['{address}']}}], \
         oauth2: {{client_id: andon, client_secret: {secret}, scopes: [read, list], \
         endpoint_params: {{audience: farm}}, token_url: 'http://{address}/token'}}}}\n"
    ))
}

/// Waits for so many scrapes that brought the page; gives how many did not: on
/// a busy machine one may run out of time.
async fn scraped_times(rig: &Rig, times: usize) -> usize {
    let came = |sample: &&series::Sample| sample.value == 1.0;
    let often = |samples: &[series::Sample]| samples.iter().filter(came).count() >= times;
    let samples = rig.samples_until("up", ("job", "j"), often).await;
    samples.len() - samples.iter().filter(came).count()
}

#[tokio::test]
async fn one_token_serves_until_it_expires() {
    let (guard, address) = start(false, 3_600).await;
    let failed = scraped_times(&scrape(address, "'a secret'"), 4).await;
    assert!(guard.given.load(Ordering::SeqCst) <= 1 + failed);
    let form = guard.forms.lock().unwrap().remove(0);
    for part in [
        "grant_type=client_credentials",
        "scope=read+list",
        "audience=farm",
    ] {
        assert!(form.contains(part), "{form}");
    }

    // As good as expired when it arrives: every scrape fetches one.
    let (guard, address) = start(false, 1).await;
    scraped_times(&scrape(address, "'a secret'"), 3).await;
    assert!(guard.given.load(Ordering::SeqCst) >= 3);
}

#[tokio::test]
async fn the_secret_goes_where_the_server_wants_it() {
    let (_guard, address) = start(true, 3_600).await;
    scraped_times(&scrape(address, "'a secret'"), 2).await;
}

#[tokio::test]
async fn a_refused_secret_is_said() {
    let (_guard, address) = start(false, 3_600).await;
    let target = scrape(address, "wrong").scraped("j").await;
    assert_eq!(target.health, Health::Down);
    for part in ["/token", "oauth2", "401", "invalid_client"] {
        assert!(target.last_error.contains(part), "{}", target.last_error);
    }
}
