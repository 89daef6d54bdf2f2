//! One view: what a board shows of a range, for everybody who looks at it.
//!
//! Contract: whoever looks waits for no rendering and no encoding of others'
//! events; the lock over the state is held to read and to change it alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use bytes::Bytes;
use parking_lot::{Mutex, MutexGuard};
use query::SourceName;
use tokio::sync::{Semaphore, broadcast, watch};
use tokio_util::sync::CancellationToken;
use wire::id::PanelId;
use wire::live::{LiveEvent, Snapshot};

use super::frame::{EventId, Frame};
use super::panel_renderer::Rendered;
use super::spec::ViewSpec;
use super::state::ViewState;
use crate::clock::now_ms;
use crate::query::QueryFrontends;
use crate::supervise;

/// Events that wait for a slow viewer before it is given a snapshot instead.
const FRAMES_IN_FLIGHT: usize = 16;

/// A board, a range and variables that somebody looks at.
pub struct View {
    pub(super) spec: ViewSpec,
    pub(super) frontends: QueryFrontends,
    pub(super) frames: broadcast::Sender<Frame>,
    pub(super) loaded: watch::Sender<bool>,
    shared: ViewShared,
    state: Mutex<ViewState>,
    ended: CancellationToken,
    /// About how many bytes it takes, as of the newest event.
    bytes: AtomicUsize,
    viewers: AtomicUsize,
    streams: AtomicUsize,
}

/// What all views share.
#[derive(Clone)]
pub struct ViewShared {
    /// What pages are told of the server.
    pub server_version: String,
    /// As many views are rendered at once as there are cores.
    pub rendering: Arc<Semaphore>,
}

/// Nothing more will come of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the data of this page is being set up anew; try again")]
pub struct ViewEnded;

/// A viewer's place: what it must be sent first, and what comes then.
pub struct Subscription {
    /// Events that the viewer has missed, or a snapshot.
    pub first: Vec<Bytes>,
    /// Everything after that.
    pub frames: broadcast::Receiver<Frame>,
}

impl View {
    /// A view that has not asked for anything yet, and takes `ended` for its end.
    pub fn new(
        spec: ViewSpec,
        frontends: QueryFrontends,
        shared: ViewShared,
        ended: CancellationToken,
    ) -> Self {
        let window = spec.window(now_ms());
        let state = Mutex::new(ViewState::new(&spec, window));
        let nothing_to_load = spec.panels.is_empty();
        Self {
            spec,
            frontends,
            frames: broadcast::channel(FRAMES_IN_FLIGHT).0,
            loaded: watch::channel(nothing_to_load).0,
            shared,
            state,
            ended,
            bytes: AtomicUsize::new(0),
            viewers: AtomicUsize::new(0),
            streams: AtomicUsize::new(0),
        }
    }

    /// How many look at the view now.
    pub fn viewers(&self) -> usize {
        self.viewers.load(Relaxed)
    }

    /// How many of them have a stream, and will go on looking.
    pub fn streams(&self) -> usize {
        self.streams.load(Relaxed)
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    /// Counts a viewer in until the guard is dropped.
    pub fn enter(self: &Arc<Self>, has_stream: bool) -> Viewer {
        self.viewers.fetch_add(1, Relaxed);
        self.streams.fetch_add(usize::from(has_stream), Relaxed);
        Viewer {
            view: Arc::clone(self),
            has_stream,
        }
    }

    /// Waits until every panel has been answered once, with data or an error.
    ///
    /// # Errors
    /// Where the view ends before.
    pub async fn loaded(&self) -> Result<(), ViewEnded> {
        let mut loaded = self.loaded.subscribe();
        tokio::select! {
            biased; // what is loaded stays so
            loaded = loaded.wait_for(|loaded| *loaded) => loaded.map(drop).map_err(|_| ViewEnded),
            () = self.ended.cancelled() => Err(ViewEnded),
        }
    }

    /// Tells everybody who looks that nothing more will come.
    pub fn end(&self) {
        self.ended.cancel();
    }

    /// Cancelled when nothing more will come, since the view or the server ends.
    pub fn ended(&self) -> &CancellationToken {
        &self.ended
    }

    /// What a page shows now.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_of(&self.lock())
    }

    /// What a panel shows now, as a CSV file; `None` for one without queries.
    pub async fn csv(&self, panel: PanelId) -> Option<String> {
        let csv = self.lock().csv(panel)?;
        supervise::blocking("csv", move || csv.text()).await
    }

