//! A panel and its missing columns -> the answers of the panel's queries.

use std::sync::Arc;

use dashboard::Kind;
use futures_util::future::join_all;
use query::{Query, Span};
use wire::data::EmptyReason;

use super::buffer::Columns;
use super::named::{NamedSeries, QuerySeries};
use super::native_histograms::drawable;
use super::spec::{PanelQueries, ViewQuery};
use super::state::{Evaluated, Failure};
use super::tables;
use crate::query::{MissingMetric, QueryError, QueryFrontends};
use crate::source::Frame;

/// Clocks may differ by so much before anybody is bothered by it.
const TOLERATED_MS: i64 = 15_000;

/// Asks for all of a panel's queries at the same time. One that fails fails
/// the panel: half a panel would be taken for the whole.
pub async fn evaluate(
    frontends: &QueryFrontends,
    panel: usize,
    queries: &PanelQueries,
    span: Span,
) -> Evaluated {
    let step_ms = queries.step_ms;
    let columns = Columns {
        start_ms: span.start_ms,
        len: span.len(step_ms),
    };
    let answers = queries
        .queries
        .iter()
        .map(|of| ask(frontends, &of.query, span));
    let answers = join_all(answers).await.into_iter();
    let kind = &queries.panel.kind;
    let answers = answers.map(|answer| answer.map(|frame| drawable(kind, frame)));
    let answers = answers.collect::<Result<Vec<Arc<Frame>>, _>>();
    let (mut outcome, tables) = match (answers, queries.panel.needs_tables()) {
        (Ok(frames), true) => {
            let (series, tables) = tables::shown(queries, &frames, span);
            (Ok(series), tables)
        }
        (Ok(frames), false) => (Ok(named(queries, &frames)), Vec::new()),
        (Err(error), _) => (Err(error), Vec::new()),
    };
    if let Ok(answers) = &mut outcome {
        remark_on_clocks(frontends, queries, answers);
    }
    if let (Ok(answers), Kind::TimeSeries(options)) = (&mut outcome, &queries.panel.kind)
        && options.shares
    {
        let series = answers.iter_mut().flat_map(|answer| &mut answer.series);
        transform::shares(series.map(|series| &mut series.samples));
    }
    Evaluated {
        panel,
        columns,
        empty: why_empty(frontends, queries, outcome.as_ref().ok()).await,
        outcome: outcome.map_err(|error| failure(&error)),
        tables,
    }
}

/// Data of a source with another clock than ours looks late, or is cut off at
/// its end: that is said, since neither is true.
fn remark_on_clocks(
    frontends: &QueryFrontends,
    queries: &PanelQueries,
    answers: &mut [QuerySeries],
) {
    let sources = queries.queries.iter().map(|of| &of.query.source);
    for (source, answer) in sources.zip(answers) {
        let Ok(source) = frontends.get(source) else {
            continue;
        };
        let ahead_ms = source.clock_ahead_ms();
        let direction = if ahead_ms > 0 { "ahead of" } else { "behind" };
        let seconds = ahead_ms.unsigned_abs() / 1_000;
        if ahead_ms.abs() > TOLERATED_MS {
            let name = source.describe();
            let words = format!(
                "The clock of {name} is {seconds} s {direction} Andon's; one of them must be set."
            );
            answer.warnings.push(words);
        }
    }
}

/// Why answers without a series have none.
async fn why_empty(
    frontends: &QueryFrontends,
    queries: &PanelQueries,
    answers: Option<&Vec<QuerySeries>>,
) -> EmptyReason {
    let Some(answers) = answers else {
        return EmptyReason::NotYet;
    };
    let mut values = answers.iter().flat_map(|answer| &answer.series);
    if let Some(first) = values.next() {
        let mut all = std::iter::once(first).chain(values);
        let is_nan = all.all(|series| series.samples.values.iter().all(|value| value.is_nan()));
        return if is_nan {
            EmptyReason::NotANumber
        } else {
            EmptyReason::NotYet
        };
    }
    let queries = queries.queries.iter();
    let missing = join_all(queries.map(|of| missing_metric(frontends, &of.query))).await;
    match missing.into_iter().flatten().next() {
        Some(MissingMetric::NeverExported(metric)) => EmptyReason::NeverExported { metric },
        Some(MissingMetric::NotStored(metric)) => EmptyReason::NotStored { metric },
        None => EmptyReason::NotYet,
    }
}

async fn missing_metric(frontends: &QueryFrontends, query: &Query) -> Option<MissingMetric> {
    let frontend = frontends.get(&query.source).ok()?;
    frontend.missing_metric(&query.question).await
}

async fn ask(
    frontends: &QueryFrontends,
    query: &Query,
    span: Span,
) -> Result<Arc<Frame>, QueryError> {
    let frontend = frontends.get(&query.source)?;
    let frame = frontend.range(&query.question, query.asked(span)).await?;
    Ok(match query.shift_ms {
        0 => frame,
        // What was earlier is drawn over what is now.
        shift_ms => Arc::new(frame.moved(shift_ms)),
    })
}

/// The answers with the names that the legend has for their series.
pub(super) fn named(queries: &PanelQueries, frames: &[Arc<Frame>]) -> Vec<QuerySeries> {
    let answers = queries.queries.iter().zip(frames);
    answers
        .map(|(query, frame)| QuerySeries {
            query: query.ref_id,
            series: named_series(queries, query, frame),
            warnings: frame.annotations.warnings.clone(),
        })
        .collect()
}

fn named_series(queries: &PanelQueries, query: &ViewQuery, frame: &Frame) -> Vec<NamedSeries> {
    let series = frame.series().iter().map(|series| {
        let name = (query.name)(&series.labels);
        let (labels, samples) = (series.labels.clone(), series.samples.clone());
        NamedSeries::new(&queries.panel, query.ref_id, name, labels, samples)
    });
    series.collect()
}

fn failure(error: &QueryError) -> Failure {
    let is_outage = matches!(error, QueryError::Source(source) if source.is_outage());
    Failure {
        message: error.to_string(),
        is_outage,
    }
}
