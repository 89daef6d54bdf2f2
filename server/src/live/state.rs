//! What a view holds: its panels' windows, and the events by which pages that
//! hold an older state catch up.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use frame::Table;
use tokio::sync::OnceCell;
use wire::data::{EmptyReason, PanelData, RenderedPanel, Status};
use wire::id::PanelId;
use wire::live::{ANNOTATIONS, Append, PanelAppend, Window};

use super::buffer::{Columns, PanelBuffer};
use super::frame::{EventId, Frame};
use super::named::QuerySeries;
use super::panel_renderer::{PanelRenderer, RenderJob, Rendered, series_csv};
use super::spec::{PanelQueries, ViewSpec};

/// A page that missed more than these events gets a snapshot instead.
const RECENT_FRAMES: usize = 120;
/// … or more than these bytes.
const RECENT_BYTES: usize = 512 * 1024;

/// About what a panel takes beside its data: its queries and options.
const BYTES_OF_PANEL: usize = 2_048;

/// A panel's evaluation: its columns, and the answers or why there are none.
pub struct Evaluated {
    /// The panel's place in [`ViewSpec::panels`].
    pub panel: usize,
    /// The columns that were asked for.
    pub columns: Columns,
    /// Why there is nothing, where the answers have no series.
    pub empty: EmptyReason,
    /// The answers of the panel's queries.
    pub outcome: Result<Vec<QuerySeries>, Failure>,
    /// What a panel shows that shows tables.
    pub tables: Vec<Table>,
}

/// What pages must be told, as far as it is known before anything is rendered.
#[derive(Default)]
pub struct Changes {
    /// Of panels that the browser draws.
    pub panels: Vec<PanelAppend>,
    /// Panels to render, by their places in [`ViewSpec::panels`].
    pub jobs: Vec<(usize, RenderJob)>,
}

impl Changes {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.panels.is_empty() && self.jobs.is_empty()
    }
}

/// Why a panel has no answer.
pub struct Failure {
    /// One sentence.
    pub message: String,
    /// Whether the source itself is away.
    pub is_outage: bool,
}

/// A panel's data on its way to a CSV file.
pub enum Csv {
    /// Of a panel that the server renders.
    Rendered(RenderJob),
    /// Of a panel that the browser draws.
    Drawn(PanelBuffer),
}

impl Csv {
    /// The file.
    pub fn text(&self) -> String {
        match self {
            Self::Rendered(job) => job.csv(),
            Self::Drawn(buffer) => series_csv(buffer),
        }
    }
}

/// A snapshot event as it is encoded, by the first who needs it, and the id of
/// the newest event that is in it.
pub type SnapshotCell = Arc<OnceCell<(EventId, Bytes)>>;

/// The state of a view; everything in it changes under one lock.
pub struct ViewState {
    id: EventId,
    window: Window,
    panels: Vec<PanelBuffer>,
    /// One a panel; `None` for those of which the browser does all.
    renderers: Vec<Option<PanelRenderer>>,
    /// The end of the columns that each panel has got so far.
    filled_to_ms: Vec<Option<i64>>,
    recent: VecDeque<Frame>,
    recent_bytes: usize,
    /// Of each panel, why its source is away.
    outages: Vec<Option<String>>,
    snapshot: SnapshotCell,
}

impl ViewState {
    /// An empty state in its first epoch.
    pub fn new(spec: &ViewSpec, window: Window) -> Self {
        let panel = |panel: &PanelQueries| {
            PanelBuffer::new(panel.id, panel.step_ms, panel.span_ms).of_kind(&panel.panel.kind)
        };
        let panels: Vec<PanelBuffer> = spec.panels.iter().map(panel).collect();
        let params = Arc::new(spec.params.clone());
        let renderers = spec.panels.iter().zip(&panels).map(|(panel, buffer)| {
            let kind = &panel.panel.kind;
            let is_rendered = kind.is_written() || kind.has_written_legend();
            let is_rendered = is_rendered || panel.id == ANNOTATIONS;
            is_rendered.then(|| PanelRenderer::new(panel, &params, buffer))
        });
        Self {
            id: EventId {
                epoch: fastrand::u64(..),
                sequence: 0,
            },
            window,
            renderers: renderers.collect(),
            panels,
            filled_to_ms: vec![None; spec.panels.len()],
            recent: VecDeque::new(),
            recent_bytes: 0,
            outages: vec![None; spec.panels.len()],
            snapshot: Arc::default(),
        }
    }

