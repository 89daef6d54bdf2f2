//! A board, what a page asks for and the values of its variables to the view
//! that shows it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use dashboard::marks::annotations_panel;
use dashboard::{
    Board, BoardRow, BuiltIns, MAX_COPIES, PageValues, Panel, PanelQuery, Scope, Target, duration,
    time,
};
use query::{Query, Question, SourceName, Take, choose_step_ms, rate_interval_ms};
use series::TimeRange;
use wire::id::PanelId;
use wire::live::ANNOTATIONS;
use wire::url::LiveParams;

use super::rewrite::Rewrite;
use super::variables::Resolved;
use super::{BoardEntry, BoardError};
use crate::live::hub::ViewKey;
use crate::live::spec::{PanelQueries, RangeSpec, ViewQuery, ViewSpec, due_every_ms};
use crate::query::Intervals;

/// What a page asks for, known to be right.
#[derive(Clone, Debug)]
pub struct ViewRequest {
    /// In normal form: what the URL leaves out is filled in from the board.
    pub params: LiveParams,
    /// The span of time.
    pub range: RangeSpec,
    /// Its ends now.
    pub ends: TimeRange,
    tick_ms: i64,
    earlier_ms: Option<i64>,
}

/// A board as a page shows it.
#[derive(Clone, Debug)]
pub struct ResolvedView {
    /// Under which equal pages share the view.
    pub key: ViewKey,
    /// What the view asks and shows.
    pub spec: ViewSpec,
    /// What stands around its panels.
    pub chrome: PageChrome,
}

/// What of a shown board is not in its view.
#[derive(Clone, Debug)]
pub struct PageChrome {
    /// The board with its values, without what its collapsed rows hold.
    pub board: Board,
    /// Its rows.
    pub rows: Vec<BoardRow>,
    /// What the reader asked for and does not get, a sentence each.
    pub notices: Vec<String>,
}

/// A board with its values, and its rows.
#[derive(Clone, Debug)]
pub struct FilledBoard {
    /// Without what is folded away.
    pub board: Board,
    rows: Vec<BoardRow>,
}

impl BoardEntry {
    /// Reads what a page asks for.
    ///
    /// # Errors
    /// Where the range, the zone, the refresh or the comparison is wrong.
    pub fn request(&self, params: &LiveParams, now_ms: i64) -> Result<ViewRequest, BoardError> {
        let params = self.normal(params);
        let zone = time::zone(&params.zone).map_err(|_| BoardError::Zone(params.zone.clone()))?;
        let range = RangeSpec::new(&params.from, &params.to, zone, now_ms)?;
        let (start_ms, end_ms) = range.ends(now_ms)?;
        Ok(ViewRequest {
            tick_ms: tick_ms(&params.refresh)?,
            earlier_ms: earlier_ms(&params.compare)?,
            params,
            range,
            ends: TimeRange { start_ms, end_ms },
        })
    }

    /// The view that a page asks for, of the board with its variables' values
    /// and with at most `max_points` points a curve.
    pub fn resolve(
        &self,
        request: &ViewRequest,
        resolved: &Resolved,
        filled: FilledBoard,
        intervals: &Intervals,
        max_points: i64,
    ) -> ResolvedView {
        let scrape_interval_ms = intervals.shortest_ms();
        let TimeRange { start_ms, end_ms } = request.ends;
        let step_ms = choose_step_ms(end_ms - start_ms, max_points, scrape_interval_ms);
        let times = Times {
            max_points,
            from_ms: start_ms,
            to_ms: end_ms,
            step_ms,
            scrape_interval_ms,
            span_ms: 0,
        };
        let FilledBoard { mut board, rows } = filled;
        let mut notices: Vec<String> = self.problem.iter().cloned().collect();
        notices.extend(self.left_out(resolved));
        let mut panels = Vec::new();
        for panel in board
            .panels
            .iter_mut()
            .filter(|panel| panel.unanswered().is_none())
        {
            let rewrite = Rewrite::of(panel, resolved, request.earlier_ms, &mut notices);
            let times = times.of(panel);
            panels.extend(queries(panel, &times, intervals, &rewrite, &mut notices));
        }
        let asked = (&times, intervals);
        panels.extend(marking(&board, request, resolved, asked, &mut notices));
        let spec = ViewSpec {
            board: board.view(&self.id, self.layout_version(&board)),
            tick_ms: request.tick_ms.max(due_every_ms(&panels, step_ms)),
            panels,
            params: request.params.clone(),
            range: request.range.clone(),
            step_ms,
        };
        let key = ViewKey {
            params: request.params.clone(),
            board_version: self.version ^ hash(&queries_of(&spec.panels)),
            intervals_ms: (step_ms, times.rate_interval_ms(0, scrape_interval_ms)),
        };
        let chrome = PageChrome {
            board,
            rows,
            notices,
        };
        ResolvedView { key, spec, chrome }
    }

