//! The answers of a panel's queries, by its transformations, to the tables that
//! it shows, or to the series that it shows of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use dashboard::Query;
use dashboard::frames::{self, Answer, AnswerSeries};
use transform::{ShownSeries, Table};

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
        return (named(queries, ranges), tables);
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
    let answers = of_query.into_iter().map(|(query, series)| QuerySeries {
        query,
        series,
        warnings: Vec::new(),
    });
    let warnings = ranges.iter().flat_map(|range| warnings(range));
    let mut answers: Vec<QuerySeries> = answers.collect();
    if let Some(first) = answers.first_mut() {
        first.warnings = warnings.collect();
    }
    (answers, tables)
}

fn warnings(range: &Range) -> Vec<String> {
    let mut warnings = range.annotations.warnings.clone();
    if range.series.len() > MAX_ROWS {
        let found = range.series.len();
        warnings.push(format!("{MAX_ROWS} of {found} series are shown"));
    }
    warnings
}

fn tables(queries: &PanelQueries, ranges: &[Arc<Range>]) -> Vec<Table> {
    let asked = queries.queries.iter().zip(ranges);
    let answered: Vec<(&Query, Vec<AnswerSeries>)> = asked
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

fn series(range: &Range) -> Vec<AnswerSeries> {
    let series = range.series.iter().take(MAX_ROWS);
    series
        .map(|series| AnswerSeries {
            labels: series.labels.clone(),
            samples: series.samples.clone(),
        })
        .collect()
}
