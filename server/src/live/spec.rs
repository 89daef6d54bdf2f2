//! What a view shows: a layout, the queries of its panels, and a range.

use std::fmt;
use std::sync::Arc;

use dashboard::Panel;
use dashboard::annotation::Annotation;
use dashboard::time::{Edge, TimeError, is_relative, resolve};
use jiff::tz::TimeZone;
use query::{Query, Span};
use series::Labels;
use wire::board::BoardLayout;
use wire::id::{PanelId, RefId};
use wire::live::Window;
use wire::url::LiveParams;

/// Everything a view is made from.
#[derive(Clone, Debug)]
pub struct ViewSpec {
    /// The layout.
    pub board: BoardLayout,
    /// The queries of the panels that have some.
    pub panels: Vec<PanelQueries>,
    /// What its pages ask for, in normal form.
    pub params: LiveParams,
    /// The span of time.
    pub range: RangeSpec,
    /// The distance of two points.
    pub step_ms: i64,
    /// How often a live view asks for new points; at least the step.
    pub tick_ms: i64,
}

/// The queries of one panel.
#[derive(Clone, Debug)]
pub struct PanelQueries {
    /// The panel's id on its board.
    pub id: PanelId,
    /// In the order of the panel.
    pub queries: Vec<ViewQuery>,
    /// The panel itself.
    pub panel: Arc<Panel>,
    /// What marks every chart by these queries, where no panel shows them.
    pub annotations: Arc<[Annotation]>,
    /// The distance of two points.
    pub step_ms: i64,
    /// How far back it goes; 0 is as far as the page.
    pub span_ms: i64,
}

impl ViewSpec {
    /// The window at `now_ms`.
    pub fn window(&self, now_ms: i64) -> Window {
        let tick_ms = if self.tick_ms > self.step_ms {
            self.tick_ms
        } else {
            0
        };
        Window {
            tick_ms,
            ..self.range.window(now_ms, self.step_ms)
        }
    }
}

/// How often one of the panels of a page with this step has a new point: one
/// with a span of its own does not wait for the page's coarser steps.
pub fn due_every_ms(panels: &[PanelQueries], step_ms: i64) -> i64 {
    let own_spans = panels.iter().filter(|panel| panel.span_ms > 0);
    let shortest_ms = own_spans.map(|panel| panel.step_ms).min();
    shortest_ms.map_or(step_ms, |own| own.min(step_ms))
}

impl PanelQueries {
    /// Whether each answer is made anew of the whole range, and none of the
    /// points before stays.
    pub fn is_full_refresh(&self) -> bool {
        let mut queries = self.queries.iter();
        self.panel.needs_tables() || queries.any(|of| of.query.question.depends_on_span())
    }
}

/// One query of a panel.
#[derive(Clone)]
pub struct ViewQuery {
    /// `A`, `B`, ….
    pub ref_id: RefId,
    /// Who is asked, and what.
    pub query: Query,
    /// What the legend says of a series.
    pub name: Arc<dyn Fn(&Labels) -> String + Send + Sync>,
}

impl fmt::Debug for ViewQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.ref_id, self.query)
    }
}

/// A range as a URL writes it, already known to be right.
#[derive(Clone, Debug)]
pub struct RangeSpec {
    from: String,
    to: String,
    zone: TimeZone,
}

impl RangeSpec {
    /// Checks both ends against `now_ms`.
    ///
    /// # Errors
    /// Where an end is no time, or the range is empty.
    pub fn new(from: &str, to: &str, zone: TimeZone, now_ms: i64) -> Result<Self, TimeError> {
        let range = Self {
            from: from.to_owned(),
            to: to.to_owned(),
            zone,
        };
        let (from_ms, to_ms) = range.ends(now_ms)?;
        let reason = if from_ms >= to_ms {
            format!("the range is empty, since it ends with `{to}`")
        } else if from_ms > now_ms {
            "the range has not begun yet".to_owned()
        } else {
            return Ok(range);
        };
        let text = from.to_owned();
        Err(TimeError { text, reason })
    }

    /// Both ends in milliseconds.
    ///
    /// # Errors
    /// Where an end leaves the calendar.
    pub fn ends(&self, now_ms: i64) -> Result<(i64, i64), TimeError> {
        Ok((
            resolve(&self.from, now_ms, &self.zone, Edge::From)?,
            resolve(&self.to, now_ms, &self.zone, Edge::To)?,
        ))
    }

    /// The window at `now_ms`, its ends on the step and never in the future.
    /// An end that has left the calendar (it was right when the view began)
    /// gives an empty window.
    pub fn window(&self, now_ms: i64, step_ms: i64) -> Window {
        let (from_ms, to_ms) = self.ends(now_ms).unwrap_or((now_ms, now_ms));
        let span = Span::aligned(from_ms, to_ms.min(now_ms), step_ms);
        let live = is_relative(&self.to) || to_ms > now_ms;
        Window {
            from_ms: span.start_ms,
            to_ms: span.end_ms,
            step_ms,
            live,
            tick_ms: 0,
            now_ms: to_ms.min(now_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_000_000_500;

    fn range(from: &str, to: &str) -> Result<RangeSpec, TimeError> {
        RangeSpec::new(from, to, TimeZone::UTC, NOW_MS)
    }

    #[test]
    fn windows_stand_on_the_step_and_end_now() {
        let window = range("now-10s", "now+1h").unwrap().window(NOW_MS, 1_000);
        assert_eq!(
            (window.from_ms, window.to_ms, window.live),
            (999_991_000, 1_000_000_000, true)
        );
        assert_eq!(window.capacity(), 10);
    }

    #[test]
    fn a_past_range_stands_still() {
        let window = range("1000", "9000").unwrap().window(NOW_MS, 1_000);
        assert_eq!(
            (window.from_ms, window.to_ms, window.live),
            (1_000, 9_000, false)
        );
    }

    #[test]
    fn an_empty_range_is_refused() {
        assert!(range("now", "now-1h").is_err());
        assert!(range("now-1h", "soon").is_err());
        assert!(range("now+1h", "now+2h").is_err());
    }
}
