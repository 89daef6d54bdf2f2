//! One view: asks for its new points once a tick and tells every viewer.
//!
//! A panel that is slow or fails holds no other up: at each tick only panels
//! without a question under way ask, and answers are told as they come,
//! gathered for a moment so that a tick is mostly one event.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout_at};
use wire::live::{LiveEvent, Snapshot};

use super::evaluate::evaluate;
use super::frame::{EventId, Frame, HEARTBEAT};
use super::spec::ViewSpec;
use super::state::{Changes, Evaluated, ViewState};
use crate::clock::now_ms;
use crate::plane::normal::Span;
use crate::plane::{Plane, Planes};

/// Events that wait for a slow viewer before it is given a snapshot instead.
const FRAMES_IN_FLIGHT: usize = 16;
/// Answers that come within this time of the first share its event.
const GATHER: Duration = Duration::from_millis(60);
/// Points are asked for so long after their time: their scrape must have ended.
const SETTLE_MS: i64 = 150;
/// A stream never stays silent for longer.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(15);
/// A view without an answer says so, and how long the queue is.
const SAY_WAITING_AFTER: Duration = Duration::from_millis(400);
/// A view that stands still asks again after a failure.
const RETRY_EVERY_MS: i64 = 5_000;
/// Points this near the end are asked for again.
const REREAD_STEPS: i64 = 2;

/// A board, a range and variables that somebody looks at.
pub struct View {
    spec: ViewSpec,
    planes: Planes,
    server_version: String,
    state: Mutex<ViewState>,
    frames: broadcast::Sender<Frame>,
    loaded: watch::Sender<bool>,
    viewers: AtomicUsize,
}

/// A viewer's place: what it must be sent first, and what comes then.
pub struct Subscription {
    /// Events that the viewer has missed, or a snapshot.
    pub first: Vec<Bytes>,
    /// Everything after that.
    pub frames: broadcast::Receiver<Frame>,
}

impl View {
    /// A view that has not asked for anything yet.
    pub fn new(spec: ViewSpec, planes: Planes, server_version: String) -> Self {
        let window = spec.range.window(now_ms(), spec.step_ms);
        let state = Mutex::new(ViewState::new(&spec, window));
        let nothing_to_load = spec.panels.is_empty();
        Self {
            spec,
            planes,
            server_version,
            state,
            frames: broadcast::channel(FRAMES_IN_FLIGHT).0,
            loaded: watch::channel(nothing_to_load).0,
            viewers: AtomicUsize::new(0),
        }
    }

    /// How many look at the view now.
    pub fn viewers(&self) -> usize {
        self.viewers.load(Relaxed)
    }

    /// Counts a viewer in until the guard is dropped.
    pub fn enter(self: &Arc<Self>) -> Viewer {
        self.viewers.fetch_add(1, Relaxed);
        Viewer {
            view: Arc::clone(self),
        }
    }

    /// Waits until every panel has been answered once, with data or an error.
    pub async fn loaded(&self) {
        // An error means that the view has ended; there is nothing to wait for.
        let _ = self.loaded.subscribe().wait_for(|loaded| *loaded).await;
    }