    /// The board with its values: one panel over the whole width, or what its
    /// open rows hold.
    ///
    /// # Errors
    /// Where the page asks for one panel that is not there.
    pub fn filled(
        &self,
        request: &ViewRequest,
        resolved: &Resolved,
    ) -> Result<FilledBoard, BoardError> {
        let mut scope = resolved.scope.clone();
        scope.set_page(&PageValues {
            title: &self.board.title,
            id: &self.id,
            zone: &request.params.zone,
            range: (&request.params.from, &request.params.to),
            range_ms: (request.ends.start_ms, request.ends.end_ms),
            variables: &request.params.variables,
        });
        let Some(only) = self.only else {
            let board = self.board.interpolated(&scope);
            let (board, rows) = board.with_rows(&toggled(&request.params.rows));
            return Ok(FilledBoard { board, rows });
        };
        let board = self.board.interpolated_alone(only, &scope);
        let board = board.ok_or_else(|| BoardError::NotFound(self.id.clone()))?;
        let rows = Vec::new();
        Ok(FilledBoard { board, rows })
    }

    /// That there are values by which nothing is repeated: there are too many.
    fn left_out(&self, resolved: &Resolved) -> Option<String> {
        let repeats = self
            .board
            .panels
            .iter()
            .filter_map(|panel| panel.repeat.as_ref());
        let mut values = repeats.filter_map(|repeat| {
            let value = resolved.scope.get(&repeat.variable)?;
            Some((&repeat.variable, value.values.len()))
        });
        let (variable, count) = values.find(|(_, count)| *count > MAX_COPIES)?;
        Some(format!(
            "{variable} has {count} values: panels are repeated for the first {MAX_COPIES}"
        ))
    }

    /// Another where the board's file, what is wrong with it or the places of its
    /// panels are others: a page with the older ones loads itself anew.
    fn layout_version(&self, board: &Board) -> u64 {
        let panels = board.panels.iter();
        let places: Vec<_> = panels
            .map(|Panel { id, grid, .. }| (*id, [grid.x, grid.y, grid.w, grid.h]))
            .collect();
        hash(&(self.version, &self.problem, places))
    }

    fn normal(&self, params: &LiveParams) -> LiveParams {
        let time = &self.board.time;
        let zone = or(or(&params.zone, &time.zone), "browser").to_owned();
        LiveParams {
            board: self.id.clone(),
            from: or(&params.from, &time.from).to_owned(),
            to: or(&params.to, &time.to).to_owned(),
            refresh: or(&params.refresh, "auto").to_owned(),
            zone: if zone.eq_ignore_ascii_case("utc") {
                "utc".to_owned()
            } else {
                zone
            },
            ..params.clone()
        }
    }
}

/// The text, or what stands for it where it is empty.
fn or<'a>(text: &'a str, default: &'a str) -> &'a str {
    if text.is_empty() { default } else { text }
}

/// The times that a view's queries are asked for.
struct Times {
    from_ms: i64,
    to_ms: i64,
    step_ms: i64,
    scrape_interval_ms: i64,
    max_points: i64,
    /// How far back a panel goes, whatever the page shows; 0 is as far as the page.
    span_ms: i64,
}

impl Times {
    /// Those of a panel, which may go back another span, and be coarser where
    /// all its queries are; it has at least two points.
    fn of(&self, panel: &Panel) -> Self {
        let span_ms = milliseconds(&panel.time.from).unwrap_or(0);
        let from_ms = match span_ms {
            0 => self.from_ms,
            span_ms => self.to_ms - span_ms,
        };
        let step_ms = match span_ms {
            0 => self.step_ms,
            span_ms => choose_step_ms(span_ms, self.max_points, self.scrape_interval_ms),
        };
        let shown = panel.queries.iter().filter(|query| !query.hidden);
        let coarsest_ms = (self.to_ms - from_ms) / 2;
        let min_step_ms = shown.map(|query| min_step_ms(query).unwrap_or(0)).min();
        Self {
            from_ms,
            step_ms: step_ms.max(min_step_ms.unwrap_or(0).min(coarsest_ms)),
            span_ms,
            ..*self
        }
    }

    /// A query's shortest step stands for the scrape interval, as in Grafana.
    fn rate_interval_ms(&self, min_step_ms: i64, scrape_interval_ms: i64) -> i64 {
        let scrape_interval_ms = scrape_interval_ms.max(min_step_ms);
        rate_interval_ms(self.step_ms.max(min_step_ms), scrape_interval_ms)
    }

