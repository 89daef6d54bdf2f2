//! A place at a view -> the body of a Server-Sent-Events response.
//!
//! Contract: every viewer of a view sends the same shared bytes. A viewer that
//! falls behind by more than the view keeps for it gets a snapshot and goes on
//! from there. The stream ends when the server does.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::admission::Admitted;
use super::frame::EventId;
use super::hub::Hub;
use super::view::{Subscription, Viewer};

/// The events for one viewer, from what it has `seen` on.
pub fn events(
    viewer: Viewer,
    admitted: Admitted,
    seen: Option<EventId>,
    hub: &Hub,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + use<> {
    let Subscription { first, frames } = viewer.view().subscribe(seen);
    let reader = Reader {
        viewer,
        frames,
        first: first.into(),
        sent_bytes: hub.sent_bytes_counter(),
        shutdown: hub.shutdown().clone(),
        _admitted: admitted,
    };
    unfold(reader, |mut reader| async move {
        let bytes = reader.next().await?;
        reader.sent_bytes.fetch_add(bytes.len() as u64, Relaxed);
        Some((Ok(bytes), reader))
    })
}

struct Reader {
    viewer: Viewer,
    frames: tokio::sync::broadcast::Receiver<super::frame::Frame>,
    first: VecDeque<Bytes>,
    sent_bytes: Arc<AtomicU64>,
    shutdown: CancellationToken,
    _admitted: Admitted,
}

impl Reader {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(bytes) = self.first.pop_front() {
            return Some(bytes);
        }
        tokio::select! {
            () = self.shutdown.cancelled() => None,
            received = self.frames.recv() => match received {
                Ok(frame) => Some(frame.bytes),
                Err(RecvError::Lagged(_)) => {
                    let anew = self.viewer.view().subscribe(None);
                    self.frames = anew.frames;
                    self.first = anew.first.into();
                    self.first.pop_front()
                }
                Err(RecvError::Closed) => None,
            },
        }
    }
}