    /// What a page shows now.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_of(&self.lock())
    }

    /// What a panel shows now, as a CSV file; `None` for one without queries.
    pub fn csv(&self, panel: u32) -> Option<String> {
        self.lock().csv(panel)
    }

    /// The events since `seen`, or a snapshot, and all further ones.
    pub fn subscribe(&self, seen: Option<EventId>) -> Subscription {
        let mut state = self.lock();
        let frames = self.frames.subscribe();
        let missed = seen.and_then(|seen| state.since(seen));
        let first =
            missed.unwrap_or_else(|| vec![state.snapshot_frame(|state| self.snapshot_of(state))]);
        Subscription { first, frames }
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

    /// Asks and tells for as long as the future is polled.
    pub async fn run(&self) {
        let mut asked: FuturesUnordered<BoxFuture<'_, Evaluated>> = FuturesUnordered::new();
        let mut idle = vec![true; self.spec.panels.len()];
        let mut ticks = self.ticks();
        let mut heartbeats = interval_at(Instant::now() + HEARTBEAT_EVERY, HEARTBEAT_EVERY);
        let mut waiting = interval_at(Instant::now() + SAY_WAITING_AFTER, SAY_WAITING_AFTER);
        self.ask(&mut asked, &mut idle);
        loop {
            tokio::select! {
                Some(first) = asked.next() => {
                    let answers = gather(first, &mut asked).await;
                    answers.iter().for_each(|answer| idle[answer.panel] = true);
                    self.tell(|state| state.take_over(answers));
                    if asked.is_empty() {
                        self.loaded.send_replace(true);
                    }
                }
                _ = ticks.tick() => self.ask(&mut asked, &mut idle),
                _ = waiting.tick(), if !*self.loaded.borrow() => {
                    let ahead = u32::try_from(self.planes.iter().map(|(_, plane)| plane.waiting()).sum::<usize>()).unwrap_or(u32::MAX);
                    self.tell(|state| state.waiting(ahead));
                }
                _ = heartbeats.tick() => {
                    let sequence = self.lock().id().sequence;
                    let _ = self.frames.send(Frame { sequence, bytes: HEARTBEAT });
                }
            }
        }
    }

    /// A tick each time a new point is due, a little after it.
    fn ticks(&self) -> tokio::time::Interval {
        let live = self.lock().window().live;
        let every_ms = if live {
            self.spec.tick_ms
        } else {
            RETRY_EVERY_MS
        };
        let wait_ms = every_ms - (now_ms() - SETTLE_MS).rem_euclid(every_ms);
        let milliseconds = |ms: i64| Duration::from_millis(ms.unsigned_abs().max(1));
        let mut ticks = interval_at(
            Instant::now() + milliseconds(wait_ms),
            milliseconds(every_ms),
        );
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    }

    /// Moves the window and asks for every idle panel's missing columns.
    fn ask<'a>(
        &'a self,
        asked: &mut FuturesUnordered<BoxFuture<'a, Evaluated>>,
        idle: &mut [bool],
    ) {
        let window = self
            .spec
            .range
            .window(now_ms() - SETTLE_MS, self.spec.step_ms);
        let mut state = self.lock();
        if !window.live && *self.loaded.borrow() && state.is_filled() {
            return;
        }
        if !state.move_to(window) {
            // The clock was set back: all anew, in another epoch.
            asked.clear();
            idle.fill(true);
            *state = ViewState::new(&self.spec, window);
            let snapshot = state.snapshot_frame(|state| self.snapshot_of(state));
            let _ = self.frames.send(Frame {
                sequence: 0,
                bytes: snapshot,
            });
        }
        for (panel, queries) in self.spec.panels.iter().enumerate() {
            let own = state.window_of(panel);
            let start_ms = match queries.is_made_anew() {
                true => own.from_ms,
                false => state.needed_from_ms(panel, REREAD_STEPS - 1),
            };
            if std::mem::replace(&mut idle[panel], false) {
                let span = Span {
                    start_ms,
                    end_ms: own.to_ms,
                };
                asked.push(Box::pin(evaluate(&self.planes, panel, queries, span)));
            }
        }
    }

    fn tell(&self, change: impl FnOnce(&mut ViewState) -> Changes) {
        let mut state = self.lock();
        let changes = change(&mut state);
        if let Some(frame) = state.publish(changes, now_ms()) {
            // Nobody looks: the next one gets a snapshot.
            let _ = self.frames.send(frame);
        }
    }

    fn snapshot_of(&self, state: &ViewState) -> Snapshot {
        Snapshot {
            event_id: state.id().to_string(),
            board: self.spec.board.clone(),
            panels: state.panels(),
            written: state.written(),
            window: state.window(),
            server_time_ms: now_ms(),
            server_version: self.server_version.clone(),
            source: self.source(),
            source_error: state.source_error().or_else(|| self.outage()),
        }
    }

    /// Why the default source is away: what a board without queries has to say.
    fn outage(&self) -> Option<String> {
        let outage = self.planes.get("").and_then(Plane::outage);
        outage
            .filter(|_| self.spec.panels.is_empty())
            .map(|error| error.to_string())
    }

    /// The source of the board, in a few words.
    fn source(&self) -> String {
        let named = self
            .spec
            .panels
            .iter()
            .flat_map(|panel| &panel.queries)
            .next();
        let name = named.map_or("", |query| query.source.as_str());
        self.planes
            .get(name)
            .map(|plane| plane.source().describe())
            .unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, ViewState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts as a viewer while it lives.
pub struct Viewer {
    view: Arc<View>,
}

impl Viewer {
    /// The view that is looked at.
    pub fn view(&self) -> &View {
        &self.view
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.view.viewers.fetch_sub(1, Relaxed);
    }
}

async fn gather(
    first: Evaluated,
    asked: &mut FuturesUnordered<BoxFuture<'_, Evaluated>>,
) -> Vec<Evaluated> {
    let deadline = Instant::now() + GATHER;
    let mut answers = vec![first];
    while let Ok(Some(answer)) = timeout_at(deadline, asked.next()).await {
        answers.push(answer);
    }
    answers
}