    /// The newest event's id.
    pub fn id(&self) -> EventId {
        self.id
    }

    /// The window as it was last moved.
    pub fn window(&self) -> Window {
        self.window
    }

    /// Moves the window; false where it would move back so far that nothing
    /// held is of use (the clock was set back).
    #[must_use]
    pub fn move_to(&mut self, window: Window) -> bool {
        let back = window.to_ms < self.window.to_ms - 2 * window.step_ms;
        if !back {
            self.window = window;
        }
        !back
    }

    /// The window of `panel`, which may have steps and a span of its own.
    pub fn window_of(&self, panel: usize) -> Window {
        self.panels[panel].data().window(self.window)
    }

    /// The first time that `panel` still needs, given that the `reread_ms` at its
    /// end are read again.
    pub fn needed_from_ms(&self, panel: usize, reread_ms: i64) -> i64 {
        let Window {
            from_ms, step_ms, ..
        } = self.window_of(panel);
        let from = |filled_ms: i64| (filled_ms - reread_ms + step_ms).max(from_ms);
        self.filled_to_ms[panel].map_or(from_ms, from)
    }

    /// Whether every panel has its columns up to the window's end.
    pub fn is_filled(&self) -> bool {
        (0..self.filled_to_ms.len()).all(|panel| !self.is_due(panel))
    }

    /// Whether a panel lacks columns before its window's end.
    pub fn is_due(&self, panel: usize) -> bool {
        self.filled_to_ms[panel] < Some(self.window_of(panel).to_ms)
    }

    /// Takes evaluations over and returns what pages must be told.
    pub fn apply(&mut self, evaluations: Vec<Evaluated>) -> Changes {
        let mut changes = Changes::default();
        for evaluated in evaluations {
            let window = self.window_of(evaluated.panel);
            let panel = &mut self.panels[evaluated.panel];
            let append = match &evaluated.outcome {
                Ok(answers) => {
                    self.filled_to_ms[evaluated.panel] =
                        Some(end_ms(evaluated.columns, window.step_ms));
                    self.outages[evaluated.panel] = None;
                    panel.ingest(
                        evaluated.columns,
                        answers,
                        &evaluated.empty,
                        window.capacity(),
                    )
                }
                Err(failure) => {
                    let outage = failure.is_outage.then(|| failure.message.clone());
                    self.outages[evaluated.panel] = outage;
                    panel.fail(failure.message.clone())
                }
            };
            if let (Some(renderer), Ok(_)) =
                (&mut self.renderers[evaluated.panel], &evaluated.outcome)
            {
                renderer.set_tables(evaluated.tables);
            }
            self.note(evaluated.panel, append, &mut changes);
        }
        changes
    }

    /// Adds what has become of a panel to what pages must be told.
    fn note(&self, panel: usize, append: Option<PanelAppend>, changes: &mut Changes) {
        let Some(append) = append else { return };
        let renderer = self.renderers[panel].as_ref();
        if let Some(renderer) = renderer {
            let job = renderer.job(&self.panels[panel]);
            changes.jobs.push((panel, job));
        }
        if is_drawn(renderer) {
            changes.panels.push(append);
        }
    }

    /// The next event, for [`Self::push`] once it is encoded.
    pub fn next_event(
        &self,
        panels: Vec<PanelAppend>,
        rendered: &[(usize, Rendered)],
        now_ms: i64,
    ) -> (EventId, Append) {
        let told = rendered
            .iter()
            .map(|(panel, rendered)| (self.panels[*panel].id(), rendered.told.clone()));
        let append = Append {
            server_time_ms: now_ms,
            window: self.window,
            source_error: self.source_error(),
            panels,
            rendered: told.collect(),
        };
        let id = EventId {
            sequence: self.id.sequence + 1,
            ..self.id
        };
        (id, append)
    }

