//! The end of the server while clients hold on to it.
//!
//! Its drain is measured on the clock of its own timers (tokio's, paused),
//! which stands still while the machine is busy: no slow machine fails it.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

use std::net::SocketAddr;
use std::time::Duration;

use server::config::Config;
use server::{StartError, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long the end may take.
const LIMIT: Duration = Duration::from_secs(2);

const STREAM: &str = "GET /api/live HTTP/1.1\r\nHost: andon\r\n\r\n";

/// A request whose body never comes.
const UNFINISHED: &str =
    "POST /api/v1/write HTTP/1.1\r\nHost: andon\r\nContent-Length: 1000\r\n\r\n\0";

/// The whole server in this process, with a store on the disk.
struct Server {
    address: SocketAddr,
    shutdown: CancellationToken,
    ended: JoinHandle<Result<(), StartError>>,
    _folder: tempfile::TempDir,
}

impl Server {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.storage.data_dir = Some(folder.path().to_owned());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let ended = tokio::spawn(run(listener, config.into(), shutdown.clone()));
        Self {
            address,
            shutdown,
            ended,
            _folder: folder,
        }
    }

    async fn send(&self, request: &str) -> TcpStream {
        let mut client = TcpStream::connect(self.address).await.unwrap();
        client.write_all(request.as_bytes()).await.unwrap();
        client
    }

    /// An event stream that has begun.
    async fn stream(&self) -> TcpStream {
        let mut client = self.send(STREAM).await;
        let mut seen = Vec::new();
        while !seen.windows(4).any(|part| part == b"\r\n\r\n") {
            assert_ne!(client.read_buf(&mut seen).await.unwrap(), 0, "{seen:?}");
        }
        client
    }

    /// Ends the server; says how long it waited for its clients.
    async fn end(self) -> Duration {
        tokio::time::pause();
        let began = Instant::now();
        self.shutdown.cancel();
        self.ended.await.unwrap().unwrap();
        began.elapsed()
    }
}

/// A stream ends as its connection does: closed, not reset, and between two events.
async fn check_ended_in_good_order(mut stream: TcpStream) {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    let is_whole = rest.is_empty() || rest.ends_with(b"\n\n");
    assert!(is_whole, "{}", String::from_utf8_lossy(&rest));
}

#[tokio::test]
async fn streams_get_their_end_and_hold_up_nothing() {
    let server = Server::start().await;
    let streams = [
        server.stream().await,
        server.stream().await,
        server.stream().await,
    ];
    let took = server.end().await;
    assert_eq!(took, Duration::ZERO, "no timer had to help");
    for stream in streams {
        check_ended_in_good_order(stream).await;
    }
}

#[tokio::test]
async fn a_client_that_holds_on_is_left_behind_in_time() {
    let server = Server::start().await;
    let stream = server.stream().await;
    let unfinished = server.send(UNFINISHED).await;
    let silent = server.send("").await;
    let took = server.end().await;
    assert!(took <= LIMIT, "{took:?}");
    check_ended_in_good_order(stream).await;
    drop((unfinished, silent));
}