    /// What stands in a query for the times, given how often its series are scraped.
    fn built_in(&self, query: &PanelQuery, scrape_interval_ms: i64) -> Scope {
        let min_step_ms = min_step_ms(query).unwrap_or(0);
        Scope::built_in(&BuiltIns {
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            interval_ms: self.step_ms.max(min_step_ms),
            rate_interval_ms: self.rate_interval_ms(min_step_ms, scrape_interval_ms),
        })
    }
}

/// What the source is asked for a panel. Its comparisons' overrides are put among the
/// panel's overrides.
fn queries(
    panel: &mut Panel,
    times: &Times,
    intervals: &Intervals,
    rewrite: &Rewrite,
    notices: &mut Vec<String>,
) -> Option<PanelQueries> {
    let mut queries = Vec::new();
    for query in panel.queries.iter().filter(|query| !query.hidden) {
        let source = SourceName::from(query.source_of(panel));
        let interval_ms = intervals.of(&source, &query.text);
        let times_of_query = times.built_in(query, interval_ms);
        let text = times_of_query.fill(&query.text, Target::PromQl);
        let (template, nameless) = (query.legend.clone(), text.clone());
        let own = ViewQuery {
            ref_id: query.ref_id,
            query: Query {
                question: Question {
                    language: query.language,
                    text: rewrite.own(text, &source, &panel.title, notices).into(),
                    take: match query.instant {
                        true => Take::End,
                        false => Take::EveryMs(times.step_ms),
                    },
                },
                source,
                shift_ms: rewrite.shift_ms,
            },
            name: Arc::new(move |labels| match dashboard::legend(&template, labels) {
                blank if blank.is_empty() => nameless.clone(),
                name => name,
            }),
        };
        queries.push(own);
    }
    let comparisons = rewrite.comparisons(&queries);
    panel
        .overrides
        .extend(comparisons.iter().map(Rewrite::comparison_override));
    queries.extend(comparisons);
    (!queries.is_empty()).then_some(PanelQueries {
        id: panel.id,
        queries,
        panel: Arc::new(panel.clone()),
        annotations: Arc::default(),
        step_ms: times.step_ms,
        span_ms: times.span_ms,
    })
}

/// What the source is asked for the board's annotations, as far as they are
/// shown; `None` where none is.
fn marking(
    board: &Board,
    request: &ViewRequest,
    resolved: &Resolved,
    (times, intervals): (&Times, &Intervals),
    notices: &mut Vec<String>,
) -> Option<PanelQueries> {
    let annotations = board.shown_annotations(&request.params.annotations);
    if annotations.is_empty() {
        return None;
    }
    let mut panel = annotations_panel(&annotations);
    let rewrite = Rewrite::of(&panel, resolved, None, notices);
    let times = times.of(&panel);
    let marks = queries(&mut panel, &times, intervals, &rewrite, notices);
    let panel = Arc::new(panel);
    Some(PanelQueries {
        id: ANNOTATIONS,
        queries: marks.map(|marks| marks.queries).unwrap_or_default(),
        panel,
        annotations: annotations.into(),
        step_ms: times.step_ms,
        span_ms: times.span_ms,
    })
}

fn min_step_ms(query: &PanelQuery) -> Option<i64> {
    milliseconds(&query.min_step)
}

/// What a view asks: variables may hold other values on the next page, and a
/// panel may have steps of its own.
fn queries_of(panels: &[PanelQueries]) -> Vec<&Query> {
    let queries = panels.iter().flat_map(|panel| &panel.queries);
    queries.map(|of| &of.query).collect()
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// How often a view asks where its step allows it.
fn tick_ms(refresh: &str) -> Result<i64, BoardError> {
    match refresh {
        "auto" | "off" => Ok(0),
        text => milliseconds(text).ok_or_else(|| BoardError::Refresh(text.to_owned())),
    }
}

fn earlier_ms(compare: &str) -> Result<Option<i64>, BoardError> {
    match compare {
        "" => Ok(None),
        text => milliseconds(text)
            .filter(|ms| *ms > 0)
            .map(Some)
            .ok_or_else(|| BoardError::Compare(text.to_owned())),
    }
}

/// A duration as a span of time; `None` where it is none.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    i64::try_from(duration::parse(text).ok()?).ok()
}

/// The rows that are not as the board has them; what is no id is nothing.
fn toggled(rows: &str) -> Vec<PanelId> {
    rows.split('.').filter_map(|id| id.parse().ok()).collect()
}
