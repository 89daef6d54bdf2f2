//! A viewer: a connection that reads an event stream and notes when which event came. No HTTP library: ten thousand
//! of them share two cores with the server, and they must not be what is measured.

use crate::server::Server;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// When which event came to the viewers, while it is counted.
#[derive(Default)]
pub struct Seen(Mutex<Option<BTreeMap<Instant, Event>>>);

struct Event {
    id: String,
    /// Milliseconds after the first viewer had it, one a viewer.
    delays: Vec<f64>,
}

impl Seen {
    /// Counts from now on.
    pub fn start(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(BTreeMap::new());
    }

    /// The delays of each event since the start, in order of time; counts no more.
    pub fn stop(&self) -> Vec<Vec<f64>> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        events
            .unwrap_or_default()
            .into_values()
            .map(|event| event.delays)
            .collect()
    }

    fn note(&self, id: &str) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(events) = counted.as_mut() else {
            return;
        };
        let now = Instant::now();
        // Newest first: that is where it nearly always is.
        match events.iter_mut().rev().find(|(_, event)| event.id == id) {
            Some((first, event)) => event.delays.push((now - *first).as_secs_f64() * 1e3),
            None => {
                events.insert(
                    now,
                    Event {
                        id: id.to_owned(),
                        delays: vec![0.0],
                    },
                );
            }
        }
    }
}

/// Subscribes to the live stream of `query`, from the loopback address numbered `from`; returns once the stream is
/// open. It is read for as long as `viewers` lives.
pub async fn watch(
    viewers: &mut JoinSet<()>,
    server: &Server,
    from: usize,
    query: &str,
    seen: Arc<Seen>,
) -> Result<()> {
    let address: SocketAddr = server.url.trim_start_matches("http://").parse()?;
    let socket = TcpSocket::new_v4()?;
    let last = u8::try_from(from + 2)?;
    socket.bind(SocketAddr::new(
        IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)),
        0,
    ))?;
    let mut stream = socket.connect(address).await?;
    let request = format!(
        "GET /api/live?{query} HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut head = [0; 12];
    stream
        .read_exact(&mut head)
        .await
        .context("no answer to a stream's request")?;
    if !head.ends_with(b"200") {
        bail!("a stream was refused: {}", String::from_utf8_lossy(&head));
    }
    viewers.spawn(read(stream, seen));
    Ok(())
}

/// Notes each line `id: …` until the stream ends.
async fn read(mut stream: TcpStream, seen: Arc<Seen>) {
    let mut buffer = vec![0; 16 * 1024];
    let mut line = Vec::new();
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        for part in buffer[..length].split_inclusive(|byte| *byte == b'\n') {
            // Only a line's beginning matters: data lines are long and are let go.
            line.extend_from_slice(&part[..part.len().min(64)]);
            if part.ends_with(b"\n") {
                if let Some(id) = line.strip_prefix(b"id:") {
                    seen.note(String::from_utf8_lossy(id).trim());
                }
                line.clear();
            }
        }
    }
}
