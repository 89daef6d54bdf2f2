//! A panel and its missing columns -> the answers of the panel's queries.

use futures_util::future::join_all;

use wire::data::EmptyReason;

use super::buffer::{Columns, NamedSeries, QuerySeries};
use super::spec::{PanelQueries, ViewQuery};
use super::state::{Evaluated, Failure};
use crate::clock::now_ms;
use crate::plane::normal::Span;
use crate::plane::{PlaneError, Planes};
use crate::source::Range;

/// Asks for all of a panel's queries at the same time. One that fails fails
/// the panel: half a panel would be taken for the whole.
pub async fn evaluate(
    planes: &Planes,
    panel: usize,
    queries: &PanelQueries,
    span: Span,
) -> Evaluated {
    let step_ms = queries
        .queries
        .first()
        .map_or(1, |query| query.query.step_ms);
    let columns = Columns {
        start_ms: span.start_ms,
        len: span.len(step_ms),
    };
    let answers = queries.queries.iter().map(|query| ask(planes, query, span));
    let outcome = join_all(answers)
        .await
        .into_iter()
        .collect::<Result<Vec<_>, _>>();
    Evaluated {
        panel,
        columns,
        empty: why_empty(planes, queries, outcome.as_ref().ok()).await,
        outcome: outcome.map_err(|error| failure(&error)),
    }
}

/// Why answers without a series have none.
async fn why_empty(
    planes: &Planes,
    queries: &PanelQueries,
    answers: Option<&Vec<QuerySeries>>,
) -> EmptyReason {
    if answers.is_none_or(|answers| answers.iter().any(|answer| !answer.series.is_empty())) {
        return EmptyReason::NotYet;
    }
    for query in &queries.queries {
        let Some(plane) = planes.get(&query.source) else {
            continue;
        };
        if let Some(metric) = plane.missing_metric(&query.query, now_ms()).await {
            return EmptyReason::NeverExported { metric };
        }
    }
    EmptyReason::NotYet
}

async fn ask(planes: &Planes, query: &ViewQuery, span: Span) -> Result<QuerySeries, PlaneError> {
    let no_source = || PlaneError::NoSource(query.source.clone());
    let plane = planes.get(&query.source).ok_or_else(no_source)?;
    let range = plane.range(&query.query, span).await?;
    Ok(named(query, &range))
}

fn named(query: &ViewQuery, range: &Range) -> QuerySeries {
    let series = range.series.iter().map(|series| NamedSeries {
        name: (query.name)(&series.labels),
        labels: series.labels.clone(),
        samples: series.samples.clone(),
    });
    QuerySeries {
        query: query.letter,
        series: series.collect(),
        warnings: range.annotations.warnings.clone(),
    }
}

fn failure(error: &PlaneError) -> Failure {
    let is_outage = matches!(error, PlaneError::Source(source) if source.is_outage());
    Failure {
        message: error.to_string(),
        is_outage,
    }
}
