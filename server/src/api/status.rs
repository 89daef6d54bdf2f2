//! `status/…`, targets, rules and alerts.

use axum::extract::State;
use serde_json::{Value, json};

use super::error::ApiError;
use super::json::Success;
use super::params::Params;
use crate::ingest::scrape::{Scraper, Targets};
use crate::source::{Annotations, ApiErrorKind};
use crate::state::AppState;

/// The Prometheus whose API this is; clients choose their features by it.
const API_VERSION: &str = "3.5.0";

/// Rows of each list of [`tsdb()`], as in Prometheus.
const DEFAULT_ROWS: usize = 10;
const MAX_ROWS: usize = 10_000;

fn success(data: &Value) -> Success {
    Success::data(data, &Annotations::default())
}

/// What the upstream answers where one serves, `own` otherwise.
pub async fn upstream_or(
    state: &AppState,
    path: &str,
    params: &Params,
    own: impl FnOnce() -> Result<Value, ApiError>,
) -> Result<Success, ApiError> {
    let source = state.default_source()?;
    match &*source.forward(path, params.pairs()).await? {
        Some(data) => Ok(success(data)),
        None => Ok(success(&own()?)),
    }
}

/// `GET /api/v1/rules`: we have none of our own.
pub async fn rules(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    let own = || match params.get("type").to_ascii_lowercase().as_str() {
        "" | "alert" | "record" => Ok(json!({ "groups": [] })),
        kind => {
            let reason = format!("not supported value {kind:?}");
            Err(ApiError::invalid_parameter("type", &reason))
        }
    };
    upstream_or(&state, "/rules", &params, own).await
}

/// `GET /api/v1/alerts`: we have none of our own.
pub async fn alerts(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    let own = || Ok(json!({ "alerts": [] }));
    upstream_or(&state, "/alerts", &params, own).await
}

/// `GET /api/v1/targets`.
pub async fn targets(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    let own = || {
        let targets = state.scraper().map(Scraper::targets).unwrap_or_default();
        Ok(selected_targets(targets, &params))
    };
    upstream_or(&state, "/targets", &params, own).await
}

/// `GET /api/v1/scrape_pools`: the jobs.
pub async fn scrape_pools(
    State(state): State<AppState>,
    params: Params,
) -> Result<Success, ApiError> {
    let own = || {
        let mut pools = state.scraper().map(Scraper::pools).unwrap_or_default();
        pools.sort_unstable();
        Ok(json!({ "scrapePools": pools }))
    };
    upstream_or(&state, "/scrape_pools", &params, own).await
}

/// `GET /api/v1/alertmanagers`: we have none.
pub async fn alertmanagers(
    State(state): State<AppState>,
    params: Params,
) -> Result<Success, ApiError> {
    let own = || Ok(json!({ "activeAlertmanagers": [], "droppedAlertmanagers": [] }));
    upstream_or(&state, "/alertmanagers", &params, own).await
}

/// `GET /api/v1/status/walreplay`: in bytes of the log.
pub async fn wal_replay(
    State(state): State<AppState>,
    params: Params,
) -> Result<Success, ApiError> {
    let own = || {
        let progress = state.engine().map(|engine| engine.replay_progress());
        let progress = progress.unwrap_or_default();
        let (current, max) = (progress.replayed_bytes, progress.total_bytes);
        Ok(json!({ "min": 0, "max": max, "current": current }))
    };
    upstream_or(&state, "/status/walreplay", &params, own).await
}

/// Those that `state` (`active`, `dropped` or any) and `scrapePool` ask for.
fn selected_targets(mut targets: Targets, params: &Params) -> Value {
    let pool = params.get("scrapePool");
    if !pool.is_empty() {
        targets.active_targets.retain(|one| one.scrape_pool == pool);
        targets
            .dropped_targets
            .retain(|one| one.scrape_pool == pool);
    }
    let state = params.get("state").to_ascii_lowercase();
    if state == "dropped" {
        targets.active_targets.clear();
    }
    if state == "active" {
        targets.dropped_targets.clear();
    }
    json!(targets)
}

/// `GET /api/v1/status/buildinfo`: clients choose by it what they ask for, so an
/// upstream speaks for itself. One that says nothing is taken for ours.
pub async fn build_info(State(state): State<AppState>, params: Params) -> Success {
    let forwarded = upstream_or(
        &state,
        "/status/buildinfo",
        &params,
        || Ok(own_build_info()),
    );
    match forwarded.await {
        Ok(info) => info,
        Err(_) => success(&own_build_info()),
    }
}

