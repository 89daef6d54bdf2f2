//! The answers of a panel's queries, by its transformations, to the tables that
//! it shows, or to the series that it shows of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use dashboard::Query;
use dashboard::frames::{self, Answer};
use frame::Table;
use series::LabeledSeries;
use transform::ShownSeries;

use super::evaluate::named;
use super::named::{NamedSeries, QuerySeries};
use super::spec::PanelQueries;
use crate::query::normalize::Span;
use crate::source::Range;

/// More rows than this nobody reads: the first ones of the answer are shown.
const MAX_ROWS: usize = 2_000;

/// The series that are shown, and the tables. Of a panel that shows tables the
/// series are those of the source: they say how old the data is.
pub fn shown(
    queries: &PanelQueries,
    ranges: &[Arc<Range>],
    span: Span,
) -> (Vec<QuerySeries>, Vec<Table>) {
    let panel = &*queries.panel;
    let tables = transform::transform(&panel.transformations, tables(queries, ranges));
    if panel.shows_tables() {
        let mut answers = named(queries, ranges);
        for (answer, range) in answers.iter_mut().zip(ranges) {
            answer.warnings.extend(cut_off(range));
        }
        return (answers, tables);
    }
    let mut of_query: BTreeMap<char, Vec<NamedSeries>> = BTreeMap::new();
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
    let asked = queries.queries.iter().zip(ranges);
    let mut answers: Vec<QuerySeries> = asked
        .map(|(query, range)| QuerySeries {
            query: query.ref_id,
            series: of_query.remove(&query.ref_id).unwrap_or_default(),
            warnings: warnings(range),
        })
        .collect();
    answers.extend(of_query.into_iter().map(|(query, series)| QuerySeries {
        query,
        series,
        warnings: Vec::new(),
    }));
    (answers, tables)
}

fn warnings(range: &Range) -> Vec<String> {
    let warnings = range.annotations.warnings.iter().cloned();
    warnings.chain(cut_off(range)).collect()
}

/// That not every series of the answer is shown.
fn cut_off(range: &Range) -> Option<String> {
    let found = range.series.len();
    (found > MAX_ROWS).then(|| format!("{MAX_ROWS} of {found} series are shown"))
}

fn tables(queries: &PanelQueries, ranges: &[Arc<Range>]) -> Vec<Table> {
    let asked = queries.queries.iter().zip(ranges);
    let answered: Vec<(&Query, Vec<LabeledSeries>)> = asked
        .filter_map(|(asked, range)| {
            let query = queries
                .panel
                .queries
                .iter()
                .find(|query| query.ref_id == asked.ref_id)?;
            Some((query, series(range)))
        })
        .collect();
    let answers: Vec<Answer> = answered
        .iter()
        .map(|(query, series)| Answer { query, series })
        .collect();
    frames::tables(&answers)
}

fn series(range: &Range) -> Vec<LabeledSeries> {
    let series = range.series.iter().take(MAX_ROWS);
    series
        .map(|series| LabeledSeries {
            labels: series.labels.clone(),
            samples: series.samples.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use dashboard::Panel;
    use transform::Transformation;

    use super::*;
    use crate::live::spec::ViewQuery;
    use crate::query::normalize::NormalizedQuery;
    use crate::source::{Annotations, RangeSeries};

    fn query(ref_id: char) -> ViewQuery {
        ViewQuery {
            ref_id,
            source: String::new(),
            query: NormalizedQuery {
                expr: "a".into(),
                step_ms: 1_000,
            },
            instant: false,
            name: Arc::new(ToString::to_string),
        }
    }

    /// What is said of answers of `found` series that a store is missing from,
    /// of which the transformations leave those of `kept` queries.
    fn check(found: usize, kept: &[char], expected: &[&str]) {
        let asked = |ref_id| Query {
            ref_id,
            ..Query::default()
        };
        let panel = Panel {
            queries: vec![asked('A'), asked('B')],
            transformations: vec![Transformation::FilterQueries(kept.to_vec())],
            ..Panel::default()
        };
        let queries = PanelQueries {
            id: 1,
            queries: vec![query('A'), query('B')],
            panel: Arc::new(panel),
            annotations: Arc::default(),
            step_ms: 1_000,
            span_ms: 0,
        };
        let range = Arc::new(Range {
            series: vec![RangeSeries::default(); found],
            annotations: Annotations {
                warnings: vec!["a store is away".to_owned()],
                ..Annotations::default()
            },
        });
        let span = Span {
            start_ms: 0,
            end_ms: 1_000,
        };
        let ranges = [Arc::clone(&range), range];
        let (answers, _) = shown(&queries, &ranges, span);
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
