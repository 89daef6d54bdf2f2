//! How a page's data moves: one Server-Sent-Events stream a page.
//!
//! Events have the id `epoch-sequence`. A page that was rendered with data
//! subscribes with the id of that data (`after=`), a page that reconnects sends
//! it as `Last-Event-ID`; both get only what came since. Where the gap is too
//! large, or the epoch is another (the server restarted), the stream starts
//! with [`LiveEvent::Snapshot`].

use serde::{Deserialize, Serialize};

use crate::board::BoardLayout;
use crate::data::{PanelData, RenderedPanel, Status, Values};
use crate::id::{PanelId, RefId};

/// The id under which the marks of a board's annotations are written. No panel has it.
pub const ANNOTATIONS: PanelId = PanelId(0);

/// What a page shows at one moment; also what the server embeds in the HTML.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The id of the newest event that the data includes.
    pub event_id: String,
    /// The layout.
    pub board: BoardLayout,
    /// The data of each panel that the browser draws, by panel id.
    pub panels: Vec<(PanelId, PanelData)>,
    /// The markup of each panel that the server renders, by panel id. In the
    /// HTML it is left out here, since it stands in the page.
    pub rendered: Vec<(PanelId, RenderedPanel)>,
    /// The window, for relative ranges moving with every step.
    pub window: Window,
    /// The server's clock when the snapshot was made.
    pub server_time_ms: i64,
    /// Changes when the server is another build: the page reloads itself.
    pub server_version: String,
    /// Where the data comes from, for the state line: `prometheus at 127.0.0.1:9090`.
    pub source: String,
    /// Whether the source answers; its error otherwise.
    pub source_error: Option<String>,
}

/// The span of time that a page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The first time shown.
    pub from_ms: i64,
    /// The last time shown.
    pub to_ms: i64,
    /// The distance of two points.
    pub step_ms: i64,
    /// Whether the window's end is now, and moves.
    pub live: bool,
    /// How often the source is asked for new points; 0 is at every step.
    #[serde(default, skip_serializing_if = "crate::data::is_zero")]
    pub tick_ms: i64,
    /// Where its end would be if it stood on no step: what a panel with a span of
    /// its own shows ends here; 0 is at `to_ms`.
    #[serde(default, skip_serializing_if = "crate::data::is_zero")]
    pub now_ms: i64,
}

/// One event of the stream; its SSE `event` name is [`LiveEvent::name`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LiveEvent {
    /// Everything anew: replaces whatever the page holds.
    Snapshot(Box<Snapshot>),
    /// New points, once a step.
    Append(Append),
    /// The board's file changed, or the server is another build: load the page anew.
    Reload {
        /// Why, for the console.
        reason: String,
    },
}

impl LiveEvent {
    /// The SSE event's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Snapshot(_) => "snapshot",
            Self::Append(_) => "append",
            Self::Reload { .. } => "reload",
        }
    }
}

impl Window {
    /// How many columns the window holds.
    pub fn capacity(&self) -> usize {
        let steps = (self.to_ms - self.from_ms).max(0) / self.step_ms.max(1);
        usize::try_from(steps)
            .unwrap_or(usize::MAX)
            .saturating_add(1)
    }
}

/// The points of one step, for all panels of a view.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Append {
    /// The server's clock.
    pub server_time_ms: i64,
    /// Where the window now stands.
    pub window: Window,
    /// Whether the source answers; its error otherwise.
    pub source_error: Option<String>,
    /// New points of panels that the browser draws.
    pub panels: Vec<PanelAppend>,
    /// Panels that the server has rendered anew, by panel id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rendered: Vec<(PanelId, RenderedPanel)>,
}

/// The newest columns of one panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PanelAppend {
    /// The panel.
    pub id: PanelId,
    /// The time of the first column; columns the page already holds from here
    /// on are replaced (recent points may still change).
    pub start_ms: i64,
    /// How many columns there are.
    pub len: usize,
    /// The values by series key; a series that is not listed has none here.
    pub series: Vec<(u32, Values)>,
    /// Series that were not there before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<SeriesHead>,
    /// The panel's status from now on.
    #[serde(default)]
    pub status: Status,
}