fn own_build_info() -> Value {
    json!({
        "application": "Andon",
        "version": API_VERSION,
        "revision": env!("CARGO_PKG_VERSION"),
        "branch": "",
        "buildUser": "",
        "buildDate": "",
        "goVersion": "",
    })
}

/// `GET /api/v1/status/config`: JSON, which is YAML too.
pub async fn config(State(state): State<AppState>) -> Success {
    let text = serde_json::to_string_pretty(&state.settings().file).unwrap_or_default();
    success(&json!({ "yaml": text }))
}

/// `GET /api/v1/status/flags`.
pub async fn flags(State(state): State<AppState>) -> Success {
    let settings = state.settings();
    let config = &settings.start;
    let data_dir = config.data_dir.as_ref();
    success(&json!({
        "listen": config.listen.map(|listen| listen.to_string()).unwrap_or_default(),
        "data-dir": data_dir.map(|dir| dir.display().to_string()).unwrap_or_default(),
        "demo": config.demo.to_string(),
    }))
}

/// `GET /api/v1/status/runtimeinfo`.
pub async fn runtime_info(State(state): State<AppState>) -> Success {
    let folder = std::env::current_dir().unwrap_or_default();
    let retention_ms = state.settings().start.retention_ms;
    let reloaded = state.reload().status();
    let retention = dashboard::duration::format(u64::try_from(retention_ms).unwrap_or(0));
    success(&json!({
        "startTime": state.started().to_string(),
        "CWD": folder.display().to_string(),
        "hostname": "",
        "serverTime": jiff::Timestamp::now().to_string(),
        "reloadConfigSuccess": reloaded.is_successful,
        "lastConfigTime": reloaded.succeeded.to_string(),
        "corruptionCount": 0,
        "goroutineCount": 0,
        "GOMAXPROCS": std::thread::available_parallelism().map_or(1, usize::from),
        "GOMEMLIMIT": i64::MAX,
        "GOGC": "",
        "GODEBUG": "",
        "storageRetention": retention,
    }))
}

/// `GET /api/v1/status/tsdb`.
pub async fn tsdb(State(state): State<AppState>, params: Params) -> Result<Success, ApiError> {
    let rows = match params.get("limit") {
        "" => DEFAULT_ROWS,
        text => match text.parse() {
            Ok(rows @ 1..) => rows.min(MAX_ROWS),
            _ => return Err(ApiError::bad_data("limit must be a positive number")),
        },
    };
    let own = || {
        let engine = state.engine().ok_or_else(|| ApiError {
            kind: ApiErrorKind::NotFound,
            message: "there is no store".to_owned(),
        })?;
        Ok(statistics_json(&engine.store()?.statistics(rows)))
    };
    upstream_or(&state, "/status/tsdb", &params, own).await
}

fn statistics_json(statistics: &tsdb::Statistics) -> Value {
    let list = |counts: &[tsdb::Count]| -> Value {
        counts
            .iter()
            .map(|count| json!({ "name": count.name, "value": count.value }))
            .collect()
    };
    let range = statistics.time_range;
    json!({
        "headStats": {
            "numSeries": statistics.series,
            "numLabelPairs": statistics.label_pairs,
            "chunkCount": statistics.chunks,
            "minTime": range.map_or(i64::MAX, |range| range.start_ms),
            "maxTime": range.map_or(i64::MIN, |range| range.end_ms),
        },
        "seriesCountByMetricName": list(&statistics.series_by_metric),
        "labelValueCountByLabelName": list(&statistics.values_by_label),
        "memoryInBytesByLabelName": list(&statistics.bytes_by_label),
        "seriesCountByLabelValuePair": list(&statistics.series_by_pair),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::scrape::DroppedTarget;

    #[test]
    fn targets_are_those_asked_for() {
        let dropped = |pool: &str| DroppedTarget {
            discovered_labels: std::collections::BTreeMap::new(),
            scrape_pool: pool.to_owned(),
        };
        let check = |query: &str, pools: &[&str]| {
            let targets = Targets {
                dropped_targets: vec![dropped("a"), dropped("b")],
                ..Targets::default()
            };
            let selected = selected_targets(targets, &Params::of(query));
            let shown = selected["droppedTargets"].as_array().unwrap();
            let found: Vec<&str> = shown
                .iter()
                .map(|one| one["scrapePool"].as_str().unwrap())
                .collect();
            assert_eq!(found, pools, "{query}");
        };
        check("", &["a", "b"]);
        check("state=any&scrapePool=b", &["b"]);
        check("state=dropped&scrapePool=c", &[]);
        check("state=Active", &[]);
    }
}