    /// The events since `seen`, or a snapshot, and all further ones.
    ///
    /// # Errors
    /// Where there is no snapshot to be had, since the server ends.
    pub async fn subscribe(
        self: &Arc<Self>,
        seen: Option<EventId>,
    ) -> Result<Subscription, ViewEnded> {
        if let Some(seen) = seen
            && let Some(subscription) = self.subscribe_after(seen, Vec::new())
        {
            return Ok(subscription);
        }
        loop {
            let snapshot = Arc::clone(self.lock().snapshot());
            let encoded = snapshot.get_or_try_init(|| self.encode_snapshot());
            let (id, bytes) = encoded.await?;
            // Unless more has happened meanwhile than is held.
            if let Some(subscription) = self.subscribe_after(*id, vec![bytes.clone()]) {
                return Ok(subscription);
            }
        }
    }

    /// `first` and what has happened since `seen`, if all of that is held, and
    /// all further events: each comes once, since one may build on the one before.
    fn subscribe_after(&self, seen: EventId, mut first: Vec<Bytes>) -> Option<Subscription> {
        let state = self.lock();
        first.extend(state.since(seen)?);
        let frames = self.frames.subscribe();
        Some(Subscription { first, frames })
    }

    /// The snapshot event, for all who ask for one before the next event.
    async fn encode_snapshot(self: &Arc<Self>) -> Result<(EventId, Bytes), ViewEnded> {
        let view = Arc::clone(self);
        let encoded = supervise::blocking("snapshot", move || {
            let (id, snapshot) = {
                let state = view.lock();
                (state.id(), view.snapshot_of(&state))
            };
            let frame = Frame::encode(id, &LiveEvent::Snapshot(Box::new(snapshot)))?;
            Ok::<_, serde_json::Error>((id, frame.bytes))
        });
        match encoded.await {
            Some(Ok(encoded)) => Ok(encoded),
            Some(Err(error)) => {
                tracing::error!(%error, "a snapshot cannot be encoded");
                Err(ViewEnded)
            }
            None => Err(ViewEnded),
        }
    }

    /// Has every page load itself anew.
    pub fn reload(&self, reason: &str) {
        let id = self.lock().id();
        let event = LiveEvent::Reload {
            reason: reason.to_owned(),
        };
        if let Ok(frame) = Frame::encode(id, &event) {
            let _ = self.frames.send(frame);
        }
    }

    /// Counts an event and what was rendered for it, and sends it to everybody
    /// who looks.
    pub(super) fn send(&self, frame: Frame, rendered: Vec<(usize, Rendered)>) {
        let mut state = self.lock();
        state.push(frame.clone(), rendered);
        self.bytes.store(state.bytes(), Relaxed);
        // Under the lock, so that whoever subscribes gets it once.
        // Where nobody looks, the next one gets a snapshot.
        let _ = self.frames.send(frame);
    }

    /// What limits how many views are rendered at once.
    pub(super) fn rendering(&self) -> &Semaphore {
        &self.shared.rendering
    }

    pub(super) fn snapshot_of(&self, state: &ViewState) -> Snapshot {
        Snapshot {
            event_id: state.id().to_string(),
            board: self.spec.board.clone(),
            panels: state.panels(),
            rendered: state.rendered(),
            window: state.window(),
            server_time_ms: now_ms(),
            server_version: self.shared.server_version.clone(),
            source: self.source(),
            source_error: state.source_error().or_else(|| self.outage()),
        }
    }

    /// Why the default source is away: what a board without queries has to say.
    fn outage(&self) -> Option<String> {
        let default = self.frontends.get(&SourceName::default_source()).ok();
        let outage = default.and_then(|frontend| frontend.outage());
        outage
            .filter(|_| self.spec.panels.is_empty())
            .map(|error| error.to_string())
    }

    /// The names of the sources that its queries ask.
    pub(super) fn sources(&self) -> impl Iterator<Item = &SourceName> {
        let queries = self.spec.panels.iter().flat_map(|panel| &panel.queries);
        queries.map(|of| &of.query.source)
    }

    /// The source of the board, in a few words.
    fn source(&self) -> String {
        let name = self.sources().next().cloned();
        self.frontends
            .get(&name.unwrap_or_else(SourceName::default_source))
            .map(|frontend| frontend.describe())
            .unwrap_or_default()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, ViewState> {
        self.state.lock()
    }
}

/// Counts as a viewer while it lives.
pub struct Viewer {
    view: Arc<View>,
    has_stream: bool,
}

impl Viewer {
    /// The view that is looked at.
    pub fn view(&self) -> &Arc<View> {
        &self.view
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.view.viewers.fetch_sub(1, Relaxed);
        self.view
            .streams
            .fetch_sub(usize::from(self.has_stream), Relaxed);
    }
}