    /// Counts an event, takes over what was rendered for it, and keeps it for
    /// pages that reconnect: as many as are smaller together than a snapshot.
    pub fn push(&mut self, frame: Frame, rendered: Vec<(usize, Rendered)>) {
        for (panel, rendered) in rendered {
            if let Some(renderer) = &mut self.renderers[panel] {
                renderer.accept(rendered.now);
            }
        }
        self.id.sequence = frame.sequence;
        self.snapshot = Arc::default();
        self.recent_bytes += frame.bytes.len();
        self.recent.push_back(frame);
        let most = RECENT_BYTES.min(self.data_bytes());
        while self.recent.len() > RECENT_FRAMES || self.recent_bytes > most {
            let Some(oldest) = self.recent.pop_front() else {
                return;
            };
            self.recent_bytes -= oldest.bytes.len();
        }
    }

    /// About how many bytes the view takes.
    pub fn bytes(&self) -> usize {
        let snapshot = self.snapshot.get().map_or(0, |(_, bytes)| bytes.len());
        self.data_bytes() + self.recent_bytes + snapshot
    }

    /// About how many bytes of them are what a page shows.
    fn data_bytes(&self) -> usize {
        let buffer = |panel: &PanelBuffer| BYTES_OF_PANEL + panel.bytes();
        let buffers: usize = self.panels.iter().map(buffer).sum();
        let renderers = self.renderers.iter().flatten();
        buffers + renderers.map(PanelRenderer::bytes).sum::<usize>()
    }

    /// Whether the panel has got an answer with data yet.
    pub fn is_answered(&self, panel: usize) -> bool {
        self.filled_to_ms[panel].is_some()
    }

    /// Says of a panel what it waits for; one that failed goes on saying why.
    pub fn waiting(&mut self, panel: usize, words: impl FnOnce() -> String, changes: &mut Changes) {
        if !matches!(self.panels[panel].data().status, Status::Failed { .. }) {
            let message = words();
            let append = self.panels[panel].set_status(Status::Waiting { message });
            self.note(panel, append, changes);
        }
    }

    /// The events after `seen`, where all of them are still held.
    pub fn since(&self, seen: EventId) -> Option<Vec<Bytes>> {
        if seen.epoch != self.id.epoch || seen.sequence > self.id.sequence {
            return None;
        }
        let missed = usize::try_from(self.id.sequence - seen.sequence).ok()?;
        let skipped = self.recent.len().checked_sub(missed)?;
        Some(
            self.recent
                .iter()
                .skip(skipped)
                .map(|frame| frame.bytes.clone())
                .collect(),
        )
    }

    /// The data of the panels that the browser draws, by id.
    pub fn panels(&self) -> Vec<(PanelId, PanelData)> {
        let panels = self.panels.iter().zip(&self.renderers);
        let drawn = panels.filter(|(_, renderer)| is_drawn(renderer.as_ref()));
        drawn
            .map(|(panel, _)| (panel.id(), panel.data().clone()))
            .collect()
    }

    /// What the server has rendered, by panel id.
    pub fn rendered(&self) -> Vec<(PanelId, RenderedPanel)> {
        let panels = self.panels.iter().zip(&self.renderers);
        panels
            .filter_map(|(panel, renderer)| {
                Some((panel.id(), renderer.as_ref()?.rendered().clone()))
            })
            .collect()
    }

    /// What makes a CSV file of what a panel shows.
    pub fn csv(&self, panel: PanelId) -> Option<Csv> {
        let at = self.panels.iter().position(|held| held.id() == panel)?;
        let buffer = &self.panels[at];
        Some(match &self.renderers[at] {
            Some(renderer) => Csv::Rendered(renderer.job(buffer)),
            None => Csv::Drawn(buffer.clone()),
        })
    }

    /// Why a source is away, as long as a panel has no answer for that: those of
    /// other sources say nothing of it.
    pub fn source_error(&self) -> Option<String> {
        self.outages.iter().flatten().next().cloned()
    }

    /// The snapshot event, which is encoded at most once between two events.
    pub fn snapshot(&self) -> &SnapshotCell {
        &self.snapshot
    }
}

fn end_ms(columns: Columns, step_ms: i64) -> i64 {
    columns.start_ms + step_ms * (i64::try_from(columns.len).unwrap_or(i64::MAX) - 1)
}

/// Whether the browser draws the panel with this renderer.
fn is_drawn(renderer: Option<&PanelRenderer>) -> bool {
    renderer.is_none_or(PanelRenderer::is_of_legend)
}

#[cfg(test)]
mod tests;
