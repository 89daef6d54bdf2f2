//! `query`, `query_range`, `format_query`.

use std::time::Instant as Clock;

use axum::extract::State;
use query::{InstantQuery, Question, Span, Take};

use super::error::ApiError;
use super::json::Success;
use super::params::Params;
use crate::clock::now_ms;
use crate::source::Annotations;
use crate::state::AppState;

/// Steps that a range may have; Prometheus' bound.
const MAX_STEPS: i64 = 11_000;

/// `GET|POST /api/v1/query`.
pub async fn instant(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    let query = InstantQuery {
        expr: params.get("query").to_owned(),
        at_ms: params.time_ms("time")?.unwrap_or_else(now_ms),
        options: params.query_options()?,
    };
    let start = Clock::now();
    let answer = state.default_source()?.instant_query(query).await;
    let metrics = &state.metrics().query;
    metrics.observe("instant", answer.is_ok(), start.elapsed());
    let answer = answer?;
    Ok(Success::instant(&answer, wants_stats(&params)))
}

/// `GET|POST /api/v1/query_range`.
pub async fn range(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    let (question, span) = range_query(&params)?;
    let options = params.query_options()?;
    let start = Clock::now();
    let source = state.default_source()?;
    let answer = source.range_query(question, span, options).await;
    let metrics = &state.metrics().query;
    metrics.observe("range", answer.is_ok(), start.elapsed());
    let answer = answer?;
    Ok(Success::range(&answer, wants_stats(&params)))
}

fn range_query(params: &Params) -> Result<(Question, Span), ApiError> {
    let start_ms = params.time_ms_or_error("start")?;
    let end_ms = params.time_ms_or_error("end")?;
    if end_ms < start_ms {
        let reason = "end timestamp must not be before start time";
        return Err(ApiError::invalid_parameter("end", reason));
    }
    let step_ms = params.duration_ms_or_error("step")?;
    if step_ms <= 0 {
        let reason = "zero or negative query resolution step widths are not accepted. \
                      Try a positive integer";
        return Err(ApiError::invalid_parameter("step", reason));
    }
    if (end_ms - start_ms) / step_ms > MAX_STEPS {
        return Err(ApiError::bad_data(
            "exceeded maximum resolution of 11,000 points per timeseries. \
             Try decreasing the query resolution (?step=XX)",
        ));
    }
    let question = Question::promql(params.get("query"), Take::EveryMs(step_ms));
    Ok((question, Span { start_ms, end_ms }))
}

/// `stats` may have any value but an empty one.
fn wants_stats(params: &Params) -> bool {
    !params.get("stats").is_empty()
}

/// `GET|POST /api/v1/format_query`.
pub async fn format(params: Params) -> Result<Success, ApiError> {
    let expr = parse(params.get("query"))?;
    Ok(Success::data(&expr.pretty(), &Annotations::default()))
}

/// The tree of the parameter `query`.
pub fn parse(text: &str) -> Result<promql::Expr, ApiError> {
    promql::parse(text).map_err(|error| ApiError::invalid_parameter("query", &error.to_string()))
}
