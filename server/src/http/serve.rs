//! A listening socket -> connections, served until the server is to end.
//!
//! hyper holds some 20 KiB of buffers for as long as a connection lives: nothing
//! for an answer, too much for ten thousand streams that wait for their next
//! event. So a connection whose answer is marked [`EventStream`] is taken back
//! from hyper, and the events are written to it as they come.
//!
//! Contract: a stream ends when its body, its reader or the server does, and by
//! closing the connection: that is its only length. One whose reader takes
//! nothing holds up neither the others nor the server's end. A client that is
//! silent where a request is due is given up after a while; how many there may
//! be, [`super::connections`] says.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use futures_util::StreamExt;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::connections::{Connections, Place, Rights};
use crate::live::stream::EventStream;
use crate::supervise;

/// After an error of the socket itself, such as too many open files.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves until `shutdown` is cancelled and every connection has ended.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections: Connections,
    shutdown: CancellationToken,
) {
    let tasks = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, peer)) => {
                let (router, streams) = (router.clone(), tasks.clone());
                let (of_answers, of_stream) = (shutdown.clone(), shutdown.clone());
                let place = connections.admit(peer.ip());
                let connection = async move {
                    let answer = answers(socket, peer, router, &place, of_answers).await;
                    if let Some((socket, answer)) = answer {
                        // In a task of its own: this one is as large as hyper's connection.
                        let stream = async move {
                            let _place = place;
                            // An error is the peer's.
                            let _ = stream(socket, answer, of_stream).await;
                        };
                        supervise::spawn("event stream", streams.track_future(stream));
                    }
                };
                supervise::spawn("connection", tasks.track_future(connection));
            }
            Err(error) if is_of_peer(&error) => {}
            Err(error) => {
                tracing::warn!("no connection can be accepted: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

fn is_of_peer(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// Has hyper answer requests until the connection ends, or until an answer is a
/// stream: then the connection comes back with it, unanswered.
async fn answers(
    socket: TcpStream,
    peer: SocketAddr,
    router: Router,
    place: &Place,
    shutdown: CancellationToken,
) -> Option<(TcpStream, Response)> {
    // Events and answers are written whole: waiting for more to send gains nothing.
    let _ = socket.set_nodelay(true);
    let found: Arc<Mutex<Option<Response>>> = Arc::default();
    let handed = Arc::clone(&found);
    let rights = place.rights.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let (router, handed) = (router.clone(), Arc::clone(&handed));
        let answer = answer(router, peer, rights.clone(), request);
        async move {
            let answer = answer.await;
            if answer.extensions().get::<EventStream>().is_none() {
                return Ok::<_, Infallible>(answer);
            }
            *handed.lock() = Some(answer);
            pending().await
        }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(place.idle) // a rest between two requests counts as well
        .keep_alive(place.keeps_alive)
        .serve_connection(TokioIo::new(socket), service);
    let mut ending = Box::pin(shutdown.cancelled_owned());
    let mut is_ending = false;
    let answer = poll_fn(|cx: &mut Context<'_>| {
        if !is_ending && ending.as_mut().poll(cx).is_ready() {
            is_ending = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        let ended = Pin::new(&mut connection).poll(cx);
        match found.lock().take() {
            Some(answer) => Poll::Ready(Some(answer)),
            None => ended.map(|_| None), // an error is the peer's
        }
    });
    let answer = tokio::select! {
        answer = answer => answer?,
        () = place.gives_way.cancelled() => return None,
    };
    Some((connection.into_parts().io.into_inner(), answer))
}

async fn answer(
    router: Router,
    peer: SocketAddr,
    rights: Rights,
    request: Request<Incoming>,
) -> Response {
    if let Some(refusal) = rights.refuse(request.uri().path()) {
        return refusal;
    }
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    let Ok(answer) = router.oneshot(request).await;
    answer
}

/// Writes the answer until it ends, the reader is gone or the server is to end.
async fn stream(
    mut socket: TcpStream,
    answer: Response,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let head = head(&answer);
    socket.write_all(&head).await?;
    drop(head);
    let mut events = answer.into_body().into_data_stream();
    let mut ending = pin!(shutdown.cancelled());
    let mut unread = [0; 16]; // a reader has nothing more to say, but that it goes
    loop {
        tokio::select! {
            event = events.next() => match event {
                Some(Ok(bytes)) => tokio::select! {
                    biased; // what there is room for is written whole
                    written = socket.write_all(&bytes) => written?,
                    () = &mut ending => break,
                },
                Some(Err(_)) | None => break,
            },
            length = socket.read(&mut unread) => if length? == 0 { break },
            () = &mut ending => break,
        }
    }
    socket.shutdown().await
}

/// Status line and headers, as RFC 9112 writes them.
fn head(answer: &Response) -> Vec<u8> {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::now());
    let mut head = format!("HTTP/1.1 {}\r\nconnection: close\r\n", answer.status()).into_bytes();
    if let Ok(date) = date {
        head.extend_from_slice(format!("date: {date}\r\n").as_bytes());
    }
    for (name, value) in answer.headers() {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            head.extend_from_slice(part);
        }
    }
    head.extend_from_slice(b"\r\n");
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use axum::body::Bytes;
    use axum::routing::get;
    use futures_util::stream::repeat_with;
    use tokio::time::Instant;

    use crate::http::connections::IDLE;
    use crate::live::admission::StreamLimits;

    #[tokio::test]
    async fn a_reader_that_takes_nothing_does_not_hold_up_the_end() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _reader = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (socket, _) = listener.accept().await.unwrap();
        let written = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&written);
        let endless = repeat_with(move || {
            count.fetch_add(1, SeqCst);
            Ok::<_, Infallible>(Bytes::from_static(&[b' '; 1 << 16]))
        });
        let shutdown = CancellationToken::new();
        let answer = Response::new(Body::from_stream(endless));
        let stream = tokio::spawn(stream(socket, answer, shutdown.clone()));
        let mut before = 0;
        while before == 0 || before != written.load(SeqCst) {
            before = written.load(SeqCst);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        shutdown.cancel();
        stream.await.unwrap().unwrap();
    }

    /// A listener that serves so many connections.
    async fn listen(total: usize) -> SocketAddr {
        let router = Router::new()
            .route("/", get(|| async { "page" }))
            .route(wire::url::HEALTHZ, get(|| async { "ok" }));
        let limits = StreamLimits {
            total,
            per_address: total,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, shutdown) = (Connections::of(limits), CancellationToken::new());
        tokio::spawn(serve(listener, router, connections, shutdown));
        address
    }

    /// What comes back, to the end of the connection.
    async fn answer_to(address: SocketAddr, request: &str) -> String {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer
    }

    fn request(path: &str) -> String {
        format!("GET {path} HTTP/1.1\r\nhost: andon\r\nconnection: close\r\n\r\n")
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_is_silent_where_a_request_is_due_is_given_up() {
        let address = listen(100).await;
        let whole = "GET / HTTP/1.1\r\nhost: andon\r\n\r\n";
        for (request, answer) in [("", ""), ("GET / HTTP/1.1\r\nho", ""), (whole, "page")] {
            let began = Instant::now();
            let got = answer_to(address, request).await;
            assert!(got.ends_with(answer), "{request:?}: {got:?}");
            let took = began.elapsed();
            assert!(took >= IDLE && took < 2 * IDLE, "{request:?}: {took:?}");
        }
    }

    #[tokio::test]
    async fn idle_connections_beyond_all_limits_stop_no_probe() {
        let address = listen(50).await;
        let mut idle = Vec::new();
        for _ in 0..300 {
            let mut socket = TcpStream::connect(address).await.unwrap();
            // One that has given way already is closed.
            let _ = socket.write_all(b"GET / HTTP/1.1\r\n").await;
            idle.push(socket);
        }
        let probe = answer_to(address, &request(wire::url::HEALTHZ)).await;
        assert!(probe.ends_with("ok"), "{probe}");
        let refused = answer_to(address, &request("/")).await;
        assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
        assert!(refused.contains("retry-after: 10"), "{refused}");
        assert!(
            refused.contains("all 50 connections that this Andon serves are open"),
            "{refused}"
        );
    }
}
