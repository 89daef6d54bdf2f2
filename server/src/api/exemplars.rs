//! `query_exemplars`: the exemplars of the series that an expression reads.

use axum::extract::State;
use serde::Serialize;
use series::TimeRange;
use std::collections::BTreeMap;
use tsdb::Exemplar;

use super::error::ApiError;
use super::json::{Success, number_text};
use super::params::Params;
use super::query::parse;
use crate::source::Annotations;
use crate::state::AppState;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Series<'a> {
    series_labels: BTreeMap<&'a str, &'a str>,
    exemplars: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    labels: BTreeMap<&'a str, &'a str>,
    /// As a text, since JSON has no infinity.
    value: String,
    /// Seconds.
    timestamp: f64,
}

/// `GET|POST /api/v1/query_exemplars`: those of the upstream, or of our own store.
pub async fn query_exemplars(
    State(state): State<AppState>,
    params: Params,
) -> Result<Success, ApiError> {
    let expr = parse(params.get("query"))?;
    let range = params.series_query()?.range;
    if range.end_ms < range.start_ms {
        let reason = "end timestamp must not be before start timestamp";
        return Err(ApiError::invalid_parameter("end", reason));
    }
    let source = state.default_source()?;
    let forwarded = source.forward("/query_exemplars", params.pairs()).await?;
    if let Some(data) = &*forwarded {
        return Ok(Success::data(data, &Annotations::default()));
    }
    own(&state, &expr, range).await
}

async fn own(state: &AppState, expr: &promql::Expr, range: TimeRange) -> Result<Success, ApiError> {
    let Some(engine) = state.engine() else {
        return Ok(Success::data(&[(); 0], &Annotations::default()));
    };
    let usages = expr.usages();
    let selections = usages.iter().map(|usage| usage.selector.matchers.clone());
    let found = engine.exemplars(selections.collect(), range).await?;
    let series = found.iter().map(|(labels, exemplars)| Series {
        series_labels: labels
            .iter()
            .map(|label| (label.name, label.value))
            .collect(),
        exemplars: exemplars.iter().map(entry).collect(),
    });
    let series: Vec<Series<'_>> = series.collect();
    Ok(Success::data(&series, &Annotations::default()))
}

fn entry(exemplar: &Exemplar) -> Entry<'_> {
    let labels = exemplar.labels.iter();
    Entry {
        labels: labels.map(|label| (label.name, label.value)).collect(),
        value: number_text(exemplar.value),
        timestamp: exemplar.timestamp_ms as f64 / 1_000.0,
    }
}
