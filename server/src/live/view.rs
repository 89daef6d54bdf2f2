//! One view: asks for its new points once a tick and tells every viewer.
//!
//! A panel that is slow or fails holds no other up: at each tick only panels
//! without a question under way ask, and answers are told as they come,
//! gathered for a moment so that a tick is mostly one event.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, interval_at, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use wire::live::{LiveEvent, Snapshot};

use super::evaluate::evaluate;
use super::frame::{EventId, Frame, HEARTBEAT};
use super::spec::{PanelQueries, ViewSpec};
use super::state::{Changes, Evaluated, ViewState};
use crate::clock::now_ms;
use crate::query::normalize::Span;
use crate::query::{KEPT_FOR, QueryFrontend, QueryFrontends, reread_ms};

/// Events that wait for a slow viewer before it is given a snapshot instead.
const FRAMES_IN_FLIGHT: usize = 16;
/// Answers that come within this time of the first share its event.
const GATHER: Duration = Duration::from_millis(60);
/// Points are asked for so long after their time: their scrape must have ended.
const SETTLE_MS: i64 = 150;
/// A stream never stays silent for longer.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(15);
/// A panel that shows nothing yet says so early that it waits, and for what, …
const SAY_WAITING_AFTER: Duration = Duration::from_millis(400);
/// … one that shows older points after so long.
const SAY_DELAYED_AFTER: Duration = Duration::from_secs(5);
/// What is said of that changes no oftener.
const SAY_WAITING_EVERY: Duration = Duration::from_secs(1);
/// A view that stands still asks again after a failure.
const RETRY_EVERY_MS: i64 = 5_000;
/// All of a window is asked for again after so long: late data may lie far in
/// the past. Longer than answers are held, or the same would come again.
const ASK_ALL_EVERY: Duration = KEPT_FOR.saturating_add(Duration::from_secs(60));

/// A board, a range and variables that somebody looks at.
pub struct View {
    spec: ViewSpec,
    frontends: QueryFrontends,
    server_version: String,
    state: Mutex<ViewState>,
    frames: broadcast::Sender<Frame>,
    loaded: watch::Sender<bool>,
    ended: CancellationToken,
    viewers: AtomicUsize,
}

