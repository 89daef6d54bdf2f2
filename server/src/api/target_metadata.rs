//! `targets/metadata`: what targets say of their metrics, target by target.

use axum::extract::State;
use serde_json::{Value, json};
use series::{Labels, Matcher};

use super::error::ApiError;
use super::json::Success;
use super::params::Params;
use super::status::upstream_or;
use crate::ingest::scrape::{KnownFamilies, Scraper};
use crate::source::MetricMetadata;
use crate::state::AppState;

/// `GET /api/v1/targets/metadata`.
pub async fn target_metadata(
    State(state): State<AppState>,
    params: Params,
) -> Result<Success, ApiError> {
    let own = || {
        let wanted = Wanted::new(&params)?;
        let metadata = match state.engine() {
            Some(engine) => engine.metadata(wanted.metric)?,
            None => Vec::new(),
        };
        let targets = state.scraper().map(Scraper::families).unwrap_or_default();
        Ok(wanted.of(&targets, &metadata))
    };
    upstream_or(&state, "/targets/metadata", &params, own).await
}

/// What is asked for.
struct Wanted<'a> {
    targets: Vec<Matcher>,
    metric: Option<&'a str>,
    /// No target is taken in once there are so many.
    limit: usize,
}

impl<'a> Wanted<'a> {
    fn new(params: &'a Params) -> Result<Self, ApiError> {
        let limit = params.number("limit")?.unwrap_or(-1);
        let selector = params.get("match_target");
        let targets = if selector.is_empty() {
            Vec::new()
        } else {
            promql::parse_selector(selector)
                .map_err(|error| ApiError::invalid_parameter("match_target", &error.to_string()))?
        };
        Ok(Self {
            targets,
            metric: Some(params.get("metric")).filter(|metric| !metric.is_empty()),
            // Below zero there is no limit.
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
        })
    }

    fn of(&self, targets: &[(Labels, KnownFamilies)], metadata: &[MetricMetadata]) -> Value {
        let mut found = Vec::new();
        for (labels, families) in targets {
            if found.len() >= self.limit {
                break;
            }
            if self.selects(labels) {
                let described = metadata.iter().filter(|one| families.contains(&one.name));
                found.extend(described.map(|one| self.entry(labels, one)));
            }
        }
        found.into()
    }

    fn selects(&self, labels: &Labels) -> bool {
        let mut matchers = self.targets.iter();
        matchers.all(|matcher| matcher.matches(labels.get(matcher.name()).unwrap_or_default()))
    }

    /// The metric is named unless it was asked for.
    fn entry(&self, labels: &Labels, one: &MetricMetadata) -> Value {
        let target: Value = labels
            .iter()
            .map(|label| (label.name.to_owned(), Value::from(label.value)))
            .collect();
        let mut entry = json!({
            "target": target,
            "type": one.metadata.kind.as_str(),
            "help": one.metadata.help,
            "unit": one.metadata.unit,
        });
        if self.metric.is_none() {
            entry["metric"] = one.name.as_str().into();
        }
        entry
    }
}
