//! The answers of a panel's queries, by its transformations, to the tables that
//! it shows, or to the series that it shows of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use dashboard::frames::Answer;
use frame::Table;
use query::Span;
use transform::ShownSeries;
use wire::id::RefId;

use super::evaluate::named;
use super::named::{NamedSeries, QuerySeries};
use super::spec::PanelQueries;
use crate::source::Frame;

/// More rows than this nobody reads: the first ones of the answer are shown.
const MAX_ROWS: usize = 2_000;

/// The series that are shown, and the tables. Of a panel that shows tables the
/// series are those of the source: they say how old the data is.
pub fn shown(
    queries: &PanelQueries,
    frames: &[Arc<Frame>],
    span: Span,
) -> (Vec<QuerySeries>, Vec<Table>) {
    let panel = &*queries.panel;
    let tables = transform::transform(&panel.transformations, tables(queries, frames));
    if panel.shows_tables() {
        let mut answers = named(queries, frames);
        for (answer, frame) in answers.iter_mut().zip(frames) {
            answer.warnings.extend(cut_off(frame));
        }
        return (answers, tables);
    }
    let mut of_query: BTreeMap<RefId, Vec<NamedSeries>> = BTreeMap::new();
    for shown in transform::shown_series(
        panel.series_of_tables(),
        &tables,
        span.end_ms,
        queries.step_ms,
    ) {
        let ShownSeries {
            name,
            query,
            labels,
            samples,
        } = shown;
        let series = NamedSeries::new(panel, query, name, labels, samples);
        of_query.entry(query).or_default().push(series);
    }
    // A query of which no series is left still says that its answer is partial.
    let asked = queries.queries.iter().zip(frames);
    let mut answers: Vec<QuerySeries> = asked
        .map(|(query, frame)| QuerySeries {
            query: query.ref_id,
            series: of_query.remove(&query.ref_id).unwrap_or_default(),
            warnings: warnings(frame),
        })
        .collect();
    answers.extend(of_query.into_iter().map(|(query, series)| QuerySeries {
        query,
        series,
        warnings: Vec::new(),
    }));
    (answers, tables)
}

fn warnings(frame: &Frame) -> Vec<String> {
    let warnings = frame.annotations.warnings.iter().cloned();
    warnings.chain(cut_off(frame)).collect()
}

/// That not every series of the answer is shown.
fn cut_off(frame: &Frame) -> Option<String> {
    let found = frame.series().len();
    (found > MAX_ROWS).then(|| format!("{MAX_ROWS} of {found} series are shown"))
}

fn tables(queries: &PanelQueries, frames: &[Arc<Frame>]) -> Vec<Table> {
    let asked = queries.queries.iter().zip(frames);
    let answers: Vec<Answer> = asked
        .filter_map(|(asked, frame)| {
            let query = queries
                .panel
                .queries
                .iter()
                .find(|query| query.ref_id == asked.ref_id)?;
            let shown = frame.series().len().min(MAX_ROWS);
            Some(Answer {
                query,
                series: &frame.series()[..shown],
            })
        })
        .collect();
    dashboard::frames::tables(&answers)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use dashboard::{Panel, PanelQuery};
    use query::{Query, Question, SourceName, Take};
    use series::LabeledSeries;
    use transform::Transformation;
    use wire::id::PanelId;

    use super::*;
    use crate::live::spec::ViewQuery;
    use crate::source::Annotations;

    fn query(ref_id: RefId) -> ViewQuery {
        ViewQuery {
            ref_id,
            query: Query {
                source: SourceName::default_source(),
                question: Question::promql("a", Take::EveryMs(1_000)),
                shift_ms: 0,
            },
            name: Arc::new(ToString::to_string),
        }
    }

    /// What is said of answers of `found` series that a store is missing from,
    /// of which the transformations leave those of `kept` queries.
    fn check(found: usize, kept: &[char], expected: &[&str]) {
        let asked = |ref_id| PanelQuery {
            ref_id,
            ..PanelQuery::default()
        };
        let panel = Panel {
            queries: ['A', 'B'].map(RefId).map(asked).to_vec(),
            transformations: vec![Transformation::FilterQueries(
                kept.iter().copied().map(RefId).collect(),
            )],
            ..Panel::default()
        };
        let queries = PanelQueries {
            id: PanelId(1),
            queries: ['A', 'B'].map(RefId).map(query).to_vec(),
            panel: Arc::new(panel),
            annotations: Arc::default(),
            step_ms: 1_000,
            span_ms: 0,
        };
        let annotations = Annotations {
            warnings: vec!["a store is away".to_owned()],
            ..Annotations::default()
        };
        let series = vec![LabeledSeries::default(); found];
        let frame = Arc::new(Frame::of_series(series, annotations));
        let span = Span {
            start_ms: 0,
            end_ms: 1_000,
        };
        let frames = [Arc::clone(&frame), frame];
        let (answers, _) = shown(&queries, &frames, span);
        let said = answers.iter().flat_map(|answer| &answer.warnings);
        let said: HashSet<&str> = said.map(String::as_str).collect();
        assert_eq!(said, expected.iter().copied().collect(), "{kept:?}");
    }

    #[test]
    fn warnings_survive_what_leaves_no_series() {
        check(1, &['A', 'B'], &["a store is away"]);
        check(1, &['B'], &["a store is away"]);
        check(0, &['A', 'B'], &["a store is away"]);
        let cut = format!("{MAX_ROWS} of {} series are shown", MAX_ROWS + 1);
        check(MAX_ROWS + 1, &[], &["a store is away", &cut]);
    }
}
