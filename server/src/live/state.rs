//! What a view holds: its panels' windows, and the events by which pages that
//! hold an older state catch up.

use std::collections::VecDeque;

use bytes::Bytes;
use transform::Table;
use wire::data::{EmptyReason, PanelData, RenderedPanel, Status};
use wire::live::{ANNOTATIONS, Append, LiveEvent, PanelAppend, Snapshot, Window};

use super::buffer::{Columns, PanelBuffer};
use super::frame::{EventId, Frame};
use super::named::QuerySeries;
use super::spec::{PanelQueries, ViewSpec};
use super::writer::{Writer, series_csv};

/// A page that missed more than these events gets a snapshot instead.
const RECENT_FRAMES: usize = 120;
/// … or more than these bytes.
const RECENT_BYTES: usize = 512 * 1024;

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

/// What pages must be told.
#[derive(Debug, Default, PartialEq)]
pub struct Changes {
    /// Of panels that the browser draws.
    pub panels: Vec<PanelAppend>,
    /// Of panels that the server writes, by panel id.
    pub written: Vec<(u32, RenderedPanel)>,
}

/// Why a panel has no answer.
pub struct Failure {
    /// One sentence.
    pub message: String,
    /// Whether the source itself is away.
    pub is_outage: bool,
}

/// The state of a view; everything in it changes under one lock.
pub struct ViewState {
    id: EventId,
    window: Window,
    panels: Vec<PanelBuffer>,
    /// One a panel; `None` for those of which the browser does all.
    writers: Vec<Option<Writer>>,
    /// The end of the columns that each panel has got so far.
    filled_to_ms: Vec<Option<i64>>,
    recent: VecDeque<Frame>,
    recent_bytes: usize,
    source_error: Option<String>,
    snapshot: Option<Bytes>,
}

impl ViewState {
    /// An empty state in its first epoch.
    pub fn new(spec: &ViewSpec, window: Window) -> Self {
        let panel = |panel: &PanelQueries| PanelBuffer::new(panel.id, panel.step_ms, panel.span_ms);
        let panels: Vec<PanelBuffer> = spec.panels.iter().map(panel).collect();
        let writers = spec.panels.iter().zip(&panels).map(|(panel, buffer)| {
            let kind = &panel.panel.kind;
            let is_written = kind.is_written() || kind.has_written_legend();
            let is_written = is_written || panel.id == ANNOTATIONS;
            is_written.then(|| Writer::new(panel, spec, buffer))
        });
        Self {
            id: EventId {
                epoch: fastrand::u64(..),
                sequence: 0,
            },
            window,
            writers: writers.collect(),
            panels,
            filled_to_ms: vec![None; spec.panels.len()],
            recent: VecDeque::new(),
            recent_bytes: 0,
            source_error: None,
            snapshot: None,
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
        let filled = self.filled_to_ms.iter().enumerate();
        let mut is_filled = filled.map(|(panel, to)| *to >= Some(self.window_of(panel).to_ms));
        is_filled.all(|is_filled| is_filled)
    }

    /// Takes evaluations over and returns what pages must be told.
    pub fn take_over(&mut self, evaluations: Vec<Evaluated>) -> Changes {
        let mut changes = Changes::default();
        for evaluated in evaluations {
            let window = self.window_of(evaluated.panel);
            let panel = &mut self.panels[evaluated.panel];
            let append = match &evaluated.outcome {
                Ok(answers) => {
                    self.filled_to_ms[evaluated.panel] =
                        Some(end_ms(evaluated.columns, window.step_ms));
                    self.source_error = None;
                    panel.ingest(
                        evaluated.columns,
                        answers,
                        &evaluated.empty,
                        window.capacity(),
                    )
                }
                Err(failure) => {
                    if failure.is_outage {
                        self.source_error = Some(failure.message.clone());
                    }
                    panel.fail(failure.message.clone())
                }
            };
            if let (Some(writer), Ok(_)) = (&mut self.writers[evaluated.panel], &evaluated.outcome)
            {
                writer.set_tables(evaluated.tables);
            }
            self.note(evaluated.panel, append, &mut changes);
        }
        changes
    }

    /// Adds what has become of a panel to what pages must be told.
    fn note(&mut self, panel: usize, append: Option<PanelAppend>, changes: &mut Changes) {
        let Some(append) = append else { return };
        let writer = &mut self.writers[panel];
        if let Some(writer) = writer {
            let written = writer.rewrite(&self.panels[panel]);
            changes.written.push((append.id, written));
        }
        if is_drawn(writer.as_ref()) {
            changes.panels.push(append);
        }
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

    /// Encodes the next event and keeps it for pages that reconnect.
    pub fn publish(&mut self, changes: Changes, now_ms: i64) -> Option<Frame> {
        let append = Append {
            server_time_ms: now_ms,
            window: self.window,
            source_error: self.source_error.clone(),
            panels: changes.panels,
            rendered: changes.written,
        };
        self.id.sequence += 1;
        self.snapshot = None;
        let frame = Frame::encode(self.id, &LiveEvent::Append(append))
            .inspect_err(|error| tracing::error!(%error, "a live event cannot be encoded"))
            .ok()?;
        self.recent_bytes += frame.bytes.len();
        self.recent.push_back(frame.clone());
        while self.recent.len() > RECENT_FRAMES || self.recent_bytes > RECENT_BYTES {
            self.recent_bytes -= self.recent.pop_front()?.bytes.len();
        }
        Some(frame)
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
    pub fn panels(&self) -> Vec<(u32, PanelData)> {
        let panels = self.panels.iter().zip(&self.writers);
        let drawn = panels.filter(|(_, writer)| is_drawn(writer.as_ref()));
        drawn
            .map(|(panel, _)| (panel.id(), panel.data().clone()))
            .collect()
    }

    /// What the server has written, by panel id.
    pub fn written(&self) -> Vec<(u32, RenderedPanel)> {
        let panels = self.panels.iter().zip(&self.writers);
        panels
            .filter_map(|(panel, writer)| Some((panel.id(), writer.as_ref()?.written().clone())))
            .collect()
    }

    /// What a panel shows, as a CSV file.
    pub fn csv(&self, panel: u32) -> Option<String> {
        let at = self.panels.iter().position(|held| held.id() == panel)?;
        let buffer = &self.panels[at];
        Some(match &self.writers[at] {
            Some(writer) => writer.csv(buffer),
            None => series_csv(buffer),
        })
    }

    /// The source's error while it is away.
    pub fn source_error(&self) -> Option<String> {
        self.source_error.clone()
    }

    /// The snapshot event, encoded at most once between two events.
    pub fn snapshot_frame(&mut self, make: impl FnOnce(&Self) -> Snapshot) -> Bytes {
        if let Some(encoded) = &self.snapshot {
            return encoded.clone();
        }
        let event = LiveEvent::Snapshot(Box::new(make(self)));
        let encoded = Frame::encode(self.id, &event)
            .inspect_err(|error| tracing::error!(%error, "a snapshot cannot be encoded"))
            .map_or_else(|_| Bytes::new(), |frame| frame.bytes);
        self.snapshot = Some(encoded.clone());
        encoded
    }
}

fn end_ms(columns: Columns, step_ms: i64) -> i64 {
    columns.start_ms + step_ms * (i64::try_from(columns.len).unwrap_or(i64::MAX) - 1)
}

/// Whether the browser draws the panel with this writer.
fn is_drawn(writer: Option<&Writer>) -> bool {
    writer.is_none_or(Writer::is_of_legend)
}
