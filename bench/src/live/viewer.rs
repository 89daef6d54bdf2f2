//! A viewer: a connection that reads an event stream and notes when which event came. No HTTP library: ten thousand
//! of them share two cores with the server, and they must not be what is measured.

use crate::server::Server;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// The last frames are waited for so long after counting ends: they may be on their way.
const ON_THE_WAY: Duration = Duration::from_secs(10);

/// Which events of one view came to its viewers, and when, while it is counted.
#[derive(Default)]
pub struct Seen(Mutex<Tally>);

#[derive(Default)]
struct Tally {
    /// The greatest number that an event had so far.
    newest: u64,
    is_counting: bool,
    /// By their numbers: those that nobody had when counting began.
    events: BTreeMap<u64, Event>,
}

struct Event {
    first: Instant,
    /// Milliseconds after the first viewer had it, one a viewer.
    delays_ms: Vec<f64>,
}

impl Seen {
    /// Counts the events that nobody has yet.
    pub fn start(&self) {
        self.lock().is_counting = true;
    }

    /// The delays of each event since the start, in order of time: of those that some viewer has by now, once
    /// `viewers` have them or have had time enough.
    pub async fn stop(&self, viewers: usize) -> Vec<Vec<f64>> {
        let newest = self.lock().newest;
        let deadline = Instant::now() + ON_THE_WAY;
        while Instant::now() < deadline && !self.lock().all_have(newest, viewers) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut tally = self.lock();
        tally.is_counting = false;
        let events = std::mem::take(&mut tally.events).into_iter();
        events
            .filter(|(number, _)| *number <= newest)
            .map(|(_, event)| event.delays_ms)
            .collect()
    }

    fn note(&self, number: u64) {
        let now = Instant::now();
        let mut tally = self.lock();
        let is_new = number > tally.newest;
        tally.newest = tally.newest.max(number);
        if tally.is_counting && is_new {
            let event = Event {
                first: now,
                delays_ms: Vec::new(),
            };
            tally.events.insert(number, event);
        }
        if let Some(event) = tally.events.get_mut(&number) {
            let delay = now.saturating_duration_since(event.first);
            event.delays_ms.push(delay.as_secs_f64() * 1e3);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tally {
    fn all_have(&self, newest: u64, viewers: usize) -> bool {
        let mut events = self.events.range(..=newest);
        events.all(|(_, event)| event.delays_ms.len() >= viewers)
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
    // As a page asks, whose stream might carry more views than its own.
    let view = format!("{query}&width=usual").replace('&', "%26");
    let request = format!(
        "GET /api/live?view={view} HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n"
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

/// Notes each line `id: EPOCH-NUMBER` until the stream ends. A snapshot has the number of the event before it, and is
/// no event more: a viewer that is given one in place of events has missed those.
async fn read(mut stream: TcpStream, seen: Arc<Seen>) {
    let mut buffer = vec![0; 16 * 1024];
    let mut line = Vec::new();
    let mut last = 0;
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        for part in buffer[..length].split_inclusive(|byte| *byte == b'\n') {
            // Only a line's beginning matters: data lines are long and are let go.
            line.extend_from_slice(&part[..part.len().min(64)]);
            if part.ends_with(b"\n") {
                if let Some(number) = number(&line).filter(|number| *number > last) {
                    seen.note(number);
                    last = number;
                }
                line.clear();
            }
        }
    }
}

/// The event's number in a line `id: EPOCH-NUMBER`.
fn number(line: &[u8]) -> Option<u64> {
    let id = std::str::from_utf8(line.strip_prefix(b"id:")?).ok()?;
    id.trim().rsplit_once('-')?.1.parse().ok()
}
