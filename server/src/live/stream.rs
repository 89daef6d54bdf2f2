//! Places at views -> the body of a Server-Sent-Events response.
//!
//! Contract: every viewer of a view sends the same shared bytes. A viewer that
//! falls behind by more than the view keeps for it gets a snapshot and goes on
//! from there. The stream ends when the server does, or with the first of its
//! views: the page then asks for all of them anew.
//!
//! One stream may carry several views, for pages that share a connection. Then
//! the data of each event begins with a line that says which view's it is, by
//! its place in the request.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, iter, once, select_all, unfold};
use futures_util::{FutureExt, Stream, StreamExt};
use tokio::sync::broadcast::error::RecvError;

use super::admission::Admitted;
use super::frame::EventId;
use super::hub::Hub;
use super::view::Viewer;

/// Marks an answer, by an extension of the response, as a stream of events: the
/// listener holds it for as long as it lasts, at a cost of its own.
#[derive(Clone, Copy, Debug)]
pub struct EventStream;

/// What a stream carries of one view.
pub enum Part {
    /// The events of a view from what the page has seen on.
    View(Viewer, Option<EventId>),
    /// One event that says why there are none.
    Refused(String),
}

/// The events of one view, once it is found.
pub fn events<F>(
    part: F,
    admitted: Admitted,
    hub: &Hub,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + use<F>
where
    F: Future<Output = Part> + Send + 'static,
{
    let hub = hub.clone();
    let events = part.map(move |part| match part {
        Part::View(viewer, seen) => frames(viewer, seen, &hub).boxed(),
        Part::Refused(words) => once(async move { refusal(&words) }).boxed(),
    });
    events.flatten_stream().map(move |bytes| {
        let _held = &admitted;
        Ok(bytes)
    })
}

/// The events of several views, each once it is found, under its place in
/// `parts`.
pub fn multiplexed(
    parts: Vec<BoxFuture<'static, Part>>,
    admitted: Admitted,
    hub: &Hub,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + use<> {
    let part = |(place, part): (usize, BoxFuture<'static, Part>)| -> BoxStream<'static, _> {
        let first_line = Bytes::from(format!("data: {place}\n"));
        let under = move |event| Some([first_line.clone(), event]);
        let hub = hub.clone();
        let events = part.map(move |part| match part {
            Part::View(viewer, seen) => frames(viewer, seen, &hub)
                .map(under)
                .chain(once(async { None }))
                .boxed(),
            Part::Refused(words) => once(async move { refusal(&words) }).map(under).boxed(),
        });
        events.flatten_stream().boxed()
    };
    select_all(parts.into_iter().enumerate().map(part))
        .take_while(|event| std::future::ready(event.is_some()))
        .flat_map(|event| iter(event.into_iter().flatten()))
        .map(move |bytes| {
            let _held = &admitted;
            Ok(bytes)
        })
}

/// Words of any length and lines, as the data of an event.
fn refusal(words: &str) -> Bytes {
    // A carriage return alone ends a line of a stream as well.
    let lines: String = words
        .split(['\r', '\n'])
        .map(|line| format!("data: {line}\n"))
        .collect();
    Bytes::from(format!("event: refused\n{lines}\n"))
}

fn frames(
    viewer: Viewer,
    seen: Option<EventId>,
    hub: &Hub,
) -> impl Stream<Item = Bytes> + Send + use<> {
    let sent_bytes = hub.sent_bytes_counter();
    let subscribed = async move {
        let subscription = viewer.view().subscribe(seen).await.ok()?;
        Some(Reader {
            viewer,
            frames: subscription.frames,
            first: subscription.first.into(),
            sent_bytes,
        })
    };
    once(subscribed).flat_map(|reader| unfold(reader, next_event))
}

async fn next_event(reader: Option<Reader>) -> Option<(Bytes, Option<Reader>)> {
    let mut reader = reader?;
    let bytes = reader.next().await?;
    reader.sent_bytes.fetch_add(bytes.len() as u64, Relaxed);
    Some((bytes, Some(reader)))
}

struct Reader {
    viewer: Viewer,
    frames: tokio::sync::broadcast::Receiver<super::frame::Frame>,
    first: VecDeque<Bytes>,
    sent_bytes: Arc<AtomicU64>,
}

impl Reader {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(bytes) = self.first.pop_front() {
            return Some(bytes);
        }
        tokio::select! {
            () = self.viewer.view().ended().cancelled() => None,
            received = self.frames.recv() => match received {
                Ok(frame) => Some(frame.bytes),
                Err(RecvError::Lagged(_)) => {
                    let anew = self.viewer.view().subscribe(None).await.ok()?;
                    self.frames = anew.frames;
                    self.first = anew.first.into();
                    self.first.pop_front()
                }
                Err(RecvError::Closed) => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_break_in_a_reason_begins_an_event() {
        for reason in [
            "a\n\nevent: append\ndata: b",
            "a\r\revent: x\rdata: b",
            "a\r\n\r\nid: 1",
        ] {
            let event = refusal(reason);
            let text = std::str::from_utf8(&event).unwrap();
            let lines = text.strip_prefix("event: refused\n").unwrap();
            let lines = lines.strip_suffix("\n\n").unwrap();
            for line in lines.split(['\r', '\n']) {
                assert!(line.starts_with("data: "), "{reason:?}: {text:?}");
            }
        }
    }
}