/// How it stands with the question of one panel.
#[derive(Clone, Copy, Default)]
struct Question {
    /// Since when it is under way, if it is.
    asked: Option<Instant>,
    /// When the panel's whole window was asked for.
    asked_all: Option<Instant>,
    /// Whether any was ever answered, with data or an error.
    is_answered: bool,
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
        server_version: String,
        ended: CancellationToken,
    ) -> Self {
        let window = spec.range.window(now_ms(), spec.step_ms);
        let state = Mutex::new(ViewState::new(&spec, window));
        let nothing_to_load = spec.panels.is_empty();
        Self {
            spec,
            frontends,
            server_version,
            state,
            frames: broadcast::channel(FRAMES_IN_FLIGHT).0,
            loaded: watch::channel(nothing_to_load).0,
            ended,
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
        let mut questions = vec![Question::default(); self.spec.panels.len()];
        let mut tick = pin!(sleep(self.until_tick()));
        let mut heartbeats = interval_at(Instant::now() + HEARTBEAT_EVERY, HEARTBEAT_EVERY);
        let mut waiting = interval_at(Instant::now() + SAY_WAITING_AFTER, SAY_WAITING_EVERY);
        self.ask(&mut asked, &mut questions);
        loop {
            tokio::select! {
                Some(first) = asked.next() => {
                    let answers = gather(first, &mut asked).await;
                    for answer in &answers {
                        let question = &mut questions[answer.panel];
                        question.asked = None;
                        question.is_answered = true;
                    }
                    self.tell(|state| state.take_over(answers));
                    if questions.iter().all(|question| question.is_answered) {
                        self.loaded.send_replace(true);
                    }
                }
                () = &mut tick => {
                    self.ask(&mut asked, &mut questions);
                    tick.as_mut().reset(Instant::now() + self.until_tick());
                }
                _ = waiting.tick() => self.say_waiting(&questions),
                _ = heartbeats.tick() => {
                    let sequence = self.lock().id().sequence;
                    let _ = self.frames.send(Frame { sequence, bytes: HEARTBEAT });
                }
            }
        }
    }

    /// How long it is until a new point is due, and a little more: by the wall
    /// clock, which may have been set since the last one.
    fn until_tick(&self) -> Duration {
        let live = self.lock().window().live;
        let every_ms = if live {
            self.spec.tick_ms
        } else {
            RETRY_EVERY_MS
        };
        let wait_ms = every_ms - (now_ms() - SETTLE_MS).rem_euclid(every_ms);
        Duration::from_millis(wait_ms.unsigned_abs().max(1))
    }

    /// Moves the window and asks for every idle panel's missing columns.
    fn ask<'a>(
        &'a self,
        asked: &mut FuturesUnordered<BoxFuture<'a, Evaluated>>,
        questions: &mut [Question],
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
            tracing::warn!(board = self.spec.board.id, "the clock was set back");
            // All anew, in another epoch.
            asked.clear();
            questions.fill(Question::default());
            *state = ViewState::new(&self.spec, window);
            let snapshot = state.snapshot_frame(|state| self.snapshot_of(state));
            let _ = self.frames.send(Frame {
                sequence: 0,
                bytes: snapshot,
            });
        }
        for (panel, queries) in self.spec.panels.iter().enumerate() {
            let question = &mut questions[panel];
            if question.asked.is_some() {
                continue;
            }
            let own = state.window_of(panel);
            let is_due = |at: Instant| at.elapsed() >= ASK_ALL_EVERY;
            let all = queries.is_made_anew() || question.asked_all.is_none_or(is_due);
            question.asked = Some(Instant::now());
            if all {
                question.asked_all = question.asked;
            }
            let span = Span {
                start_ms: match all {
                    true => own.from_ms,
                    false => state.needed_from_ms(panel, reread_ms(queries.step_ms)),
                },
                end_ms: own.to_ms,
            };
            asked.push(Box::pin(evaluate(&self.frontends, panel, queries, span)));
        }
    }

    /// Says of panels that wait for their answer what they wait for.
    fn say_waiting(&self, questions: &[Question]) {
        let mut changes = Changes::default();
        let mut state = self.lock();
        for (panel, queries) in self.spec.panels.iter().enumerate() {
            let patience = match state.is_answered(panel) {
                true => SAY_DELAYED_AFTER,
                false => SAY_WAITING_AFTER,
            };
            let asked = questions[panel].asked;
            if asked.is_some_and(|asked| asked.elapsed() >= patience) {
                state.waiting(panel, || self.awaited(queries), &mut changes);
            }
        }
        drop(state);
        if changes != Changes::default() {
            self.tell(|_| changes);
        }
    }

    /// What the queries of a panel wait for, in words.
    fn awaited(&self, queries: &PanelQueries) -> String {
        let places = queries.queries.iter().filter_map(|query| {
            let frontend = self.frontends.get(&query.source)?;
            Some((
                frontend.ahead_of(&query.query),
                frontend.source().describe(),
            ))
        });
        match places.max() {
            Some((Some(ahead), source)) => format!("Waiting for {source}, {ahead} ahead"),
            Some((None, source)) => format!("Waiting for {source}"),
            None => String::new(),
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
            rendered: state.written(),
            window: state.window(),
            server_time_ms: now_ms(),
            server_version: self.server_version.clone(),
            source: self.source(),
            source_error: state.source_error().or_else(|| self.outage()),
        }
    }

    /// Why the default source is away: what a board without queries has to say.
    fn outage(&self) -> Option<String> {
        let outage = self.frontends.get("").and_then(QueryFrontend::outage);
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
        self.frontends
            .get(name)
            .map(|frontend| frontend.source().describe())
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
