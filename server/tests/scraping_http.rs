//! Scraping over connections that break, and to where redirects lead.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

#[expect(dead_code, reason = "the other binaries use the rest of it")]
mod exporter;

use std::net::SocketAddr;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use exporter::{Answer, Exporter, Rig};
use http::HeaderMap;
use server::ingest::scrape::Health;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SECRETS: &str = "basic_auth: {username: me, password: hush}, \
                       http_headers: {X-Key: {values: [hush]}}, params: {api_key: [hush]}";

fn job(address: SocketAddr, keys: &str) -> String {
    format!(
        "- {{job_name: j, scrape_interval: 200ms, \
         static_configs: [{{targets: ['{address}']}}], {keys}}}\n"
    )
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router).into_future());
    address
}

#[tokio::test]
async fn another_host_gets_nothing_that_is_secret() {
    let other = Exporter::of("a 1\n").await;
    let to = format!("http://{}/page", other.address);
    let exporter = Exporter::start(Answer::Elsewhere(to)).await;
    let rig = Rig::start(&job(exporter.address, SECRETS));
    assert_eq!(rig.scraped("j").await.last_error, "");
    let (path, headers) = exporter.requests().swap_remove(0);
    assert!(path.contains("api_key=hush"), "the target itself gets them");
    assert!(headers.contains_key("authorization") && headers.contains_key("x-key"));
    for (path, headers) in other.requests() {
        let seen = format!("{path} {headers:?}");
        assert!(!seen.contains("hush") && !seen.contains("bWU6"), "{seen}");
        assert!(headers.contains_key("accept"), "{seen}");
    }
}

#[tokio::test]
async fn the_same_host_gets_credentials_after_a_redirect() {
    let page = |headers: HeaderMap| async move {
        let is_allowed = headers.contains_key("authorization") && headers.contains_key("x-key");
        let status = if is_allowed { 200 } else { 403 };
        (
            http::StatusCode::from_u16(status).unwrap(),
            [("content-type", "text/plain")],
            "a 1\n",
        )
    };
    let router = Router::new()
        .route("/metrics", get(|| async { Redirect::permanent("/page") }))
        .route("/page", get(page));
    let rig = Rig::start(&job(serve(router).await, SECRETS));
    assert_eq!(rig.scraped("j").await.last_error, "");
}

#[tokio::test]
async fn redirects_are_followed_where_the_job_says_so() {
    let other = Exporter::of("a 1\n").await;
    let to = format!("http://{}/page", other.address);
    let exporter = Exporter::start(Answer::Elsewhere(to)).await;
    let rig = Rig::start(&job(exporter.address, "follow_redirects: false"));
    let error = rig.scraped("j").await.last_error;
    assert!(error.contains("307"), "{error}");
    assert!(other.requests().is_empty());
}

/// Answers the first request of each connection, and closes the connection as
/// the second one comes.
async fn serve_once_a_connection(listener: TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(answer_once(stream));
    }
}

async fn answer_once(mut stream: TcpStream) -> std::io::Result<()> {
    read_head(&mut stream).await?;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n\r\na 1\n";
    stream.write_all(head.as_bytes()).await?;
    read_head(&mut stream).await
}

async fn read_head(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(())
}

#[tokio::test]
async fn a_kept_connection_that_ends_is_no_failed_scrape() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve_once_a_connection(listener));
    let rig = Rig::start(&job(address, ""));
    let up = rig
        .samples_until("up", ("job", "j"), |samples| samples.len() >= 5)
        .await;
    assert!(up.iter().all(|sample| sample.value == 1.0), "{up:?}");
}

#[tokio::test]
async fn a_server_that_never_answers_is_down() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = read_head(&mut stream).await;
        }
    });
    let target = Rig::start(&job(address, "")).scraped("j").await;
    assert_eq!(target.health, Health::Down, "{}", target.last_error);
}