/// A series that appears in a running view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesHead {
    /// See [`crate::data::SeriesData::key`].
    pub key: u32,
    /// What the legend says.
    pub name: String,
    /// The name of its query.
    pub query: RefId,
    /// See [`crate::data::SeriesData::overrides`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<u16>,
}

/// The multiple of the step at or before a time.
fn aligned(time_ms: i64, step_ms: i64) -> i64 {
    time_ms.div_euclid(step_ms.max(1)) * step_ms
}

impl PanelData {
    /// The window of the panel on a page that shows `page`: with the steps and
    /// the span that are the panel's own.
    pub fn window(&self, page: Window) -> Window {
        let step_ms = match self.grid.step_ms {
            0 => page.step_ms,
            step_ms => step_ms,
        };
        let (from_ms, end_ms) = match (self.span_ms, page.now_ms) {
            (0, _) => (page.from_ms, page.to_ms),
            (span_ms, 0) => (page.to_ms - span_ms, page.to_ms),
            (span_ms, now_ms) => (now_ms - span_ms, now_ms),
        };
        let to_ms = aligned(end_ms, step_ms);
        Window {
            from_ms: aligned(from_ms + step_ms - 1, step_ms).min(to_ms),
            to_ms,
            step_ms,
            ..page
        }
    }

    /// Takes over new columns and lets the window slide: at most
    /// `capacity` columns stay, the oldest go. Columns between the held end and
    /// the new start (a missed step) are absent points. Takes whatever comes:
    /// what makes no sense is ignored.
    pub fn apply(&mut self, append: &PanelAppend, capacity: usize) {
        self.status = append.status.clone();
        let step_ms = self.grid.step_ms.max(1);
        if self.grid.len == 0 {
            self.grid.start_ms = append.start_ms;
        }
        for head in &append.added {
            self.add_series(head);
        }
        let Ok(mut first) = usize::try_from((append.start_ms - self.grid.start_ms) / step_ms)
        else {
            return; // older than all that is held
        };
        if first > self.grid.len + capacity {
            self.clear(append.start_ms); // a gap wider than the window leaves nothing to show
            first = 0;
        }
        // What is no window's length is no reader's loss.
        let columns = append.len.min(2 * capacity);
        let len = (first + columns).max(self.grid.len);
        for series in &mut self.series {
            let new = append.series.iter().find(|(key, _)| *key == series.key);
            let values = &mut series.values.0;
            values.resize(len, None);
            for column in 0..columns {
                values[first + column] =
                    new.and_then(|(_, fresh)| fresh.0.get(column).copied().flatten());
            }
        }
        self.grid.len = len;
        self.slide(capacity);
        // Both sides drop a series with its last point, so that they stay alike.
        self.series
            .retain(|series| series.values.0.iter().any(Option::is_some));
    }

    fn add_series(&mut self, head: &SeriesHead) {
        if self.series.iter().any(|series| series.key == head.key) {
            return;
        }
        self.series.push(crate::data::SeriesData {
            key: head.key,
            name: head.name.clone(),
            query: head.query,
            overrides: head.overrides.clone(),
            values: Values(vec![None; self.grid.len]),
        });
    }

    fn clear(&mut self, start_ms: i64) {
        self.grid.start_ms = start_ms;
        self.grid.len = 0;
        for series in &mut self.series {
            series.values.0.clear();
        }
    }

    fn slide(&mut self, capacity: usize) {
        let surplus = self.grid.len.saturating_sub(capacity);
        if surplus == 0 {
            return;
        }
        for series in &mut self.series {
            series.values.0.drain(..surplus);
        }
        self.grid.start_ms = self.grid.time_ms(surplus);
        self.grid.len -= surplus;
    }
}

#[cfg(test)]
mod tests;
