//! The loop of a view: asks for its new points once a tick, and publishes what
//! comes to every viewer.
//!
//! A panel that is slow or fails holds no other up: at each tick only panels
//! without a question under way ask, and answers are published as they come,
//! gathered for a moment so that a tick is mostly one event. Rendering and
//! encoding happen where they hold up nobody, neither viewers nor other views.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use query::Span;
use tokio::time::{Instant, interval_at, sleep, timeout_at};
use wire::live::LiveEvent;

use super::evaluate::evaluate;
use super::frame::{Frame, HEARTBEAT};
use super::panel_renderer::{RenderJob, Rendered};
use super::spec::PanelQueries;
use super::state::{Changes, Evaluated, ViewState};
use super::view::View;
use crate::clock::now_ms;
use crate::query::results_cache::{TTL, reread_ms};
use crate::supervise;

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
const ASK_ALL_EVERY: Duration = TTL.saturating_add(Duration::from_secs(60));

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

impl View {
    /// Asks and publishes for as long as the future is polled.
    pub async fn run(self: &Arc<Self>) {
        let mut asked: FuturesUnordered<BoxFuture<'_, Evaluated>> = FuturesUnordered::new();
        let mut questions = vec![Question::default(); self.spec.panels.len()];
        let mut tick = pin!(sleep(self.until_tick()));
        let mut heartbeats = interval_at(Instant::now() + HEARTBEAT_EVERY, HEARTBEAT_EVERY);
        let mut waiting = interval_at(Instant::now() + SAY_WAITING_AFTER, SAY_WAITING_EVERY);
        self.query_due_panels(&mut asked, &mut questions).await;
        loop {
            tokio::select! {
                Some(first) = asked.next() => {
                    let answers = gather(first, &mut asked).await;
                    for answer in &answers {
                        let question = &mut questions[answer.panel];
                        question.asked = None;
                        question.is_answered = true;
                    }
                    let changes = self.lock().apply(answers);
                    self.publish(changes).await;
                    if questions.iter().all(|question| question.is_answered) {
                        self.loaded.send_replace(true);
                    }
                }
                () = &mut tick => {
                    self.query_due_panels(&mut asked, &mut questions).await;
                    tick.as_mut().reset(Instant::now() + self.until_tick());
                }
                _ = waiting.tick() => self.publish_waiting(&questions).await,
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
    async fn query_due_panels<'a>(
        self: &'a Arc<Self>,
        asked: &mut FuturesUnordered<BoxFuture<'a, Evaluated>>,
        questions: &mut [Question],
    ) {
        let now_ms = now_ms() - SETTLE_MS;
        let window = self.spec.window(now_ms);
        let has_moved = {
            let mut state = self.lock();
            if !window.live && *self.loaded.borrow() && state.is_filled() {
                return;
            }
            state.move_to(window)
        };
        if !has_moved {
            tracing::warn!(
                board = self.spec.board.id.as_str(),
                "the clock was set back"
            );
            // All anew, in another epoch.
            asked.clear();
            questions.fill(Question::default());
            *self.lock() = ViewState::new(&self.spec, window);
            self.send_snapshot().await;
        }
        let state = self.lock();
        for (panel, queries) in self.spec.panels.iter().enumerate() {
            let question = &mut questions[panel];
            // Others of the page may have shorter steps.
            let is_new = state.is_due(panel);
            if question.asked.is_some() || (question.is_answered && !is_new) {
                continue;
            }
            let span = question.ask(&state, panel, queries);
            asked.push(Box::pin(evaluate(&self.frontends, panel, queries, span)));
        }
    }

    /// Has everybody who looks begin anew with what there is now.
    async fn send_snapshot(self: &Arc<Self>) {
        if let Ok(snapshot) = self.subscribe(None).await {
            for bytes in snapshot.first {
                let _ = self.frames.send(Frame { sequence: 0, bytes });
            }
        }
    }

    /// Says of panels that wait for their answer what they wait for.
    async fn publish_waiting(self: &Arc<Self>, questions: &[Question]) {
        let mut changes = Changes::default();
        {
            let mut state = self.lock();
            for (panel, queries) in self.spec.panels.iter().enumerate() {
                let patience = if state.is_answered(panel) {
                    SAY_DELAYED_AFTER
                } else {
                    SAY_WAITING_AFTER
                };
                let asked = questions[panel].asked;
                if asked.is_some_and(|asked| asked.elapsed() >= patience) {
                    state.waiting(panel, || self.awaited(queries), &mut changes);
                }
            }
        }
        if !changes.is_empty() {
            self.publish(changes).await;
        }
    }

    /// What the queries of a panel wait for, in words.
    fn awaited(&self, queries: &PanelQueries) -> String {
        let places = queries.queries.iter().filter_map(|of| {
            let frontend = self.frontends.get(&of.query.source).ok()?;
            let ahead = frontend.ahead_of(&of.query.question);
            Some((ahead, frontend.describe()))
        });
        match places.max() {
            Some((Some(ahead), source)) => format!("Waiting for {source}, {ahead} ahead"),
            Some((None, source)) => format!("Waiting for {source}"),
            None => String::new(),
        }
    }

    /// Renders what has changed, and sends it to everybody who looks.
    async fn publish(self: &Arc<Self>, changes: Changes) {
        // The semaphore is never closed: without a permit it would only be busier.
        let _permit = self.rendering().acquire().await;
        let view = Arc::clone(self);
        supervise::blocking("render", move || view.publish_now(changes)).await;
    }

    fn publish_now(&self, changes: Changes) {
        let jobs = changes.jobs.iter();
        let rendered = jobs.map(|(panel, job)| (*panel, self.render(*panel, job)));
        let rendered: Vec<(usize, Rendered)> = rendered.collect();
        let (id, append) = self.lock().next_event(changes.panels, &rendered, now_ms());
        match Frame::encode(id, &LiveEvent::Append(append)) {
            Ok(frame) => self.send(frame, rendered),
            Err(error) => tracing::error!(%error, "a live event cannot be encoded"),
        }
    }

    /// A panel that cannot be rendered says so, and takes no other down.
    fn render(&self, panel: usize, job: &RenderJob) -> Rendered {
        supervise::catch("render", || job.run()).unwrap_or_else(|| {
            let panel = self.spec.panels[panel].id.0;
            tracing::error!(
                board = self.spec.board.id.as_str(),
                panel,
                "cannot be rendered"
            );
            Rendered::failed()
        })
    }
}

impl Question {
    /// Asks for the columns that `panel` does not have yet, or for all.
    fn ask(&mut self, state: &ViewState, panel: usize, queries: &PanelQueries) -> Span {
        let own = state.window_of(panel);
        let was_long_ago = |at: Instant| at.elapsed() >= ASK_ALL_EVERY;
        let all = queries.is_full_refresh() || self.asked_all.is_none_or(was_long_ago);
        self.asked = Some(Instant::now());
        if all {
            self.asked_all = self.asked;
        }
        let start_ms = if all {
            own.from_ms
        } else {
            state.needed_from_ms(panel, reread_ms(queries.step_ms))
        };
        Span {
            start_ms,
            end_ms: own.to_ms,
        }
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
