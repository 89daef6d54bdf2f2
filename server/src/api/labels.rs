//! `series`, `labels`, `label/{name}/values`, `metadata`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::extract::{Path, State};
use serde::Serialize;

use super::error::ApiError;
use super::json::Success;
use super::params::Params;
use crate::source::{Annotations, MetricMetadata};
use crate::state::AppState;

/// `GET|POST /api/v1/series`.
pub async fn series(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    let query = params.series_query()?;
    if query.selectors.is_empty() {
        return Err(ApiError::bad_data("no match[] parameter provided"));
    }
    let found = state.default_source()?.series(query).await?;
    Ok(Success::label_sets(&found.items, &found.annotations))
}

/// `GET|POST /api/v1/labels`.
pub async fn names(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    let query = params.series_query()?;
    let found = state.default_source()?.label_names(query).await?;
    Ok(Success::data(&found.items, &found.annotations))
}

/// `GET /api/v1/label/{name}/values`.
pub async fn values(
    State(state): State<AppState>,
    Path(name): Path<String>,
    params: Params,
) -> Result<Success, ApiError> {
    let query = params.series_query()?;
    let name = unescaped(&name);
    if name.is_empty() {
        return Err(ApiError::bad_data("invalid label name: \"\""));
    }
    let found = state.default_source()?.label_values(&name, query).await?;
    Ok(Success::data(&found.items, &found.annotations))
}

/// The label that `name` stands for: a path escapes what is no classic name as
/// `U__`, `__` for `_` and `_1f600_` for a character; anything else is the name.
/// Format: <https://prometheus.io/docs/instrumenting/escaping_schemes/>.
fn unescaped(name: &str) -> Cow<'_, str> {
    let decoded = name.strip_prefix("U__").and_then(decode);
    decoded.map_or(Cow::Borrowed(name), Cow::Owned)
}

fn decode(mut rest: &str) -> Option<String> {
    let mut out = String::new();
    while let Some((plain, escape)) = rest.split_once('_') {
        out.push_str(plain);
        let (digits, after) = escape.split_once('_')?;
        out.push(match digits {
            "" => '_',
            _ if digits.len() > 6 || digits.starts_with('+') => return None,
            _ => char::from_u32(u32::from_str_radix(digits, 16).ok()?)?,
        });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

#[derive(Serialize)]
struct Entry<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    help: &'a str,
    unit: &'a str,
}

/// `GET /api/v1/metadata`.
pub async fn metadata(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    // Below zero there is no limit, and at zero nothing.
    let limit = params.number("limit")?.unwrap_or(-1);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let metric = Some(params.get("metric")).filter(|name| !name.is_empty());
    let all = state.default_source()?.metadata(metric).await?;
    let by_name: BTreeMap<&str, [Entry<'_>; 1]> = all
        .iter()
        .take(limit)
        .map(|one| (one.name.as_str(), [entry(one)]))
        .collect();
    Ok(Success::data(&by_name, &Annotations::default()))
}

fn entry(one: &MetricMetadata) -> Entry<'_> {
    Entry {
        kind: one.metadata.kind.as_str(),
        help: &one.metadata.help,
        unit: &one.metadata.unit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_names_stand_for_any_label() {
        let check = |name: &str, expected: &str| assert_eq!(unescaped(name), expected);
        check("kind", "kind");
        check("U__kind", "kind");
        check("U__a_2e_b__c", "a.b_c");
        check("U___1f600_", "\u{1f600}");
        // What decodes to nothing is a name.
        check("U__a_b", "U__a_b");
        check("U__a_d800_", "U__a_d800_");
        check("U__a_x_", "U__a_x_");
    }
}
